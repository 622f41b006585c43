package sink

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"cdc/security"
)

// Config says where the broker is and how records are delivered.
type Config struct {
	// Brokers are the first addresses to ask, host:port (9092 when no port is given).
	Brokers []string `yaml:"brokers"`
	// TopicPrefix is the first part of every topic: <prefix>.<database or schema>.<table>.
	TopicPrefix string `yaml:"topic_prefix"`
	// Topics says how a topic that is missing is made.
	Topics TopicsConfig `yaml:"topics"`
	// Compression is none, gzip, snappy, lz4 or zstd.
	Compression string `yaml:"compression"`
	// Linger is how long a record waits for others that could go in the same request.
	Linger time.Duration `yaml:"linger"`
	// BufferBytes bounds the memory of records that wait for their acknowledgement.
	BufferBytes Size `yaml:"buffer_bytes"`
	// RequestTimeout is how long a broker may take to answer a request.
	RequestTimeout time.Duration `yaml:"request_timeout"`
	// ClientID is the name that the broker sees in its logs and quotas.
	ClientID string `yaml:"client_id"`
	// TLS encrypts the connections.
	TLS security.TLS `yaml:"tls"`
	// SASL says who we are.
	SASL SASLConfig `yaml:"sasl"`
}

// TopicsConfig says how topics are made. A topic that exists is left as it is.
type TopicsConfig struct {
	// Create makes missing topics; without it a missing topic is an error.
	Create bool `yaml:"create"`
	// Partitions of a new topic; 0 takes the broker's default.
	Partitions int32 `yaml:"partitions"`
	// Replication factor of a new topic; 0 takes the broker's default.
	Replication int16 `yaml:"replication"`
	// Retention of a new topic: a duration ("168h", "7d") or "forever"; empty takes the broker's default.
	Retention string `yaml:"retention"`
	// MaxMessageBytes of a new topic; 0 takes the broker's default.
	MaxMessageBytes Size `yaml:"max_message_bytes"`
	// Config holds any other setting of a new topic, as Kafka names it: cleanup.policy: compact.
	Config map[string]string `yaml:"config"`
}

// SASLConfig says who we are.
type SASLConfig struct {
	// Mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty means none.
	Mechanism string          `yaml:"mechanism"`
	User      string          `yaml:"user"`
	Password  security.Secret `yaml:"password"`
}

// The mechanisms.
const (
	Plain       = "PLAIN"
	ScramSHA256 = "SCRAM-SHA-256"
	ScramSHA512 = "SCRAM-SHA-512"
)

const (
	minBuffer = 1 << 20
	maxBatch  = 64 << 20 // what we ever put into one request, below the broker's own limit of 100 MiB
)

// Default returns the settings that hold when the configuration doesn't say
// otherwise. Brokers and TopicPrefix have no default.
func Default() Config {
	return Config{
		Topics:         TopicsConfig{Create: true},
		Compression:    "lz4",
		Linger:         5 * time.Millisecond,
		BufferBytes:    8 << 20,
		RequestTimeout: 30 * time.Second,
		ClientID:       "cdc",
	}
}

// Validate reports the first setting that can't work. The error begins with
// its path below the sink. Nothing is opened.
func (c Config) Validate() error {
	checks := []func() error{c.checkBrokers, c.checkPrefix, c.checkDelivery, c.Topics.check, c.checkTLS, c.SASL.check}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Config) checkBrokers() error {
	if len(c.Brokers) == 0 {
		return errors.New(`brokers: at least one address like "127.0.0.1:9092" is needed`)
	}
	for i, b := range c.Brokers {
		if err := checkAddress(b); err != nil {
			return fmt.Errorf("brokers[%d]: %w", i, err)
		}
	}
	return nil
}

func checkAddress(b string) error {
	if b == "" || strings.Contains(b, "/") || strings.Contains(b, ",") {
		return fmt.Errorf("%q is not an address like 127.0.0.1:9092", b)
	}
	if !strings.Contains(b, ":") {
		return nil
	}
	_, port, err := net.SplitHostPort(b)
	if err != nil {
		return fmt.Errorf("%q is not an address like 127.0.0.1:9092", b)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("%q: the port is not a number from 1 to 65535", b)
	}
	return nil
}

func (c Config) checkPrefix() error {
	if c.TopicPrefix == "" {
		return errors.New("topic_prefix: needed, it is the first part of every topic's name")
	}
	if bad := strings.IndexFunc(c.TopicPrefix, notInTopicName); bad >= 0 {
		return fmt.Errorf("topic_prefix: %q holds a character that a topic can't have; allowed are letters, digits, '.', '_' and '-'", c.TopicPrefix)
	}
	if len(c.TopicPrefix) > 200 {
		return errors.New("topic_prefix: longer than 200 characters; a topic's whole name may have 249")
	}
	return nil
}

func notInTopicName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
		return false
	default:
		return true
	}
}

func (c Config) checkDelivery() error {
	if _, err := compression(c.Compression); err != nil {
		return err
	}
	if c.Linger < 0 || c.Linger > time.Minute {
		return fmt.Errorf("linger: %v is not between 0s and 1m", c.Linger)
	}
	if c.BufferBytes < minBuffer {
		return fmt.Errorf("buffer_bytes: %v is less than 1MiB", c.BufferBytes)
	}
	if c.RequestTimeout < 100*time.Millisecond || c.RequestTimeout > 15*time.Minute {
		return fmt.Errorf("request_timeout: %v is not between 100ms and 15m", c.RequestTimeout)
	}
	return nil
}

func (c TopicsConfig) check() error {
	if c.Partitions < 0 {
		return errors.New("topics.partitions: must not be negative; 0 takes the broker's default")
	}
	if c.Replication < 0 {
		return errors.New("topics.replication: must not be negative; 0 takes the broker's default")
	}
	if _, err := parseRetention(c.Retention); err != nil {
		return fmt.Errorf("topics.retention: %w", err)
	}
	if c.MaxMessageBytes != 0 && (c.MaxMessageBytes < 1024 || c.MaxMessageBytes > maxBatch) {
		return fmt.Errorf("topics.max_message_bytes: %v is not between 1KiB and %v", c.MaxMessageBytes, Size(maxBatch))
	}
	if _, twice := c.Config["retention.ms"]; twice && c.Retention != "" {
		return errors.New("topics.config: retention.ms and topics.retention say the same thing; keep one")
	}
	if _, twice := c.Config["max.message.bytes"]; twice && c.MaxMessageBytes != 0 {
		return errors.New("topics.config: max.message.bytes and topics.max_message_bytes say the same thing; keep one")
	}
	return nil
}

// parseRetention returns the value of retention.ms, empty for the broker's default.
func parseRetention(s string) (ms string, err error) {
	switch {
	case s == "":
		return "", nil
	case s == "forever":
		return "-1", nil
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int64
		n, err = strconv.ParseInt(days, 10, 32)
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d < time.Millisecond {
		return "", fmt.Errorf(`%q is not a duration like "168h" or "7d", nor "forever"`, s)
	}
	return strconv.FormatInt(d.Milliseconds(), 10), nil
}

func (c Config) checkTLS() error {
	if err := c.TLS.Validate(); err != nil {
		return fmt.Errorf("tls.%w", err)
	}
	if c.TLS.Optional() {
		return errors.New("tls.mode: prefer is not possible, since a Kafka broker can't be asked whether it encrypts; use disable or require")
	}
	return nil
}

func (s SASLConfig) check() error {
	switch s.Mechanism {
	case "":
		if s.User != "" || s.Password != "" {
			return errors.New("sasl.mechanism: needed with user and password; PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
		}
		return nil
	case Plain, ScramSHA256, ScramSHA512:
	default:
		return fmt.Errorf("sasl.mechanism: %q is not one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", s.Mechanism)
	}
	if s.User == "" {
		return errors.New("sasl.user: needed with a mechanism")
	}
	if s.Password == "" {
		return errors.New("sasl.password: needed with a mechanism")
	}
	return nil
}
