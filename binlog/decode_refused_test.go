package binlog

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"cdc/binlog/ddl"
	"cdc/event"

	"github.com/google/go-cmp/cmp"
)

// Table maps with types that aren't supported are understood all the same, so
// that the columns beside them aren't mistaken.
func TestTableMapBesideOtherTypes(t *testing.T) {
	want := map[string][]string{
		"mysql-refused": {
			"id int unsigned", "a varchar(5) latin1", "v vector utf8mb4", "g geometry", "b varchar(5) utf8mb3", "j json",
			"p point", "n bigint unsigned", "c text utf8mb4", "e enum('ä') latin1", "s set('b') utf8mb4", "f float unsigned",
			"y year", "t text latin1", "z varchar(7) latin1", "u int unsigned",
		},
		"mariadb-refused": {
			"id int unsigned", "a varchar(5) latin1", "g geometry", "b varchar(5) utf8mb3", "p point", "n bigint unsigned",
			"c text utf8mb4", "e enum('ä') latin1", "s set('b') utf8mb4", "f float unsigned", "y year", "t text latin1",
		},
	}
	for name, columns := range want {
		f := loadFixture(t, name)
		var got []string
		for _, e := range f.events {
			if e.typ != eventTableMap {
				continue
			}
			var m tableMap
			if err := parseTableMap(e.body, f.flavor, &m); err != nil {
				t.Fatal(err)
			}
			if m.Table != "shapes" {
				continue
			}
			facts, err := m.facts()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range facts.Columns {
				got = append(got, strings.TrimSpace(c.Name+" "+c.Type+" "+c.Charset))
			}
		}
		for i, c := range got { // the collation of a vector says nothing
			if strings.HasPrefix(c, "v vector") {
				got[i] = "v vector utf8mb4"
			}
		}
		if diff := cmp.Diff(columns, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What can't be decoded is an error that says where and what to do.
func TestRefused(t *testing.T) {
	want := map[string][]string{
		"mysql-refused": {
			`table refused.partial: rows event: the row image lacks columns: not supported; the server or a session has binlog_row_image other than FULL: SET GLOBAL binlog_row_image=FULL, close the sessions that were open before, and take a new snapshot, since the event stays in the log: cdc offsets reset NAME --yes`,
		},
		"mariadb-refused": {
			`table refused.partial: rows event: the row image lacks columns: not supported; the server or a session has binlog_row_image other than FULL: SET GLOBAL binlog_row_image=FULL, close the sessions that were open before, and take a new snapshot, since the event stays in the log: cdc offsets reset NAME --yes`,
		},
	}
	for name, messages := range want {
		d := newDecoder(loadFixture(t, name), true)
		var got []error
		for _, e := range d.fixture.events {
			if err := d.decode(e); err != nil {
				got = append(got, err)
			}
		}
		if len(got) != len(messages) {
			t.Fatalf("%s: errors %q, want %d", name, got, len(messages))
		}
		for i, err := range got {
			if !strings.HasPrefix(err.Error(), messages[i]) || !errors.Is(err, event.ErrUnsupported) {
				t.Errorf("%s: error %q, want %q", name, err, messages[i])
			}
		}
	}
}

func TestUnsupportedFacts(t *testing.T) {
	tests := []struct {
		fact ddl.Column
		want string
	}{
		{ddl.Column{Name: "p", Type: "xmltype"}, `column "p": type xmltype: not supported`},
		{ddl.Column{Name: "t", Type: "text", Charset: "klingon"}, `column "t": type text: character set "klingon": not supported`},
		{ddl.Column{Name: "u", Type: "uuid"}, `column "u": type uuid: not supported`}, // in MySQL
		{ddl.Column{Name: "i", Type: "inet4"}, `column "i": type inet4: not supported`},
	}
	for _, tt := range tests {
		f := ddl.Table{Database: "d", Table: "t", Columns: []ddl.Column{tt.fact}}
		_, err := schemaOf(&f, MySQL)
		if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), "table d.t, "+tt.want) {
			t.Errorf("%v: error %v", tt.fact, err)
		}
	}
}

// typesMaps returns the table maps of a fixture by table, without metadata when
// minimal.
func typesMaps(t testing.TB, f *fixture, minimal bool) map[string]*tableMap {
	t.Helper()
	maps := map[string]*tableMap{}
	for _, e := range f.events {
		if e.typ != eventTableMap {
			continue
		}
		m := new(tableMap)
		if err := parseTableMap(e.body, f.flavor, m); err != nil {
			t.Fatal(err)
		}
		if minimal {
			m.named, m.signs, m.key = false, false, nil
			for i, c := range m.columns {
				m.columns[i] = mapColumn{code: c.code, meta: c.meta, nullable: c.nullable}
			}
		}
		maps[m.Table] = m
	}
	return maps
}

// Without metadata the catalogue gives the same schema.
func TestSchemaWithoutMetadata(t *testing.T) {
	for _, name := range fixtures() {
		f := loadFixture(t, name)
		full, minimal := typesMaps(t, f, false), typesMaps(t, f, true)
		for table, m := range minimal {
			if _, err := m.schema(nil); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "SET GLOBAL binlog_row_metadata=FULL") {
				t.Errorf("%s: no metadata and no facts: %v", table, err)
			}
			got, err := m.schema(&f.tables[table].facts)
			if err != nil {
				t.Fatal(err)
			}
			want, err := full[table].schema(&f.tables[table].facts)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(want) {
				t.Errorf("%s: the schema differs", table)
			}
		}
	}
}

// The map alone gives the same values and kinds, save FLOAT(M,D), which only the
// catalogue knows.
func TestSchemaWithoutFacts(t *testing.T) {
	f := loadFixture(t, "mysql-types")
	with, without := newDecoder(f, true), newDecoder(f, false)
	with.decodeAll(t)
	without.decodeAll(t)
	if diff := cmp.Diff(len(with.batch.Rows), len(without.batch.Rows)); diff != "" {
		t.Fatal(diff)
	}
	for i := range with.batch.Values {
		v, w := with.batch.Values[i], without.batch.Values[i]
		if !v.Equal(with.batch.Arena, w, without.batch.Arena) {
			t.Errorf("value %d: with facts %s, without %s", i, show(with.batch.Arena, v), show(without.batch.Arena, w))
		}
	}
	for i := range with.batch.Rows {
		a, b := with.batch.Rows[i].Schema, without.batch.Rows[i].Schema
		for c := range a.Columns {
			x, y := a.Columns[c].Type, b.Columns[c].Type
			if x.Kind != y.Kind || x.Charset != y.Charset || !slices.Equal(x.Symbols, y.Symbols) || x.Length != y.Length ||
				x.Precision != y.Precision || x.Scale != y.Scale || (x.Flags^y.Flags)&^event.Generated != 0 {
				t.Errorf("%s.%s: with facts %+v, without %+v", a.Table, a.Columns[c].Name, x, y)
			}
		}
	}
}

// Facts of another version of the table are found out.
func TestFactsDiffer(t *testing.T) {
	f := loadFixture(t, "mysql-types")
	m := typesMaps(t, f, false)["many"]
	texts := typesMaps(t, f, false)["texts"]
	change := func(table string, edit func(f *ddl.Table)) *ddl.Table {
		facts := f.tables[table].facts
		facts.Columns = slices.Clone(facts.Columns)
		facts.Key = slices.Clone(facts.Key)
		edit(&facts)
		return &facts
	}
	tests := []struct {
		name string
		m    *tableMap
		edit func(f *ddl.Table)
	}{
		{"column dropped", m, func(f *ddl.Table) { f.Columns = f.Columns[1:] }},
		{"column renamed", m, func(f *ddl.Table) { f.Columns[0].Name = "other" }},
		{"type", m, func(f *ddl.Table) { f.Columns[0].Type = "bigint" }},
		{"unsigned", m, func(f *ddl.Table) { f.Columns[0].Type = "int unsigned" }},
		{"length", m, func(f *ddl.Table) { f.Columns[4].Type = "varchar(21)" }},
		{"NULL", m, func(f *ddl.Table) { f.Columns[0].Nullable = true }},
		{"members", m, func(f *ddl.Table) { f.Columns[1].Type = "enum('a1','a2','b3')" }},
		{"other table", m, func(f *ddl.Table) { f.Table = "few" }},
		{"key", m, func(f *ddl.Table) { f.Key = f.Key[1:] }},
		{"character set", texts, func(f *ddl.Table) { f.Columns[3].Charset = "latin1" }},
		{"blob", texts, func(f *ddl.Table) { f.Columns[4].Type, f.Columns[4].Charset = "blob", "" }},
	}
	for _, tt := range tests {
		table := tt.m.Table
		if _, err := tt.m.schema(change(table, func(*ddl.Table) {})); err != nil {
			t.Fatal(err)
		}
		if _, err := tt.m.schema(change(table, tt.edit)); !errors.Is(err, errFactsDiffer) {
			t.Errorf("%s: error %v", tt.name, err)
		}
	}
}

// A primary key that the map doesn't have, and unique keys that only the
// catalogue knows.
func TestKeys(t *testing.T) {
	m := typesMaps(t, loadFixture(t, "mysql-types"), false)["many"]
	facts, err := m.facts()
	if err != nil {
		t.Fatal(err)
	}
	without := *m
	without.key = nil
	facts.Key, facts.Primary = []string{"id"}, false
	s, err := without.schema(facts)
	if err != nil || len(s.Key) != 1 || s.Key[0].Name != "id" {
		t.Errorf("unique key: %v, %v", s, err)
	}
	facts.Primary = true
	if _, err := without.schema(facts); !errors.Is(err, errFactsDiffer) {
		t.Errorf("primary key that the log doesn't have: %v", err)
	}
	facts.Key, facts.Primary = nil, false
	if s, err = m.schema(facts); err != nil || len(s.Key) != 2 || s.Key[0].Name != "k2" {
		t.Errorf("key of the map: %v, %v", s, err)
	}
}

// A cut rows event is an error that leaves the batch as it was, or, cut between
// two rows, fewer rows.
func TestCutRows(t *testing.T) {
	for _, name := range fixtures() {
		d := newDecoder(loadFixture(t, name), true)
		for _, e := range d.fixture.events {
			d.batch.Reset()
			if err := d.decode(e); err != nil {
				t.Fatal(err)
			}
			if e.typ == eventTableMap {
				continue
			}
			whole := len(d.batch.Rows)
			for cut := range min(len(e.body), 2000) {
				d.batch.Reset()
				err := d.decode(rawEvent{typ: e.typ, body: e.body[:cut]})
				if err == nil && len(d.batch.Rows) >= whole && whole > 0 || err != nil && d.batch.Size() != 0 {
					t.Fatalf("event of type %d cut at %d: %d rows, %d bytes, error %v", e.typ, cut, len(d.batch.Rows), d.batch.Size(), err)
				}
			}
		}
	}
}

func TestRowsTableID(t *testing.T) {
	body := binary.LittleEndian.AppendUint64(nil, 0x0001_0605_0403_0201)
	id, flags, err := rowsTableID(body)
	if id != 0x060504030201 || flags != rowsStatementEnd || err != nil {
		t.Errorf("got %x, %d, %v", id, flags, err)
	}
	if _, _, err := rowsTableID(body[:7]); err == nil {
		t.Error("no error for 7 bytes")
	}
}
