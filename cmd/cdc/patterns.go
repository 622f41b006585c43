package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"cdc/event"
	"cdc/sink/encode"
)

// columnList is a list of patterns of columns.
type columnList struct {
	at       string // its path in the configuration
	patterns []string
	hides    bool // what it should match leaves as it is where it doesn't
	types    bool // the third part is a type
}

// columnLists returns every list of patterns of columns.
func (e *EventsConfig) columnLists() []columnList {
	lists := []columnList{
		{at: "events.column_include_list", patterns: e.ColumnIncludeList},
		{at: "events.column_exclude_list", patterns: e.ColumnExcludeList},
		{at: "events.column_propagate_source_type", patterns: e.PropagateSourceType},
		{at: "events.datatype_propagate_source_type", patterns: e.PropagateDatatype, types: true},
	}
	for _, n := range slices.Sorted(maps.Keys(e.MaskWithChars)) {
		lists = append(lists, columnList{at: "events.column_mask_with_chars." + strconv.Itoa(n), patterns: e.MaskWithChars[n], hides: true})
	}
	for i, m := range e.MaskHash {
		lists = append(lists, columnList{at: fmt.Sprintf("events.column_mask_hash[%d].columns", i), patterns: m.Columns, hides: true})
	}
	for _, n := range slices.Sorted(maps.Keys(e.TruncateToChars)) {
		lists = append(lists, columnList{at: "events.column_truncate_to_chars." + strconv.Itoa(n), patterns: e.TruncateToChars[n]})
	}
	return lists
}

// namesColumns: some option names columns of tables.
func (e *EventsConfig) namesColumns() bool {
	return len(e.MessageKeyColumns) > 0 ||
		slices.ContainsFunc(e.columnLists(), func(l columnList) bool { return len(l.patterns) > 0 })
}

// idle finds the patterns that concern no column of the captured tables, most
// likely a slip, and those that can't do what they should. One that should hide
// something fails, since that leaves then.
// Without any table nothing is said.
func (e *EventsConfig) idle(tables []*event.Schema, connector string) ([]event.Finding, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	var found []event.Finding
	for _, list := range e.columnLists() {
		for i, pattern := range list.patterns {
			one, err := event.ParseColumns([]string{pattern})
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(tables, func(s *event.Schema) bool { return list.concerns(one, s) }) {
				found = append(found, list.finding(i, pattern, tables))
			}
			if list.hides {
				found = append(found, list.shown(i, one, tables, connector)...)
			}
		}
	}
	keys, err := e.idleKeys(tables)
	return append(found, keys...), err
}

// concerns reports whether a pattern meets a column of a table, or may do so: a
// source doesn't always know how a type was declared.
func (l columnList) concerns(pattern *event.Columns, s *event.Schema) bool {
	return slices.ContainsFunc(s.Columns, func(c event.Column) bool {
		if !l.types {
			return pattern.Match(s, c.Name)
		}
		name := c.Type.Declared.Name
		return name == "" || pattern.Match(s, name) || pattern.Match(s, strings.ToLower(name))
	})
}

func (l columnList) finding(i int, pattern string, tables []*event.Schema) event.Finding {
	what, level := "column", event.LevelWarn
	if l.types {
		what = "type of a column"
	}
	detail := fmt.Sprintf("%q matches no %s of a captured table%s", pattern, what, meant(pattern, tables))
	if l.hides {
		level = event.LevelFail
		detail += "; what it should hide leaves as it is"
	}
	return event.Finding{Level: level, Check: fmt.Sprintf("%s[%d]", l.at, i), Detail: detail, Fix: "correct the pattern, or take it out"}
}

// shown finds the columns that a mask or a hash meets and can't hide: only text
// is changed, and no record key, as in Debezium.
func (l columnList) shown(i int, pattern *event.Columns, tables []*event.Schema, connector string) []event.Finding {
	var found []event.Finding
	tell := func(level event.Level, detail, fix string) {
		found = append(found, event.Finding{Level: level, Check: fmt.Sprintf("%s[%d]", l.at, i), Detail: detail, Fix: fix})
	}
	for _, s := range tables {
		for k := range s.Columns {
			c := &s.Columns[k]
			if !pattern.Match(s, c.Name) {
				continue
			}
			name := s.Name() + "." + c.Name
			if !encode.Hidable(connector, &c.Type) {
				tell(event.LevelFail, fmt.Sprintf("column %s has type %s, and only text is hidden: it leaves as it is", name, c.Type.Native),
					"leave the column out: events.column_exclude_list")
			} else if slices.ContainsFunc(s.Key, func(key event.Column) bool { return key.Name == c.Name }) {
				tell(event.LevelWarn, fmt.Sprintf("column %s belongs to the record key, in which nothing is hidden", name),
					"choose other columns for the key: events.message_key_columns")
			}
		}
	}
	return found
}

// meant suggests a column of the table that a pattern names.
func meant(pattern string, tables []*event.Schema) string {
	for _, s := range tables {
		column, named := strings.CutPrefix(pattern, s.Name()+".")
		if !named {
			continue
		}
		best, distance := "", len(column)/2+1
		for i := range s.Columns {
			if d := editDistance(column, s.Columns[i].Name); d < distance {
				best, distance = s.Columns[i].Name, d
			}
		}
		if best != "" {
			return fmt.Sprintf(" (did you mean %q?)", s.Name()+"."+best)
		}
	}
	return ""
}

// idleKeys finds rules for keys that hold for no table, and columns that the
// tables lack.
func (e *EventsConfig) idleKeys(tables []*event.Schema) ([]event.Finding, error) {
	keys, err := event.ParseKeys(e.MessageKeyColumns)
	if err != nil {
		return nil, err
	}
	holds := make([]bool, len(e.MessageKeyColumns))
	var found []event.Finding
	warn := func(i int, detail string) {
		found = append(found, event.Finding{
			Level: event.LevelWarn, Check: fmt.Sprintf("events.message_key_columns[%d]", i),
			Detail: fmt.Sprintf("%q %s", e.MessageKeyColumns[i], detail), Fix: "correct it, or take it out",
		})
	}
	for _, s := range tables {
		i, lacking := keys.Rule(s)
		if i < 0 {
			continue
		}
		holds[i] = true
		if len(lacking) > 0 {
			warn(i, fmt.Sprintf("names columns that table %s lacks, which keys of it then lack too: %s", s.Name(), strings.Join(lacking, ", ")))
		}
	}
	for i, used := range holds {
		if !used {
			warn(i, "holds for no captured table: none matches, or one of the rules before it has it")
		}
	}
	return found, nil
}

// examineSource asks the source about its server, and looks whether the options
// that name columns meet any.
func (b *builder) examineSource(ctx context.Context, src source) []event.Finding {
	findings := src.Doctor(ctx)
	if !b.config.Events.namesColumns() {
		return findings
	}
	idle, err := b.idle(ctx, src)
	if err != nil {
		return append(findings, event.Finding{Level: event.LevelFail, Check: "columns that events names", Detail: err.Error()})
	}
	return append(findings, idle...)
}

func (b *builder) idle(ctx context.Context, src source) ([]event.Finding, error) {
	tables, err := src.Schemas(ctx)
	if err != nil {
		return nil, err
	}
	return b.config.Events.idle(tables, b.config.Source.connector())
}

// notedSource is a source with more notes than its own.
type notedSource struct {
	source
	notes []string
}

// withNotes logs findings and makes them notes of the source.
func withNotes(src source, findings []event.Finding, log *zap.Logger) source {
	if len(findings) == 0 {
		return src
	}
	n := notedSource{source: src}
	for _, f := range findings {
		log.Warn("an option doesn't do what it should for some column", zap.String("option", f.Check), zap.String("reason", f.Detail), zap.String("mend", f.Fix))
		n.notes = append(n.notes, f.Check+": "+f.Detail+"; "+f.Fix)
	}
	return n
}

// Stats returns the counters of the source, with all notes.
func (n notedSource) Stats() event.SourceStats {
	st := n.source.Stats()
	st.Notes = append(slices.Clone(st.Notes), n.notes...)
	return st
}
