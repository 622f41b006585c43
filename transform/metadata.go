package transform

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// bindMetadata adds what "add_fields" and "add_headers" take of the envelope and its
// source block.
func (s *shaping) bindMetadata() {
	for _, m := range s.rule.AddFields {
		if c, ok := s.metadata(m); ok {
			s.columns = append(s.columns, c)
		}
	}
	if len(s.rule.AddFields) > 0 {
		s.distinct(s.columns)
	}
}

// metadata makes room for one, and fills it.
func (s *shaping) metadata(m rulefile.Metadata) (event.Column, bool) {
	typ, read, ok := s.lang.Metadata(m.Path.Text, s.raw)
	if !ok {
		if s.rule.Unwrap == nil {
			noMetadata(&s.Report, m.Path, metadataHint(s.lang, s.raw, m.Path.Text))
		}
		return event.Column{}, false
	}
	c := s.place(m.Output, typ)
	s.groups = append(s.groups, group{ords: []int{c.Ord}, at: m.Path.At, what: m.Path.Text, shown: true, compile: func(event.Op) fill {
		return func(x *exec, r *event.Row, image []event.Value) error {
			v, err := read(x.b, r)
			image[c.Ord] = v
			return err
		}
	}})
	return c, true
}

// strangeMetadata calls fn for every field that a rule adds to its records and that no
// event has, as far as that can be told without a table.
func strangeMetadata(lang *expr.Language, connector string, r *rulefile.Rule, fn func(m rulefile.Metadata, hint string)) {
	if connector == "" {
		return
	}
	t := &expr.Table{Connector: connector, Schema: &event.Schema{}}
	for _, m := range slices.Concat(r.AddFields, r.AddHeaders) {
		if _, _, ok := lang.Metadata(m.Path.Text, t); !ok {
			fn(m, metadataHint(lang, t, m.Path.Text))
		}
	}
}

// checkMetadata refuses fields that no event has. Unwrap leaves them out, as
// ExtractNewRecordState does.
func checkMetadata(lang *expr.Language, connector string, r *rulefile.Rule, rep *rulefile.Report) {
	if r.Unwrap == nil {
		strangeMetadata(lang, connector, r, func(m rulefile.Metadata, hint string) { noMetadata(rep, m.Path, hint) })
	}
}

func noMetadata(rep *rulefile.Report, path rulefile.Name, hint string) {
	rep.Add(path.At, hint, "an event has no field %q", rulefile.Printable(path.Text))
}

// warnMetadata finds fields that unwrap leaves out, since no event has them.
func (p *Program) warnMetadata(r *rule, rep *rulefile.Report) {
	strangeMetadata(p.lang, p.opts.Connector, r.Rule, func(m rulefile.Metadata, hint string) {
		rep.Add(m.Path.At, hint, "an event has no field %q, so rule %q doesn't add it", rulefile.Printable(m.Path.Text), rulefile.Printable(r.Name))
	})
}

// metadataHint says what was probably meant by a path.
func metadataHint(lang *expr.Language, t *expr.Table, path string) string {
	if image, column, ok := strings.Cut(path, "."); ok && (image == "before" || image == "after") {
		column = rulefile.Printable(column)
		return "columns are added with computed: {name: row." + column + "}, or headers: {name: row." + column + "}"
	}
	names := lang.MetadataNames(t)
	if hint := rulefile.DidYouMean(strings.TrimPrefix(path, "source."), names); hint != "" {
		return hint
	}
	return "it has " + strings.Join(names, ", ")
}
