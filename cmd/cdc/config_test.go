package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"cdc/security"
)

// asWritten is much like the configuration of the README.
const asWritten = `pipelines:
  shop:
    source:
      mysql:
        host: 127.0.0.1
        port: 3306
        user: cdc
        password: ${MYSQL_PASSWORD}
        tables: ["shop.*"]
        snapshot: {mode: initial}
    rules: [rules/shop.yaml]
    sink:
      kafka:
        brokers: ["127.0.0.1:9092"]
        topic_prefix: shop
        linger: 5ms
    offsets:
      file: {path: state/shop.json}
`

func parse(t *testing.T, text string, env map[string]string) (*Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cdc.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return parseConfig(file, func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	})
}

func TestConfigAsWritten(t *testing.T) {
	c, err := parse(t, asWritten, map[string]string{"MYSQL_PASSWORD": "1e5"})
	if err != nil {
		t.Fatal(err)
	}
	p := c.Pipelines["shop"]
	if got := p.Source.MySQL.Password; got != security.Secret("1e5") {
		t.Errorf("password: got %q, want the variable's text", got.Reveal())
	}
	if got := p.Source.MySQL.Port; got != 3306 {
		t.Errorf("port: got %d", got)
	}
	if got := p.Sink.Kafka.Compression; got != "lz4" {
		t.Errorf("compression: got %q, want the default", got)
	}
	if !filepath.IsAbs(p.Offsets.File.Path) || !filepath.IsAbs(p.Rules[0]) {
		t.Errorf("paths are not below the file's folder: %q, %q", p.Offsets.File.Path, p.Rules[0])
	}
}

func TestConfigErrorsNameThePlace(t *testing.T) {
	edit := func(old, replacement string) string { return strings.Replace(asWritten, old, replacement, 1) }
	tests := []struct{ name, text, want string }{
		{"misspelt key", edit("topic_prefix", "topic_prefx"), `15:9: unknown key "topic_prefx" in pipelines.shop.sink.kafka (did you mean "topic_prefix"?)`},
		{"misspelt section", edit("    sink:", "    snik:"), `12:5: unknown key "snik" in pipelines.shop (did you mean "sink"?)`},
		{"unset variable", edit("${MYSQL_PASSWORD}", "${NOT_SET}"), `8:19: variable NOT_SET is not set; export it, or write ${NOT_SET:-default}`},
		{"required variable", edit("${MYSQL_PASSWORD}", "${NOT_SET:?ask the DBA}"), `8:19: variable NOT_SET: ask the DBA`},
		{"open reference", edit("${MYSQL_PASSWORD}", "${MYSQL"), `8:19: a ${ without its }`},
		{"bad glob", edit(`"shop.*"`, `"shop"`), `9:18: pipelines.shop.source.mysql.tables[0]: table pattern "shop": must have two parts`},
		{"not a number", edit("3306", "many"), `6:15: pipelines.shop.source.mysql.port: not a whole number`},
		{"wrong mode", edit("{mode: initial}", "{mode: always}"), `10:26: pipelines.shop.source.mysql.snapshot.mode: "always" is not one of`},
		{"list instead of mapping", edit("{path: state/shop.json}", "[a]"), `18:13: pipelines.shop.offsets.file is a list; want a mapping`},
		{"two sources", edit("    rules:", "      mariadb: {host: h, user: u, tables: [\"a.b\"]}\n    rules:"), `pipelines.shop.source.mysql, mariadb, postgres: exactly one of them is needed`},
		{"no offsets", edit("file: {path: state/shop.json}", "{}"), `exactly one of them is needed`},
		{"key twice", edit("user: cdc", "user: cdc\n        user: cdc"), `"user"`},
		{"alias", edit("brokers: [\"127.0.0.1:9092\"]", "brokers: &b [\"127.0.0.1:9092\"]\n        client_id: *b"), `aliases (*b) are not supported`},
		{"no pipelines", "admin: {listen: \"127.0.0.1:1\"}\n", `pipelines: none is configured`},
		{"empty", "", `1:1: is empty`},
		{"not YAML", "pipelines: [\n", `:1: `},
		{"two documents", asWritten + "---\n" + asWritten, `more than one YAML document`},
		{"admin address", asWritten + "admin: {listen: here}\n", `19:17: admin.listen: "here" is not host:port`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(t, tt.text, map[string]string{"MYSQL_PASSWORD": "pa$$word"})
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "pa$$word") {
				t.Error("the error shows the password")
			}
		})
	}
}

func TestValueInTheWrongPlaceIsNotShown(t *testing.T) {
	_, err := parse(t, strings.Replace(asWritten, "3306", "${MYSQL_PASSWORD}", 1), map[string]string{"MYSQL_PASSWORD": "hunter2"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want an error without the value", err)
	}
}

func TestResolve(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"A": "a", "EMPTY": ""}
	refs := references{lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok }, dir: filepath.Dir(secret)}
	tests := []struct{ in, want string }{
		{"x${A}y", "xay"},
		{"${B:-b}", "b"},
		{"${EMPTY:-b}", "b"},
		{"${A:-b}", "a"},
		{"$$A", "$A"},
		{"$A", "$A"},
		{"5$", "5$"},
		{"${EMPTY}", ""},
		{fmt.Sprintf("${file:%s}", secret), "s3cret"},
		{"${file:secret}", "s3cret"},
	}
	for _, tt := range tests {
		got, reason := refs.resolve(tt.in)
		if got != tt.want || reason != "" {
			t.Errorf("resolve(%q): got %q (%s), want %q", tt.in, got, reason, tt.want)
		}
	}
}

func emptyMapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

// TestShippedConfigurations: what the README and the compose file show is
// understood.
func TestShippedConfigurations(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(readme), "```yaml\n# cdc.yaml\n")
	block, _, found := strings.Cut(block, "```")
	if !found {
		t.Fatal("the README shows no cdc.yaml")
	}
	compose, err := os.ReadFile("../../deploy/cdc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(block, "rules: [examples/rules/orders-shipping.yaml]") {
		t.Error("the README names other rules than those that are there")
	}
	if _, err := os.Stat("../../examples/rules/orders-shipping.yaml"); err != nil {
		t.Error(err)
	}
	env := map[string]string{"MYSQL_PASSWORD": "x", "CDC_MYSQL_PASSWORD": "x", "CDC_POSTGRES_PASSWORD": "x"}
	for name, text := range map[string]string{"README.md": block, "deploy/cdc.yaml": string(compose)} {
		if _, err := parse(t, text, env); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReferenceExample: the example of events and format is understood.
func TestReferenceExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), "```yaml\nevents:\n")
	block, _, closed := strings.Cut("events:\n"+block, "```")
	if !found || !closed {
		t.Fatal("the reference shows no example of events and format")
	}
	indented := "    " + strings.ReplaceAll(strings.TrimSpace(block), "\n", "\n    ") + "\n"
	env := map[string]string{"MYSQL_PASSWORD": "x", "SALT": "x", "REGISTRY_PASSWORD": "x"}
	c, err := parse(t, strings.Replace(asWritten, "    offsets:\n", indented+"    offsets:\n", 1), env)
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Pipelines["shop"].Format; f.Value != "avro" || f.Key != "json" || f.Registry.Username != "cdc" {
		t.Errorf("got %+v", f)
	}
}
