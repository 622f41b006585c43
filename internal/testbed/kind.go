package testbed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Kind is a kind of server.
type Kind string

// The servers that the test bed has.
const (
	MySQL      Kind = "mysql"
	MariaDB    Kind = "mariadb"
	Postgres15 Kind = "postgres-15"
	Postgres18 Kind = "postgres-18"
	Kafka      Kind = "kafka"
	Registry   Kind = "registry"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{MySQL, MariaDB, Postgres15, Postgres18, Kafka, Registry} }

// EnvCA names the environment variable that holds the path of the certificate
// of the authority that signed the servers' certificates.
const EnvCA = "CDC_TEST_CA"

// Env returns the name of the environment variable that holds the address of a
// running server of this kind, as [user[:password]@]host:port; for Registry it
// is the URL of its API.
func (k Kind) Env() string {
	switch k {
	case MySQL:
		return "CDC_TEST_MYSQL"
	case MariaDB:
		return "CDC_TEST_MARIADB"
	case Postgres15:
		return "CDC_TEST_POSTGRES15"
	case Postgres18:
		return "CDC_TEST_POSTGRES"
	case Kafka:
		return "CDC_TEST_KAFKA"
	case Registry:
		return "CDC_TEST_REGISTRY"
	default:
		return "CDC_TEST_" + string(k)
	}
}

// Admin returns the user that may do everything, without a password, on a
// server of this kind that this package started.
func (k Kind) Admin() string {
	if k == Postgres15 || k == Postgres18 {
		return "postgres"
	}
	return "root"
}

// ErrMissing is returned where the files of a server aren't there.
var ErrMissing = errors.New("not in the test bed: run make testbed")

// Bed is the folder that scripts/testbed.sh filled.
type Bed struct{ dir string }

// Find returns the test bed of the module that the working directory is in.
func Find() (Bed, error) {
	dir, err := os.Getwd()
	if err != nil {
		return Bed{}, fmt.Errorf("find the test bed: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return Bed{dir: filepath.Join(dir, ".testbed")}, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return Bed{}, fmt.Errorf("find the test bed: no go.mod above the working directory: %w", ErrMissing)
		}
		dir = parent
	}
}

// part returns the folder of a kind of server.
func (b Bed) part(k Kind) (string, error) {
	dir := filepath.Join(b.dir, string(k))
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("%s: %w", k, ErrMissing)
	}
	return dir, nil
}

// KafkaClasspath returns the classpath of Kafka's and Kafka Connect's classes,
// for java.
func (b Bed) KafkaClasspath() (string, error) {
	dir, err := b.part(Kafka)
	return filepath.Join(dir, "lib", "*"), err
}

// AvroClasspath returns the classpath of Apache Avro's and Jackson's classes,
// for java.
func (b Bed) AvroClasspath() (string, error) {
	dir, err := b.part(Registry)
	return filepath.Join(dir, "lib", "*"), err
}
