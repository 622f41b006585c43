//go:build integration

package e2e

import (
	"strings"
	"testing"
)

// goodFile is a configuration that no server is needed for.
const goodFile = `pipelines:
  shop:
    source:
      mysql:
        user: cdc
        password: ${CDC_E2E_BAD:-hidden-in-the-file}
        tables: ["shop.*"]
    rules: [rules.yaml]
    sink:
      kafka:
        brokers: ["127.0.0.1:1"]
        topic_prefix: shop
    offsets:
      file: {path: state.json}
`

const goodRules = `version: 1
rules:
  - name: orders
    tables: [shop.orders]
    on: [insert, update]
    when: op == "c" || changed("status")
    fields: {orderId: id, status: status}
`

// TestBadFiles: what is wrong in a file ends every command with exit code 3 and
// the place, before anything is connected to.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file, from, to string
		want           []string
	}{
		"misspelt key":        {"cdc.yaml", "tables:", "tabels:", []string{"cdc.yaml:7:9: ", `unknown key "tabels"`, `tables`}},
		"unknown key":         {"cdc.yaml", "topic_prefix: shop", "topic_prefix: shop\n        colour: red", []string{"cdc.yaml:13:9: ", `unknown key "colour"`}},
		"unset variable":      {"cdc.yaml", "${CDC_E2E_BAD:-hidden-in-the-file}", "${CDC_E2E_UNSET}", []string{"cdc.yaml:6:19: ", "CDC_E2E_UNSET"}},
		"missing file":        {"cdc.yaml", "${CDC_E2E_BAD:-hidden-in-the-file}", "${file:no/such/file}", []string{"cdc.yaml:6:19: ", "no/such/file"}},
		"bad glob":            {"cdc.yaml", `"shop.*"`, `"shop.*", "shop.t["`, []string{"cdc.yaml:7:28: ", "tables[1]", "shop.t["}},
		"pattern without dot": {"cdc.yaml", `"shop.*"`, `"orders"`, []string{"cdc.yaml:7:18: ", "orders"}},
		"bad mode":            {"cdc.yaml", "user: cdc", "user: cdc\n        snapshot: {mode: initail}", []string{"cdc.yaml:6:26: ", "initail", "initial"}},
		"two sources":         {"cdc.yaml", "      mysql:", "      postgres: {user: x, database: x, tables: [\"a.b\"]}\n      mysql:", []string{"cdc.yaml:3:", "exactly one"}},
		"secret misplaced":    {"cdc.yaml", "user: cdc", "user: cdc\n        port: very-secret-port", []string{"cdc.yaml:6"}},
		"no YAML":             {"cdc.yaml", "    sink:\n", "   sink: [\n", []string{"cdc.yaml:"}},
		"missing rules":       {"cdc.yaml", "rules.yaml", "no-rules.yaml", []string{"no-rules.yaml"}},
		"bad CEL":             {"rules.yaml", `changed("status")`, `changed("status"`, []string{"rules.yaml:6:"}},
		"unknown name in CEL": {"rules.yaml", `changed("status")`, `afetr.status == "x"`, []string{"rules.yaml:6:24: ", "afetr", "after"}},
		"CEL fails for sure":  {"rules.yaml", `op == "c" || changed("status")`, `before.status != after.status`, []string{"rules.yaml:6:", "insert"}},
		"unknown rule key":    {"rules.yaml", "tables:", "tabels:", []string{"rules.yaml:4:5: ", "tabels", "tables"}},
		"bad operation":       {"rules.yaml", "[insert, update]", "[insert, updated]", []string{"rules.yaml:5:18: ", "updated", "update"}},
		"bad version":         {"rules.yaml", "version: 1", "version: 2", []string{"rules.yaml:1:10: ", "version"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			for file, text := range map[string]string{"cdc.yaml": goodFile, "rules.yaml": goodRules} {
				if file == tt.file {
					bad := strings.Replace(text, tt.from, tt.to, 1)
					if bad == text {
						t.Fatalf("%s doesn't have %q", file, tt.from)
					}
					text = bad
				}
				p.file(t, file, text)
			}
			for _, command := range [][]string{{"validate"}, {"run"}, {"doctor"}} {
				r := p.run(t, command...)
				r.wants(t, 3, tt.want...)
				for _, secret := range []string{"hidden-in-the-file", "very-secret-port"} {
					if strings.Contains(r.out, secret) {
						t.Errorf("a value that may be a secret was printed: %s", r.out)
					}
				}
			}
		})
	}
}

// TestGoodFiles: the same files are right as they are, offline, and printing
// them hides the password.
func TestGoodFiles(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.file(t, "cdc.yaml", goodFile)
	p.file(t, "rules.yaml", goodRules)
	r := p.run(t, "validate")
	r.wants(t, 0, "ok, 1 pipeline(s)", "initial", "snapshot") // the warning that no rule takes snapshot rows
	r = p.run(t, "config", "print")
	r.wants(t, 0, "topic_prefix: shop", "lock_timeout: 30s")
	if strings.Contains(r.out, "hidden-in-the-file") {
		t.Errorf("the password was printed:\n%s", r.out)
	}
}

// TestCommandLine: a wrong command line is exit code 2; the rest answers
// without a configuration.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{2, "--confg", []string{"run", "--confg", "x"}},
		{2, "rnu", []string{"rnu"}},
		{2, "extra", []string{"run", "extra"}},
		{0, "cdc", []string{"version"}},
		{0, "complete", []string{"completion", "bash"}},
		{0, "doctor", []string{"--help"}},
	} {
		s := p.launch(t, nil, tt.args...)
		result{s.exit(), s.out.String()}.wants(t, tt.code, tt.want)
	}
	missing := p.launch(t, nil, "run", "--config", "no-such.yaml")
	result{missing.exit(), missing.out.String()}.wants(t, 3, "no-such.yaml")
}
