package golden

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Tally counts what all cases together compared. It is safe for concurrent use;
// the zero Tally is ready.
type Tally struct {
	mu                              sync.Mutex
	cases, records, fields, leftOut int            // guarded by mu
	later                           map[string]int // cases by property; guarded by mu
	waiting                         int            // cases with such a property; guarded by mu
	without                         map[string]int // cases by transform; guarded by mu
	unsaid                          int            // cases with such a transform; guarded by mu
	argued                          map[string]int // fields by reason; guarded by mu
}

// NotYet counts a case that can't be replayed for want of some properties.
func (t *Tally) NotYet(properties []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting++
	if t.later == nil {
		t.later = map[string]int{}
	}
	for _, p := range properties {
		t.later[p]++
	}
}

// Without counts a case that asks for transforms that rules have nothing for.
func (t *Tally) Without(transforms []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unsaid++
	if t.without == nil {
		t.without = map[string]int{}
	}
	for _, name := range transforms {
		t.without[name]++
	}
}

func (t *Tally) add(cases, records, fields int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cases, t.records, t.fields = t.cases+cases, t.records+records, t.fields+fields
}

// leaveOut counts schema changes of which only the number was recorded.
func (t *Tally) leaveOut(records int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leftOut += records
}

func (t *Tally) argue(reasons ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.argued == nil {
		t.argued = map[string]int{}
	}
	for _, reason := range reasons {
		t.argued[reason]++
	}
}

// Empty reports whether nothing was compared and nothing waits.
func (t *Tally) Empty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cases+t.waiting+t.unsaid == 0
}

// Report says what was compared, a line each.
func (t *Tally) Report() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := []string{
		fmt.Sprintf("%d cases, %d records, %d fields compared; of %d schema change records the number alone", t.cases, t.records, t.fields, t.leftOut),
		fmt.Sprintf("%d cases not yet", t.waiting),
	}
	for _, property := range slices.Sorted(maps.Keys(t.later)) {
		lines = append(lines, fmt.Sprintf("not yet: %s (%d cases)", property, t.later[property]))
	}
	if t.unsaid > 0 {
		lines = append(lines, fmt.Sprintf("%d cases with transforms that rules have nothing for", t.unsaid))
	}
	for _, name := range slices.Sorted(maps.Keys(t.without)) {
		lines = append(lines, fmt.Sprintf("nothing for: %s (%d cases)", name, t.without[name]))
	}
	for _, reason := range slices.Sorted(maps.Keys(t.argued)) {
		lines = append(lines, fmt.Sprintf("%d differ on purpose: %s", t.argued[reason], reason))
	}
	return lines
}
