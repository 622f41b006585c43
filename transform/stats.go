package transform

import (
	"sync"
	"sync/atomic"
	"time"
)

// RuleCounts counts what a rule has done.
type RuleCounts struct {
	// Taken rows are those that the rule took; Filtered were offered to it, and its
	// condition didn't hold.
	Taken, Filtered uint64
	// Errors counts failures of the rule, DeadLetters the rows that went to the
	// dead-letter topic.
	Errors, DeadLetters uint64
}

// RuleStats are the counts of a rule of a program.
type RuleStats struct {
	Rule string
	RuleCounts
}

// counter adds up the counts of batches.
type counter struct{ taken, filtered, errors, deadLetters atomic.Uint64 }

func (c *counter) add(n *RuleCounts) {
	addTo(&c.taken, n.Taken)
	addTo(&c.filtered, n.Filtered)
	addTo(&c.errors, n.Errors)
	addTo(&c.deadLetters, n.DeadLetters)
}

// addTo spares other processors the news that nothing has changed.
func addTo(sum *atomic.Uint64, n uint64) {
	if n > 0 {
		sum.Add(n)
	}
}

// count returns what a rule has done in this batch, for the caller to raise.
func (x *exec) count(r *rule) *RuleCounts {
	c := &x.counts[r.index]
	if *c == (RuleCounts{}) {
		x.counted = append(x.counted, r.index)
	}
	return c
}

// Stats returns the counts of all rules, in their order, of the batches that are
// done.
func (p *Program) Stats() []RuleStats {
	list := make([]RuleStats, len(p.rules))
	for i, r := range p.rules {
		c := &p.counters[i]
		list[i] = RuleStats{r.Name, RuleCounts{c.taken.Load(), c.filtered.Load(), c.errors.Load(), c.deadLetters.Load()}}
	}
	return list
}

// notes bounds what a rule tells the log.
type notes struct {
	mu   sync.Mutex
	last time.Time // guarded by mu
}

// noteEvery is the time between two notes of a rule.
const noteEvery = 10 * time.Second

// note tells the log of a row, if there was no note of the rule just before.
func (x *exec) note(r *rule, failed bool, what error) {
	log := *x.program.log.Load()
	if log == nil || !r.notes.due(x.program.opts.now()) {
		return
	}
	log(Note{Failed: failed, Rule: r.Name, Table: x.r.Schema.Name(), Position: where(x.b, x.r), Message: what.Error()})
}

func (n *notes) due(now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.last.IsZero() && now.Sub(n.last) < noteEvery && !now.Before(n.last) {
		return false
	}
	n.last = now
	return true
}
