package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/transform/rulefile"
)

// A field that no event has is refused when the rules are read, or where nobody says the
// connector, when they meet a table. Unwrap leaves it out, as Debezium does.
func TestMetadataThatNoEventHas(t *testing.T) {
	const list = "it has op, ts_ms, ts_us, ts_ns, transaction.id, transaction.total_order, transaction.data_collection_order, version, connector, name, snapshot, db, sequence, "
	const mysql = list + "table, server_id, gtid, file, pos, row, thread, query"
	const pg = list + "schema, table, txId, lsn, xmin, origin, origin_lsn"
	for _, tt := range []struct {
		rule, connector string
		s               *event.Schema
		want            []string
	}{
		{"emit: row\n  add_fields: [op, tabel, source.nope]", "mysql", ordersTable(), []string{
			`rules.yaml:6:20: an event has no field "tabel" (did you mean "table"?)`, `rules.yaml:6:27: an event has no field "source.nope" (` + mysql + `)`,
		}},
		{"add_headers: ['lsn:at', before.email]", "mysql", ordersTable(), []string{
			`rules.yaml:5:18: an event has no field "lsn" (` + mysql + `)`,
			`rules.yaml:5:27: an event has no field "before.email" (columns are added with computed: {name: row.email}, or headers: {name: row.email})`,
		}},
		{"add_headers: [source.lsn, gtid]", "postgresql", pgOrdersTable(), []string{`rules.yaml:5:29: an event has no field "gtid" (` + pg + `)`}},
		{"add_headers: [transaction.id, ts_ns, source.ts_us, query, source.table]", "mariadb", ordersTable(), nil},
	} {
		for _, connector := range []string{tt.connector, ""} {
			text := "version: 1\nrules:\n- name: r\n  tables: [shop.orders]\n  " + tt.rule + "\n"
			p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{Connector: connector})
			if (err != nil) != (tt.want != nil && connector != "") {
				t.Errorf("%s, connector %q: when read: %v", tt.rule, connector, err)
			}
			if err == nil {
				err = p.Check(tt.s)
			}
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s, connector %q (-want +got)\n%s", tt.rule, connector, diff)
			}
		}
	}
	p := with(t, Options{Connector: "mysql"}, "version: 1\nrules:\n- name: r\n  tables: [shop.orders]\n  unwrap: {add_fields: [op, tabel], add_headers: [source.tabel]}\n")
	if err := p.Check(ordersTable()); err != nil {
		t.Error(err)
	}
	want := []string{
		`rules.yaml:5:29: an event has no field "tabel", so rule "r" doesn't add it (did you mean "table"?)`,
		`rules.yaml:5:51: an event has no field "source.tabel", so rule "r" doesn't add it (did you mean "table"?)`,
	}
	if diff := cmp.Diff(want, warned(p)); diff != "" {
		t.Error(diff)
	}
}
