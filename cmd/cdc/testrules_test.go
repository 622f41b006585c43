package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/transform/rulefile"
)

// offline writes the files into a folder and returns a function that runs commands
// there; @ in an argument stands for the folder.
func offline(t *testing.T, files map[string]string) func(stdin string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(stdin string, args ...string) outcome {
		var out, stderr bytes.Buffer
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "@", dir+"/")
		}
		code := run(t.Context(), args, strings.NewReader(stdin), &out, &stderr)
		return outcome{code, strings.ReplaceAll(out.String(), dir+"/", ""), strings.ReplaceAll(stderr.String(), dir+"/", "")}
	}
}

// rulesWithTests are rules for orders, with a test that passes and, if status is
// another than NEW, one that fails.
func rulesWithTests(status string) string {
	return strings.ReplaceAll(`version: 1
rules:
  - name: orders
    tables: [shop.orders]
    fields: {orderId: id, status: status}
    topic: orders.status
tests:
  - name: a new order
    input: {table: shop.orders, op: c, after: {id: 1001, status: NEW, total: "12.50"}}
    expect: [{topic: orders.status, key: {id: 1001}, value: {orderId: 1001, status: STATUS}}]
  - name: a delete
    input: {table: shop.orders, op: d, before: {id: 1001, status: NEW}}
    expect: [{key: {id: 1001}, value: null}]
`, "STATUS", status)
}

// want is a part of what a command prints, and its exit code.
type want struct {
	args        []string
	code        int
	out, stderr string
}

func check(t *testing.T, cdc func(stdin string, args ...string) outcome, stdin string, w want) {
	t.Helper()
	got := cdc(stdin, append([]string{}, w.args...)...)
	if got.code != w.code || !strings.Contains(got.out, w.out) || !strings.Contains(got.stderr, w.stderr) || w.stderr == "" && got.stderr != "" {
		t.Errorf("%v: exit code %d, want %d\nout: %s\nwant: %s\nstderr: %s\nwant: %s", w.args, got.code, w.code, got.out, w.out, got.stderr, w.stderr)
	}
}

func TestTestCommand(t *testing.T) {
	cdc := offline(t, map[string]string{
		"good.yaml": rulesWithTests("NEW"), "bad.yaml": rulesWithTests("OLD"), "typo.yaml": "version: 1\nruels: []\n", "none.yaml": "version: 1\nrules: []\n",
		"tables.json": `{"format": "cdc-tables", "version": 1, "connector": "postgresql", "tables": []}`, "old.json": `{"format": "cdc-tables", "version": 7}`,
	})
	for _, w := range []want{
		{[]string{"test", "@good.yaml"}, exitOK, "ok: 2 tests passed (", ""},
		{[]string{"test", "-v", "@good.yaml"}, exitOK, "ok   good.yaml:8:11: a new order\n", ""},
		{[]string{"test", "@good.yaml", "@bad.yaml"}, exitFailure, "FAIL bad.yaml:8:11: a new order\n    the record differs\n      value.status\n        want  \"OLD\"\n        got   \"NEW\"\nFAIL: 1 of 4 tests failed (", ""},
		{[]string{"test", "@bad.yaml", "--run", "delete"}, exitOK, "ok: 1 test passed", ""},
		{[]string{"test", "@none.yaml"}, exitOK, "no tests\n", ""},
		{[]string{"test", "@good.yaml", "--tables", "@tables.json", "--format", "json_schema"}, exitOK, "ok: 2", ""},
		{[]string{"test", "@good.yaml", "--run", "nothing"}, exitUsage, "", `--run "nothing" matches no test`},
		{[]string{"test", "@good.yaml", "--run", "("}, exitUsage, "", "--run: error parsing regexp"},
		{[]string{"test"}, exitUsage, "", "name a rule file; see cdc test --help"},
		{[]string{"test", "@good.yaml", "--format", "avro"}, exitUsage, "", "--format \"avro\" is not one of json, json_schema"},
		{[]string{"test", "@good.yaml", "--connector", "oracle"}, exitUsage, "", "is not one of mysql"},
		{[]string{"test", "@good.yaml", "--pipeline", "one"}, exitUsage, "", "--pipeline without --config"},
		{[]string{"test", "@good.yaml", "--connector", "mysql", "--tables", "@tables.json"}, exitUsage, "", "has tables of postgresql, and the source is mysql"},
		{[]string{"test", "@typo.yaml", "@bad.yaml"}, exitConfig, "", "typo.yaml:2:1"},
		{[]string{"test", "@missing.yaml"}, exitConfig, "", "missing.yaml: read the rule file: no such file"},
		{[]string{"test", "@good.yaml", "--tables", "@old.json"}, exitConfig, "", "old.json: a schema dump of version 7"},
	} {
		check(t, cdc, "", w)
	}
}

func TestJUnitFile(t *testing.T) {
	dir := t.TempDir()
	cdc := offline(t, map[string]string{"bad.yaml": rulesWithTests("OLD")})
	file := filepath.Join(dir, "report.xml")
	check(t, cdc, "", want{[]string{"test", "@bad.yaml", "--junit", file}, exitFailure, "FAIL: 1 of 2", ""})
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), `tests="2" failures="1"`) {
		t.Errorf("got %s, %v", text, err)
	}
	check(t, cdc, "", want{[]string{"test", "@bad.yaml", "--junit", filepath.Join(dir, "no", "such")}, exitFailure, "", "write the JUnit report"})
}

// The options of a pipeline hold, and its files are tested without being named.
func TestPipelineRulesAreTested(t *testing.T) {
	files := failing(t, "json")
	files["rules.yaml"] = strings.Replace(rulesWithTests("NEW"), "topic: orders.status\n", "\n", 1)
	files["rules.yaml"] = strings.Replace(files["rules.yaml"], "topic: orders.status", "topic: one.shop.orders", 1)
	cdc := offline(t, files)
	check(t, cdc, "", want{[]string{"test", "-c", "@cdc.yaml"}, exitOK, "ok: 2 tests passed", "warning: rules.yaml:3:11: the snapshot (mode initial) reads shop.orders"})
	check(t, cdc, "", want{[]string{"test", "-c", "@cdc.yaml", "--topic-prefix", "two"}, exitFailure, `got   "two.shop.orders"`, "warning: rules.yaml:3:11: the snapshot"})
	check(t, cdc, "", want{[]string{"test", "-c", "@cdc.yaml", "-p", "one", "@rules.yaml"}, exitOK, "ok: 2 tests passed", ""})
	check(t, cdc, "", want{[]string{"test", "-c", "@cdc.yaml", "-p", "two"}, exitUsage, "", `no pipeline "two"`})
}

// Rules whose tests fail are refused where tests are asked for.
func TestBuilderTestsRules(t *testing.T) {
	b := &builder{name: "one", config: testPipeline(t)}
	for status, bad := range map[string]bool{"NEW": false, "OLD": true} {
		if err := b.testRules([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(rulesWithTests(status))}}); (err != nil) != bad || bad && !strings.Contains(err.Error(), `1 of 2 tests failed`) {
			t.Errorf("%s: got %v", status, err)
		}
	}
}

// testPipeline is a pipeline that was read from a file.
func testPipeline(t *testing.T) *PipelineConfig {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cdc.yaml")
	if err := os.WriteFile(file, []byte(failing(t, "json")["cdc.yaml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	return c.Pipelines["one"]
}

// The help of what works with rules has an example.
func TestHelpHasExamples(t *testing.T) {
	for _, args := range [][]string{{"test"}, {"transform"}, {"explain"}, {"tap"}, {"schema", "rules"}, {"schema", "dump"}, {"validate"}} {
		got := offline(t, nil)("", append(args, "--help")...)
		if got.code != exitOK || !strings.Contains(got.out, "Examples:\n  cdc "+strings.Join(args, " ")) && args[0] != "transform" {
			t.Errorf("%v: got %+v", args, got)
		}
		if bad := offline(t, nil)("", append(args, "--no-such-flag")...); bad.code != exitUsage {
			t.Errorf("%v: exit code %d for an unknown flag, want %d", args, bad.code, exitUsage)
		}
	}
}

func TestTapRefuses(t *testing.T) {
	files := failing(t, "json")
	files["typo.yaml"] = "version: 1\nruels: []\n"
	cdc := offline(t, files)
	check(t, cdc, "", want{[]string{"tap", "-c", "@cdc.yaml", "-n", "-1"}, exitUsage, "", "can't be negative"})
	check(t, cdc, "", want{[]string{"tap", "-c", "@cdc.yaml", "--rules", "@typo.yaml"}, exitConfig, "", "typo.yaml:2:1"})
	check(t, cdc, "", want{[]string{"tap", "-c", "@cdc.yaml"}, exitFailure, "", "set tls.mode: disable"})
	check(t, cdc, "", want{[]string{"tap", "-c", "@no.yaml"}, exitConfig, "", "no.yaml"})
}
