package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// hides reports whether the rule keeps from its records what a column of the table
// holds. The text of the statement that made a row may hold it too.
func (s *shaping) hides() bool {
	if len(s.dropped) > 0 {
		return true
	}
	for ord := range s.verbs {
		if v := &s.verbs[ord]; v.run != nil && v.hides {
			return true
		}
	}
	return false
}

// target interns a target of the rule. The records of one that hides something don't
// tell the statement.
func (s *shaping) target(t event.Target) *event.Target {
	t.NoStatement = s.hides()
	return s.binder.target(t)
}

// refuseStatement refuses to put the statement into the records of a rule that hides
// something.
func (s *shaping) refuseStatement() {
	if !s.hides() {
		return
	}
	refuse := func(at rulefile.Place) {
		s.Add(at, "take it out, or put it into a rule that hides nothing",
			"source.query is the text of a statement, with the values of its rows, and rule %q hides columns", rulefile.Printable(s.rule.Name))
	}
	for _, list := range [][]rulefile.Metadata{s.rule.AddFields, s.rule.AddHeaders} {
		for _, m := range list {
			if expr.IsStatement(m.Path.Text) {
				refuse(m.Path.At)
			}
		}
	}
	values := slices.Clone(s.parts)
	for i := range s.groups {
		values = append(values, s.groups[i].value)
	}
	for _, v := range values {
		if v == nil {
			continue
		}
		if at, ok := v.checked.Statement(); ok {
			refuse(at)
		}
	}
}
