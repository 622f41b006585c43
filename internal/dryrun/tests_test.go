package dryrun

import (
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	cdctest.CompareFile(t, filepath.Join("testdata", name), got, *update)
}

func source(t *testing.T, name string) *rulefile.Source {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "rules", name))
	if err != nil {
		t.Fatal(err)
	}
	return &rulefile.Source{Name: name, Text: text}
}

// anonymous takes the times out of a report.
func anonymous(r *Report) *Report {
	r.Took = 0
	for i := range r.Results {
		r.Results[i].Took = 0
	}
	return r
}

func TestRunTests(t *testing.T) {
	for _, connector := range []string{connectorMySQL, connectorMariaDB, connectorPostgres} {
		report, err := RunTests([]*rulefile.Source{source(t, "orders.yaml")}, Setup{Connector: connector}, TestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := report.Err(); err != nil || len(report.Results) != 8 {
			t.Errorf("%s: %d tests: %v", connector, len(report.Results), err)
		}
	}
}

func TestReport(t *testing.T) {
	report, err := RunTests([]*rulefile.Source{source(t, "failing.yaml"), source(t, "orders.yaml")}, Setup{}, TestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	anonymous(report)
	var plain, colour, junit strings.Builder
	if err := report.Print(&plain, PrintOptions{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", plain.String())
	if err := report.Print(&colour, PrintOptions{Colour: true}); err != nil || !strings.Contains(colour.String(), red+"FAIL"+"\x1b[0m") {
		t.Errorf("no colours: %v", err)
	}
	if err := report.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.xml", junit.String())
	var parsed junitSuites
	if err := xml.Unmarshal([]byte(junit.String()), &parsed); err != nil || len(parsed.Suites) != 2 {
		t.Errorf("got %+v, %v", parsed, err)
	}
	if err := report.Err(); err == nil || !strings.Contains(err.Error(), `5 of 14 tests failed, the first one at failing.yaml:11:11: "differs"`) {
		t.Errorf("got %v", err)
	}
}

func TestChosenTests(t *testing.T) {
	files := []*rulefile.Source{source(t, "orders.yaml")}
	report, err := RunTests(files, Setup{}, TestOptions{Run: regexp.MustCompile("^status"), Together: true})
	if err != nil || len(report.Results) != 1 || report.Results[0].Name != "status change" {
		t.Errorf("got %+v, %v", report, err)
	}
}

// Schemas are taken off what is compared.
func TestFormats(t *testing.T) {
	s := Setup{}
	s.Encoding.Format.Value = "json_schema"
	report, err := RunTests([]*rulefile.Source{source(t, "orders.yaml")}, s, TestOptions{})
	if err != nil || report.Err() != nil {
		t.Errorf("got %v, %v", report.Err(), err)
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	for file, line := range map[string]int{"typo.yaml": 5, "mixed.yaml": 8} {
		_, err := RunTests([]*rulefile.Source{source(t, file), source(t, "orders.yaml")}, Setup{}, TestOptions{})
		if placed := Placed(err); len(placed) != 1 || placed[0].File != file || placed[0].Line != line {
			t.Errorf("got %v", err)
		}
	}
}

// A test doesn't know what rows of those before it have left behind.
func TestTestsStandAlone(t *testing.T) {
	src := &rulefile.Source{Name: "alone.yaml", Text: []byte(`version: 1
rules: [{name: r, tables: [shop.c], topic: "${row.a}", topic_limit: 1}]
tests:
  - {name: one, input: {table: shop.c, op: c, after: {id: 1, a: x}}, expect: [{topic: x}]}
  - {name: another, input: {table: shop.c, op: c, after: {id: 1, a: y}}, expect: [{topic: y}]}
  - {name: the first again, input: {table: shop.c, op: c, after: {id: 1, a: x}}, expect: [{topic: x}]}
  - {name: both, input: [{table: shop.c, op: c, after: {id: 1, a: x}}, {table: shop.c, op: c, after: {id: 1, a: y}}], error: more topics}
`)}
	report, err := RunTests([]*rulefile.Source{src}, Setup{}, TestOptions{})
	if err == nil {
		err = report.Err()
	}
	if err != nil {
		t.Error(err)
	}
}
