package transform

import (
	"maps"
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// TableWarnings returns what is allowed and probably not meant, as far as only the tables
// tell that a pipeline captures: those are bound for it. Without any table there is
// nothing to tell.
func (p *Program) TableWarnings(tables []*event.Schema) []*rulefile.Error {
	if len(tables) == 0 {
		return nil
	}
	var rep rulefile.Report
	for _, s := range tables {
		_, _, _ = p.Select(s) // whoever checks the rules is told
	}
	captured := map[string]*event.Schema{}
	for _, s := range tables {
		captured[s.Name()] = s
	}
	for _, r := range p.rules {
		warnUncaptured(r, captured, &rep)
		warnUnhashed(r, tables, &rep)
	}
	p.topicUse.report(&rep)
	if p.buries() {
		for _, s := range tables {
			if topic := p.opts.defaultTopic(s); topic == p.opts.DeadLetterTopic {
				p.warnBuried(topic, s.Name(), &rep)
			}
		}
	}
	return fewer(rep.List)
}

// warnUncaptured finds a rule for tables that the pipeline doesn't capture, and names of
// such tables beside others.
func warnUncaptured(r *rule, captured map[string]*event.Schema, rep *rulefile.Report) {
	some := false
	var lacking []string
	for _, p := range r.Tables.Patterns() {
		switch {
		case strings.HasPrefix(p, "!"):
		case isWild(p):
			some = some || takesAny(r, captured)
		case captured[p] == nil:
			lacking = append(lacking, p)
		default:
			some = true
		}
	}
	hint := `correct "tables", or add them to those of the source`
	if len(lacking) == 1 {
		if meant := rulefile.DidYouMean(lacking[0], slices.Sorted(maps.Keys(captured))); meant != "" {
			hint = meant
		}
	}
	switch {
	case !some:
		rep.Add(r.TablesAt, hint, "rule %q takes no row: the pipeline captures no table of %s", r.Name, strings.Join(r.Tables.Patterns(), ", "))
	case len(lacking) > 0:
		rep.Add(r.TablesAt, hint, "rule %q names tables that the pipeline doesn't capture: %s", r.Name, strings.Join(lacking, ", "))
	}
}

// warnUnhashed finds columns by which a rule chooses partitions and which a table of its
// lacks.
func warnUnhashed(r *rule, tables []*event.Schema, rep *rulefile.Report) {
	if r.Partition == nil {
		return
	}
	for _, f := range r.Partition.Fields {
		where, name, _ := strings.Cut(f.Text, ".")
		if where != "change" && where != "after" && where != "before" {
			continue
		}
		for _, s := range tables {
			if !r.Tables.Match(s.Space(), s.Table) || s.Column(name) != nil {
				continue
			}
			names := make([]string, len(s.Columns))
			for i := range s.Columns {
				names[i] = s.Columns[i].Name
			}
			rep.Add(f.At, rulefile.DidYouMean(name, names), "table %s has no column %q: its rows go by the other fields of partition_by, or by their key",
				s.Name(), rulefile.Printable(name))
			break
		}
	}
}

func takesAny(r *rule, captured map[string]*event.Schema) bool {
	for _, s := range captured {
		if r.Tables.Match(s.Space(), s.Table) {
			return true
		}
	}
	return false
}

// warnNothing finds a rule whose own patterns exclude all that they include.
func warnNothing(r *rule, rep *rulefile.Report) {
	patterns := r.Tables.Patterns()
	for _, p := range patterns {
		first, table, _ := strings.Cut(p, ".")
		switch {
		case strings.HasPrefix(p, "!"):
		case isWild(p):
			if !slices.Contains(patterns, "!"+p) && !slices.Contains(patterns, "!*.*") {
				return
			}
		case r.Tables.Match(first, table):
			return
		}
	}
	rep.Add(r.TablesAt, "", "rule %q takes no row: its patterns exclude all tables that they name (%s)", r.Name, strings.Join(patterns, ", "))
}
