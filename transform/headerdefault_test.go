package transform

import (
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// A header that is nothing but a column has the default of the column in the place of
// NULL, where the encoder writes defaults so. What is hidden has none.
func TestHeadersHaveTheDefaultsOfColumns(t *testing.T) {
	def := &event.Default{Value: event.Text(event.KindString, 0, 2), Text: []byte("dv")}
	v := cdctest.Col("v", event.KindString)
	v.Type.Flags, v.Type.Default = event.Nullable, def
	s := cdctest.Table("shop.t", cdctest.Key("id", event.KindInt), v)
	for rule, want := range map[string]*event.Default{
		"headers: {h: row.v}":                                      def,
		"headers: {h: after.v}\n  on: insert":                      def,
		"headers: {h: 'coalesce(row.v, \"x\")'}":                   nil,
		"headers: {h: row.v}\n  on_error: keep":                    nil,
		"headers: {h: topic}":                                      nil,
		"headers: {h: row.v}\n  redact: {v: x}":                    nil,
		"headers: {h: row.v}\n  computed: {c: row.v}\n  emit: row": def,
	} {
		p := parse(t, "version: 1\nrules:\n- name: r\n  tables: [shop.t]\n  "+rule+"\n")
		b := cdctest.NewBatch().Insert(s, 1, nil).Batch()
		if err := p.Run(b); err != nil {
			t.Fatal(err)
		}
		view := b.Outs[0].View
		if h := view.Headers[0]; h.Type.Default != want {
			t.Errorf("%s: got %+v", rule, h.Type.Default)
		}
		if c := view.Column("c"); c != nil && c.Type.Default != nil {
			t.Errorf("%s: a computed field has a default", rule)
		}
	}
}
