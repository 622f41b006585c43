package testbed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Kind is a kind of server.
type Kind string

// The servers that the test bed has.
const (
	MySQL       Kind = "mysql"
	MariaDB     Kind = "mariadb" // 11.4
	MariaDBOld  Kind = "mariadb-10.11"
	Postgres15  Kind = "postgres-15"
	Postgres16  Kind = "postgres-16"
	Postgres17  Kind = "postgres-17"
	Postgres18  Kind = "postgres-18"
	PostgresGIS Kind = "postgres-18-gis" // with PostGIS and pgvector
	Kafka       Kind = "kafka"
	Registry    Kind = "registry"
)

// Kinds lists the kinds that all tests of a run share. The others are started
// by the test that asks for them.
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
	case MariaDBOld:
		return "CDC_TEST_MARIADB1011"
	case Postgres16:
		return "CDC_TEST_POSTGRES16"
	case Postgres17:
		return "CDC_TEST_POSTGRES17"
	case PostgresGIS:
		return "CDC_TEST_POSTGIS"
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
	if k.IsPostgres() {
		return "postgres"
	}
	return "root"
}

// IsPostgres reports whether it is some version of PostgreSQL.
func (k Kind) IsPostgres() bool { return strings.HasPrefix(string(k), "postgres-") }

// IsMariaDB reports whether it is some version of MariaDB.
func (k Kind) IsMariaDB() bool { return k == MariaDB || k == MariaDBOld }

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
