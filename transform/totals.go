package transform

// RuleTotals are the counts of the rules of one name, of all generations.
type RuleTotals struct {
	Rule string
	// Taken rows are those that the rule took; Filtered were offered to it, and its
	// condition didn't hold. A row that comes again is counted again.
	Taken, Filtered uint64
	// Errors counts failures by what the rule said of them then, in the words of
	// on_error. What it says now has an entry in any case. Under dead_letter it is how
	// many rows went to the dead-letter topic.
	Errors map[string]uint64
}

// Totals returns the counts of all rules, in their order, of the batches that are done.
func (p *Program) Totals() []RuleTotals {
	stats := p.Stats()
	list := make([]RuleTotals, len(stats))
	for i, s := range stats {
		list[i] = RuleTotals{
			Rule: s.Rule, Taken: s.Taken, Filtered: s.Filtered,
			Errors: map[string]uint64{onErrorWords[p.rules[i].OnError]: s.Errors},
		}
	}
	return list
}

// totals adds up counts, rule by rule.
type totals struct {
	list []RuleTotals // in the order in which their names came
	at   map[string]int
}

// add takes counts in, and keeps nothing of of.
func (t *totals) add(of []RuleTotals) {
	for _, r := range of {
		t.sum(r.Rule, r)
	}
}

// sum adds counts to those of a rule.
func (t *totals) sum(rule string, r RuleTotals) {
	i, there := t.at[rule]
	if !there {
		if t.at == nil {
			t.at = map[string]int{}
		}
		i = len(t.list)
		t.at[rule] = i
		t.list = append(t.list, RuleTotals{Rule: rule, Errors: map[string]uint64{}})
	}
	sum := &t.list[i]
	sum.Taken += r.Taken
	sum.Filtered += r.Filtered
	for policy, n := range r.Errors {
		sum.Errors[policy] += n
	}
}

// maxGone is how many rules that are gone have counts of their own.
const maxGone = 1000

// trim adds the counts of rules that stay out of stays, but for the last maxGone of
// them, to those of a rule without a name.
func (t *totals) trim(stays map[string]bool) {
	gone := 0
	for _, r := range t.list {
		if r.Rule != "" && !stays[r.Rule] {
			gone++
		}
	}
	if gone <= maxGone {
		return
	}
	var rest totals
	for _, r := range t.list {
		name := r.Rule
		if name != "" && !stays[name] && gone > maxGone {
			name = ""
			gone--
		}
		rest.sum(name, r)
	}
	*t = rest
}

// Totals returns the counts of the rules that hold, in their order, and then of those
// that have held. Counts never sink. Rules that are gone keep theirs; when they are
// more than a thousand, the ones before are counted together, as a rule without a name.
func (l *Live) Totals() []RuleTotals {
	l.mu.Lock()
	defer l.mu.Unlock()
	var t totals
	t.add(l.current.Load().rules.Totals())
	for _, g := range l.older {
		t.add(g.rules.Totals())
	}
	t.add(l.past.list)
	return t.list
}

// settle keeps the counts of a generation that is let go. The caller holds mu.
func (l *Live) settle(g *generation) {
	l.past.add(g.rules.Totals())
	stays := map[string]bool{}
	for _, r := range l.current.Load().rules.Totals() {
		stays[r.Rule] = true
	}
	l.past.trim(stays)
}
