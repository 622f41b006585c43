package dryrun

import (
	"fmt"
	"strings"
	"testing"

	"cdc/transform/rulefile"
)

// wide is a file of tests that fail, whose rows name as many columns altogether.
func wide(tests, columns int) *rulefile.Source {
	var b strings.Builder
	b.WriteString("version: 1\nrules: []\ntests:\n")
	for i := range tests {
		fmt.Fprintf(&b, "  - {name: t%d, input: {table: shop.c, op: c, after: {id: 1, x%d: 1}}, expect: []}\n", i, i%columns)
	}
	return &rulefile.Source{Name: "wide.yaml", Text: []byte(b.String())}
}

// A table that is inferred has no more columns than one of a database.
func TestColumnsOfAnInferredTableAreBounded(t *testing.T) {
	if _, err := RunTests([]*rulefile.Source{wide(1, 1)}, Setup{}, TestOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := RunTests([]*rulefile.Source{wide(maxInferred, maxInferred)}, Setup{}, TestOptions{})
	const want = "wide.yaml:4099:71: table shop.c has more than 4096 columns in all rows together"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// What a report says of a test doesn't grow with the width of its records.
func TestReportsAreBounded(t *testing.T) {
	const tests = 50
	src := wide(tests, 1)
	src.Text = append(src.Text, "  - {name: wide, input: {table: shop.c, op: c, after: {id: 1"...)
	for i := range 3000 {
		src.Text = fmt.Appendf(src.Text, ", y%d: 1", i)
	}
	src.Text = append(src.Text, "}}, expect: [{value: {after: {}}}]}\n"...)
	report, err := RunTests([]*rulefile.Source{src}, Setup{}, TestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed() != tests+1 {
		t.Fatalf("%d of %d tests failed", report.Failed(), len(report.Results))
	}
	for i := range report.Results {
		for _, f := range report.Results[i].Failures {
			if n := len(f.text()); n > 20_000 {
				t.Errorf("test %s is told in %d bytes", report.Results[i].Name, n)
			}
		}
	}
	last := report.Results[tests].Failures[0].Differences
	if end := last[len(last)-1]; len(last) != maxDifferences+1 || !strings.Contains(end.Path, "more places") {
		t.Errorf("got %d differences, the last one %+v", len(last), end)
	}
}

// A type that nobody knows is told with some that are known.
func TestTypesHaveAMend(t *testing.T) {
	for _, typ := range []string{"money", "int default 1"} {
		src := &rulefile.Source{Name: "types.yaml", Text: []byte("version: 1\ntest_tables:\n  shop.t: {a: " + typ + "}\n")}
		_, err := RunTests([]*rulefile.Source{src}, Setup{}, TestOptions{})
		if err == nil || !strings.Contains(err.Error(), "types.yaml:3:12: ") || !strings.Contains(err.Error(), "(for example bigint, double, decimal(10,2)") {
			t.Errorf("%s: %v", typ, err)
		}
	}
}
