package transform

import (
	"fmt"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// bindMetadata adds what "add_fields" and "add_headers" take of the envelope and its
// source block. What isn't there is left out, as Debezium does.
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

// wholeOldRows is what makes the server log whole rows before changes.
func wholeOldRows(s *event.Schema) string {
	if s.Namespace == "" {
		return "SET GLOBAL binlog_row_image = FULL"
	}
	return fmt.Sprintf("ALTER TABLE %s.%s REPLICA IDENTITY FULL", quoteIdent(s.Namespace), quoteIdent(s.Table))
}

func quoteIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
