package transform

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// bindFlatten opens the columns that hold JSON.
func (s *shaping) bindFlatten() {
	for i := range s.rule.Flatten {
		f := &s.rule.Flatten[i]
		at := -1
		for j := range s.columns {
			if s.columns[j].Name == f.Column.Text {
				at = j
			}
		}
		if at < 0 {
			s.missing(rulefile.Field{Column: f.Column.Text, At: f.Column.At})
			continue
		}
		c := s.columns[at]
		switch {
		case s.masked(c.Name):
			s.hidden(f.Column.At, c.Name)
		case !values.IsText(c.Type.Kind):
			s.Add(f.Column.At, "", "column %q of table %s is %s, and only JSON can be flattened", rulefile.Printable(c.Name), s.schema.Name(), describe(&c.Type))
		case len(f.Fields) > 0:
			fields := s.members(f, c)
			s.computed = append(s.computed, fields...)
			s.columns = append(s.columns[:at:at], append(fields, s.columns[at+1:]...)...)
		case s.opts.Schemas:
			s.Add(f.Column.At, "write fields: {"+"member: string"+"}, so that each becomes a field with a type",
				"members that nobody names have no types, and the values of this pipeline carry schemas")
		default:
			s.columns[at].Type = spread(c.Type, f, c.Name)
		}
	}
	s.distinct(s.columns) // "fields" and "rename" name one of them
}

// delimiter is what stands between the names of nested members.
func delimiter(f *rulefile.Flatten) string {
	if f.Delimiter == "" {
		return "_"
	}
	return f.Delimiter
}

// spread is the type of a column whose members stand in its place.
func spread(t event.Type, f *rulefile.Flatten, name string) event.Type {
	d := delimiter(f)
	return event.Type{Kind: t.Kind, Flags: t.Flags & event.Nullable, Logical: event.LogicalSpread, Symbols: []string{d, name + d}, Length: int32(f.MaxDepth)}
}

// member is one that becomes a field.
type member struct {
	path []string
	ord  int
	cast values.Change // of a text
	kind event.Kind
}

// members makes room for the members of a column that the rule names, and fills it.
func (s *shaping) members(f *rulefile.Flatten, c event.Column) []event.Column {
	var fields []event.Column
	g := group{reads: []int{c.Ord}, at: f.Column.At, what: "flatten " + f.Column.Text, alone: true}
	list := make([]*member, 0, len(f.Fields))
	for i := range f.Fields {
		m := &f.Fields[i]
		path := strings.Split(m.Path.Text, ".")
		typ := values.CastType(&m.Type)
		col := s.place(f.Output(m.Path.Text), typ)
		fields = append(fields, col)
		g.ords = append(g.ords, col.Ord)
		list = append(list, &member{path: path, ord: col.Ord, kind: typ.Kind, cast: values.Cast(&m.Type, nullableText)})
	}
	from, all := c.Ord, tree(list, 0)
	typed := slices.ContainsFunc(list, func(m *member) bool { return !hasPlaceholder(m.kind) })
	g.compile = func(event.Op) fill {
		return func(x *exec, r *event.Row, image []event.Value) error {
			v := image[from]
			if v.Kind() == event.KindUnavailable && r.After >= 0 && typed {
				return errMemberMissing
			}
			for i := range list {
				image[list[i].ord] = event.Null
				if v.Kind() == event.KindUnavailable {
					image[list[i].ord] = v
				}
			}
			if v.Kind() <= event.KindNull {
				return nil
			}
			return open(x.b, all, v, image)
		}
	}
	s.groups = append(s.groups, g)
	return fields
}
