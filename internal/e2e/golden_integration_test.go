//go:build integration

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"cdc/internal/golden"
)

// goldenRoot holds one folder for each source and in it one for each case.
const goldenRoot = "../../testdata/golden"

// The environment of "make golden": another corpus, and where the report goes.
const (
	goldenFolder = "CDC_GOLDEN"
	goldenReport = "CDC_GOLDEN_REPORT"
)

// TestGolden replays what was recorded from Debezium through the program and
// compares every record. A case whose connector had a property that has no
// counterpart yet is counted, not replayed.
func TestGolden(t *testing.T) {
	t.Parallel()
	root := os.Getenv(goldenFolder)
	if root == "" {
		root = goldenRoot
	}
	cases, err := golden.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	tally, own := &golden.Tally{}, &owners{}
	t.Cleanup(func() { reportGolden(t, tally) })
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s, steps := c.Translate(), goldenSteps(t, c)
			if slices.ContainsFunc(steps, func(step golden.Step) bool { return step.Direction == golden.Signal }) {
				s.NotYet = append(s.NotYet, "signal")
			}
			if len(s.NotYet) > 0 {
				tally.NotYet(s.NotYet)
				return
			}
			if len(s.Without) > 0 {
				tally.Without(s.Without)
				return
			}
			t.Parallel()
			defer own.take(c)()
			g := &goldenRun{t: t, c: c, settings: s, tally: tally}
			g.replay(steps)
		})
	}
}

func goldenSteps(t *testing.T, c *golden.Case) []golden.Step {
	t.Helper()
	steps, err := c.Steps()
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// reportGolden says what was compared, in the log of the test and in the file
// that "make golden" shows. To have compared nothing is a fault, unless all that
// was chosen waits.
func reportGolden(t *testing.T, tally *golden.Tally) {
	report := strings.Join(tally.Report(), "\n") + "\n"
	t.Log("\n" + report)
	if tally.Empty() && !t.Failed() {
		t.Error("no case was chosen: RUN names none, as in mysql/json")
	}
	if path := os.Getenv(goldenReport); path != "" {
		if err := os.WriteFile(filepath.Clean(path), []byte(report), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// owners keeps two cases from using the same names at the same time.
type owners struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex // guarded by mu
}

// take waits for the names of a case and returns what gives them back.
func (o *owners) take(c *golden.Case) func() {
	var held []*sync.Mutex
	for _, name := range c.Names() {
		l := o.lock(name)
		l.Lock()
		held = append(held, l)
	}
	return func() {
		for _, l := range held {
			l.Unlock()
		}
	}
}

func (o *owners) lock(name string) *sync.Mutex {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.locks == nil {
		o.locks = map[string]*sync.Mutex{}
	}
	if o.locks[name] == nil {
		o.locks[name] = &sync.Mutex{}
	}
	return o.locks[name]
}
