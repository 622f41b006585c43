package sink

import (
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func valid() Config {
	c := Default()
	c.Brokers, c.TopicPrefix = []string{"127.0.0.1:9092", "[::1]:9092", "kafka"}, "shop"
	return c
}

func TestValidate(t *testing.T) {
	tests := []struct {
		path string // the error begins with it; empty for no error
		edit func(*Config)
	}{
		{"", func(*Config) {}},
		{"", func(c *Config) { c.Topics.Retention = "7d" }},
		{"", func(c *Config) { c.Topics.Retention = "forever" }},
		{"", func(c *Config) { c.SASL = SASLConfig{Mechanism: Plain, User: "u", Password: "p"} }},
		{"brokers:", func(c *Config) { c.Brokers = nil }},
		{"brokers[1]:", func(c *Config) { c.Brokers[1] = "kafka:port" }},
		{"brokers[0]:", func(c *Config) { c.Brokers[0] = "kafka://host:9092" }},
		{"brokers[0]:", func(c *Config) { c.Brokers[0] = "a:1,b:2" }},
		{"brokers[0]:", func(c *Config) { c.Brokers[0] = "a:70000" }},
		{"topic_prefix:", func(c *Config) { c.TopicPrefix = "" }},
		{"topic_prefix:", func(c *Config) { c.TopicPrefix = "a b" }},
		{"topic_prefix:", func(c *Config) { c.TopicPrefix = strings.Repeat("a", 201) }},
		{"compression:", func(c *Config) { c.Compression = "brotli" }},
		{"linger:", func(c *Config) { c.Linger = -1 }},
		{"buffer_bytes:", func(c *Config) { c.BufferBytes = 10 }},
		{"request_timeout:", func(c *Config) { c.RequestTimeout = time.Hour }},
		{"topics.partitions:", func(c *Config) { c.Topics.Partitions = -1 }},
		{"topics.replication:", func(c *Config) { c.Topics.Replication = -1 }},
		{"topics.retention:", func(c *Config) { c.Topics.Retention = "a week" }},
		{"topics.retention:", func(c *Config) { c.Topics.Retention = "-5h" }},
		{"topics.max_message_bytes:", func(c *Config) { c.Topics.MaxMessageBytes = 1 }},
		{"topics.config:", func(c *Config) {
			c.Topics.Retention, c.Topics.Config = "1h", map[string]string{"retention.ms": "1"}
		}},
		{"topics.config:", func(c *Config) {
			c.Topics.MaxMessageBytes, c.Topics.Config = 1<<20, map[string]string{"max.message.bytes": "1"}
		}},
		{"tls.mode:", func(c *Config) { c.TLS.Mode = "always" }},
		{"tls.mode:", func(c *Config) { c.TLS.Mode = "prefer" }},
		{"sasl.mechanism:", func(c *Config) { c.SASL.User = "u" }},
		{"sasl.mechanism:", func(c *Config) { c.SASL.Mechanism = "GSSAPI" }},
		{"sasl.user:", func(c *Config) { c.SASL.Mechanism = Plain }},
		{"sasl.password:", func(c *Config) { c.SASL = SASLConfig{Mechanism: Plain, User: "u"} }},
	}
	for _, tt := range tests {
		c := valid()
		tt.edit(&c)
		err := c.Validate()
		if tt.path == "" && err != nil {
			t.Errorf("got error %v, want none", err)
		}
		if tt.path != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.path)) {
			t.Errorf("got error %v, want one that begins with %q", err, tt.path)
		}
	}
}

func TestConfigFromYAML(t *testing.T) {
	c := Default()
	text := `
brokers: ["127.0.0.1:9092"]
topic_prefix: shop
linger: 2ms
buffer_bytes: 16MiB
topics: {partitions: 3, retention: 7d, max_message_bytes: 2MB, config: {cleanup.policy: compact}}
sasl: {mechanism: PLAIN, user: u, password: geheim}
`
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if c.BufferBytes != 16<<20 || c.Topics.MaxMessageBytes != 2e6 || c.Linger != 2*time.Millisecond || !c.Topics.Create || c.SASL.Password.Reveal() != "geheim" {
		t.Errorf("read %+v", c)
	}
	out, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "geheim") || !strings.Contains(string(out), "buffer_bytes: 16MiB") {
		t.Errorf("printed as\n%s", out)
	}
}

func TestSize(t *testing.T) {
	tests := []struct {
		in, out string
		n       Size
	}{
		{"0", "0B", 0},
		{"512", "512B", 512},
		{"512B", "512B", 512},
		{"32MiB", "32MiB", 32 << 20},
		{"3 GiB", "3GiB", 3 << 30},
		{"1KB", "1000B", 1000},
		{"1536KiB", "1536KiB", 1536 << 10},
	}
	for _, tt := range tests {
		var s Size
		if err := s.UnmarshalText([]byte(tt.in)); err != nil || s != tt.n || s.String() != tt.out {
			t.Errorf("%q: got %d (%s), error %v; want %d (%s)", tt.in, s, s, err, tt.n, tt.out)
		}
	}
	for _, bad := range []string{"", "MiB", "-1", "1.5MiB", "10 apples", "9999999999GiB", "99999999999999999999"} {
		var s Size
		if err := s.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
