package binlog

import (
	"testing"

	"cdc/event"
)

func fixtures() []string {
	return []string{"mysql-types", "mariadb-types", "mysql-more", "mariadb-more"}
}

// The text protocol gives the same values as the log for every column of every
// type.
func TestStreamEqualsText(t *testing.T) {
	for _, name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			d := newDecoder(loadFixture(t, name), true)
			d.decodeAll(t)
			last := lastImages(d)
			for _, table := range d.fixture.tables {
				checkTable(t, d, table, last[table.facts.Table])
			}
		})
	}
}

type image struct {
	schema *event.Schema
	values []event.Value
}

// lastImages returns the rows that a reader of the log would hold at its end,
// by table and the text of the first column.
func lastImages(d *decoder) map[string]map[string]image {
	last := map[string]map[string]image{}
	b := &d.batch
	for i := range b.Rows {
		r := &b.Rows[i]
		table := last[r.Schema.Table]
		if table == nil {
			table = map[string]image{}
			last[r.Schema.Table] = table
		}
		if r.Before >= 0 {
			delete(table, show(b.Arena, b.Image(r.Before, r.Schema)[0]))
		}
		if r.After >= 0 {
			values := b.Image(r.After, r.Schema)
			table[show(b.Arena, values[0])] = image{schema: r.Schema, values: values}
		}
	}
	return last
}

func checkTable(t *testing.T, d *decoder, table *fixtureTable, last map[string]image) {
	t.Helper()
	schema, err := schemaOf(&table.facts, d.fixture.flavor)
	if err != nil {
		t.Fatal(err)
	}
	if len(last) != len(table.rows) || len(last) == 0 {
		t.Errorf("table %s: %d rows in the log, %d in the table", table.facts.Table, len(last), len(table.rows))
	}
	for _, row := range table.rows {
		var b event.Batch
		values := make([]event.Value, len(row))
		for i := range row {
			parse, err := new(decoding).compileText(schema, &schema.Columns[i], d.fixture.flavor)
			if err != nil {
				t.Fatal(err)
			}
			if values[i], err = parse(&b, row[i]); err != nil {
				t.Fatalf("table %s: %v", table.facts.Table, err)
			}
		}
		got, ok := last[show(b.Arena, values[0])]
		if !ok {
			t.Errorf("table %s: row %s isn't in the log", table.facts.Table, show(b.Arena, values[0]))
			continue
		}
		if !got.schema.Equal(schema) {
			t.Errorf("table %s: schema of the log differs from that of the catalogue", table.facts.Table)
		}
		for i, c := range schema.Columns {
			if want := logText(c, show(b.Arena, values[0])); want != "" {
				values[i] = b.Put(event.KindJSON, []byte(want))
			}
			if !got.values[i].Equal(d.batch.Arena, values[i], b.Arena) {
				t.Errorf("table %s, row %s, column %s %s: log %s, text %s", table.facts.Table, show(b.Arena, values[0]),
					c.Name, c.Type.Native, show(d.batch.Arena, got.values[i]), show(b.Arena, values[i]))
			}
		}
	}
}

// logText is the document whose text doesn't tell what the log does: that strings
// are times, of which the log has no zeros at the end.
func logText(c event.Column, row string) string {
	if c.Type.Kind == event.KindJSON && row == "int 5" && c.Name == "a" {
		return `{"d":"2024-02-29","n":"-100:12:13","t":"12:13:14.5","dt":"2024-02-29 01:02:03.0001","bin":"AP8=","bit":"BQ==","dec":123.4500,"neg":-0.5}`
	}
	return ""
}
