package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// project makes the columns of values: those that "fields" names, or all with the
// names that "rename" gives.
func (l *layout) project() {
	if l.rule.Emit == rulefile.EmitFields {
		l.columns = l.fields(l.rule.Fields)
		return
	}
	for _, f := range l.rule.Rename {
		at := slices.IndexFunc(l.columns, func(c event.Column) bool { return c.Name == f.Column && c.From == "" })
		if at < 0 {
			l.missing(f)
			continue
		}
		l.columns[at].From, l.columns[at].Name = l.columns[at].Name, f.Output
	}
}

// fields are the columns that a list of fields shows.
func (l *layout) fields(list []rulefile.Field) []event.Column {
	columns := make([]event.Column, 0, len(list))
	for _, f := range list {
		if len(f.Fields) > 0 {
			columns = append(columns, event.Column{Name: f.Output, Fields: l.fields(f.Fields)})
			continue
		}
		at := slices.IndexFunc(l.columns, func(c event.Column) bool { return c.Name == f.Column })
		if at < 0 {
			l.missing(f)
			continue
		}
		c := l.columns[at]
		c.Name, c.From = f.Output, c.Source()
		columns = append(columns, c)
	}
	return columns
}

// missing says why there is no column of that name to show.
func (l *layout) missing(f rulefile.Field) {
	switch name := rulefile.Printable(f.Column); {
	case l.dropped[f.Column]:
		l.Add(f.At, `take it out of "drop"`, "column %q of table %s is dropped by this rule", name, l.schema.Name())
	case expr.CheckColumn(&l.Report, f.At, l.schema, f.Column) != nil:
		l.Add(f.At, "take it out here, or let the pipeline's column lists have it", "column %q of table %s is left out by the pipeline's column lists", name, l.schema.Name())
	}
}

// distinct refuses two fields of the same name, and tells of each name once.
func (l *layout) distinct(columns []event.Column) {
	seen := map[string]bool{}
	for i := range columns {
		name := columns[i].Name
		if seen[name] && !l.doubles[name] {
			l.doubles[name] = true
			l.Add(l.placeOf(name), "rename one, or drop it", "two fields of rule %q are called %q for table %s", rulefile.Printable(l.rule.Name), rulefile.Printable(name), l.schema.Name())
		}
		seen[name] = true
	}
}

// placeOf is where the rule makes a field of that name: that which it makes last.
func (l *layout) placeOf(name string) rulefile.Place {
	r := l.rule
	for i := range r.AddFields {
		if r.AddFields[i].Output == name {
			return r.AddFields[i].Path.At
		}
	}
	switch {
	case name == deletedField && r.Unwrap != nil:
		return r.Unwrap.At
	case name == deletedField && r.Delete == rulefile.DeleteRewrite:
		return r.DeleteAt
	}
	for _, f := range slices.Concat(r.Fields, r.Rename) {
		if f.Output == name {
			return f.At
		}
	}
	for i := range r.Flatten {
		for _, m := range r.Flatten[i].Fields {
			if r.Flatten[i].Output(m.Path.Text) == name {
				return m.Path.At
			}
		}
	}
	for i := range r.Computed {
		if r.Computed[i].Name.Text == name {
			return r.Computed[i].Name.At
		}
	}
	return r.At
}
