package dryrun

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"cdc/transform"
	"cdc/transform/rulefile"
)

// TestOptions choose tests.
type TestOptions struct {
	// Run takes the tests whose name it matches; all when nil.
	Run *regexp.Regexp
	// Together makes one list of rules of all files, as a pipeline does; otherwise
	// each file stands for itself.
	Together bool
	// Warn, if it isn't nil, is given each list of rules before its tests run.
	Warn func(*transform.Program)
}

// Result is what came of one test.
type Result struct {
	File, Name string
	At         rulefile.Place
	// Failures are empty when the test has passed.
	Failures []Failure
	Took     time.Duration
}

// Failure is one thing that isn't as a test expects.
type Failure struct {
	// At is where the expectation stands.
	At rulefile.Place
	// Text says what is wrong, on one line or more.
	Text string
	// Differences, if any, are those of a record.
	Differences []Difference
}

// Report is what came of all tests.
type Report struct {
	Results []Result
	Took    time.Duration
}

// Failed counts the tests that haven't passed.
func (r *Report) Failed() int {
	n := 0
	for i := range r.Results {
		if len(r.Results[i].Failures) > 0 {
			n++
		}
	}
	return n
}

// Err tells of the first test that hasn't passed; nil when all have.
func (r *Report) Err() error {
	for i := range r.Results {
		if t := &r.Results[i]; len(t.Failures) > 0 {
			return fmt.Errorf("%d of %d tests failed, the first one at %s: %q: %s", r.Failed(), len(r.Results), t.At, t.Name, firstLine(&t.Failures[0]))
		}
	}
	return nil
}

func firstLine(f *Failure) string {
	text, _, _ := strings.Cut(f.Text, "\n")
	if len(f.Differences) > 0 {
		text += ": " + f.Differences[0].Path
	}
	return text
}

// RunTests runs the tests of rule files. The error joins what is wrong with the
// files themselves, each a *rulefile.Error; what tests find is in the report.
// Decimals are written as numbers, whatever the format of the setup says.
func RunTests(sources []*rulefile.Source, s Setup, o TestOptions) (*Report, error) {
	began := time.Now()
	groups := [][]*rulefile.Source{sources}
	if !o.Together {
		groups = nil
		for _, src := range sources {
			groups = append(groups, []*rulefile.Source{src})
		}
	}
	s.Encoding.Format.DecimalFormat, s.Encoding.Format.KeyDecimalFormat = decimalNumeric, decimalNumeric
	report := &Report{}
	var bad rulefile.Report
	for _, group := range groups {
		run, err := newTestRun(group, s)
		if err != nil {
			if bad.List = append(bad.List, Placed(err)...); len(Placed(err)) == 0 {
				return nil, err
			}
			continue
		}
		if o.Warn != nil {
			o.Warn(run.rules)
		}
		report.Results = append(report.Results, run.all(o.Run)...)
	}
	report.Took = time.Since(began)
	return report, bad.Err()
}

// decimalNumeric writes decimals in JSON as numbers.
const decimalNumeric = "numeric"

// testRun runs the tests of files whose rules are one list.
type testRun struct {
	files   []*rulefile.File
	sources []*rulefile.Source
	rules   *transform.Program
	engine  *Engine
	changes map[*rulefile.Test][]*Change
}

// newTestRun reads the files. All tests tell what the tables are like.
func newTestRun(sources []*rulefile.Source, s Setup) (*testRun, error) {
	files, err := ParseFiles(sources)
	if err != nil {
		return nil, err
	}
	rules, err := transform.Parse(sources, s.Complete().Rules)
	if err != nil {
		return nil, err
	}
	t := &testRun{files: files, sources: sources, rules: rules, changes: map[*rulefile.Test][]*Change{}}
	if t.engine, err = NewEngine(rules, files, s); err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, test := range f.Tests {
			if err := t.learn(test); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

func (t *testRun) learn(test *rulefile.Test) error {
	for i := range test.Inputs {
		c, err := ofTest(&test.Inputs[i])
		if err != nil {
			return err
		}
		if err := t.engine.Learn(c); err != nil {
			return err
		}
		t.changes[test] = append(t.changes[test], c)
	}
	return nil
}

// ParseFiles reads rule files for what stands beside their rules.
func ParseFiles(sources []*rulefile.Source) ([]*rulefile.File, error) {
	var rep rulefile.Report
	files := make([]*rulefile.File, len(sources))
	for i, src := range sources {
		files[i] = rulefile.Parse(src, &rep)
	}
	return files, rep.Err()
}

// all runs the tests whose names match.
func (t *testRun) all(match *regexp.Regexp) []Result {
	var results []Result
	for i, f := range t.files {
		for _, test := range f.Tests {
			if match != nil && !match.MatchString(test.Name) {
				continue
			}
			began := time.Now()
			r := Result{File: t.sources[i].Name, Name: test.Name, At: test.At}
			r.Failures = t.one(test)
			r.Took = time.Since(began)
			results = append(results, r)
		}
	}
	return results
}

// one runs a test and returns what isn't as it expects.
func (t *testRun) one(test *rulefile.Test) []Failure {
	records, err := t.records(test)
	switch {
	case err != nil && test.Error == "":
		return []Failure{{At: test.At, Text: "error: " + err.Error()}}
	case err != nil && !strings.Contains(err.Error(), test.Error):
		return []Failure{{At: test.At, Text: "another error than expected", Differences: []Difference{{"error", quote(test.Error), quote(err.Error())}}}}
	case err != nil:
		return nil
	case test.Error != "":
		return []Failure{{At: test.At, Text: fmt.Sprintf("no error, but %s; expected was an error with %s", count(len(records), "record"), quote(test.Error)) + list(records)}}
	}
	return expected(test, records)
}

// records takes the changes of a test through the rules.
func (t *testRun) records(test *rulefile.Test) (all []Record, err error) {
	t.engine.count = 0
	t.rules.Forget() // a test stands alone
	for _, c := range t.changes[test] {
		made, err := t.engine.Run(c)
		if err != nil {
			return nil, err
		}
		all = append(all, made...)
	}
	return all, nil
}

// expected compares the records with those of the test.
func expected(test *rulefile.Test, records []Record) []Failure {
	if len(records) != len(test.Expect) {
		return []Failure{{At: test.At, Text: fmt.Sprintf("want %s, got %s", count(len(test.Expect), "record"), count(len(records), "record")) + list(records)}}
	}
	var failures []Failure
	for i := range records {
		if d := compare(&test.Expect[i], &records[i]); len(d) > 0 {
			text := "the record differs"
			if len(records) > 1 {
				text = fmt.Sprintf("record %d of %d differs", i+1, len(records))
			}
			failures = append(failures, Failure{At: test.Expect[i].At, Text: text, Differences: d})
		}
	}
	return failures
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	default:
		return fmt.Sprintf("%d %ss", n, what)
	}
}

// maxListed bounds the records that are listed, and maxListedBytes their text: it is
// kept until all tests have run.
const (
	maxListed      = 10
	maxListedBytes = 4096
)

func list(records []Record) string {
	var b []byte
	for i := range records {
		if i == maxListed {
			b = append(b, "\n..."...)
			break
		}
		if b = records[i].AppendJSON(append(b, '\n')); len(b) > maxListedBytes {
			return strings.ToValidUTF8(string(b[:maxListedBytes]), "") + "..."
		}
	}
	return string(b)
}
