//go:build integration

package pgwal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

// keeper is an emitter that keeps every batch.
type keeper struct {
	mu      sync.Mutex
	batches []*event.Batch
}

func (k *keeper) Batch() *event.Batch   { return &event.Batch{} }
func (k *keeper) Hungry() bool          { return true }
func (k *keeper) Room() <-chan struct{} { return nil }

func (k *keeper) TryEmit(b *event.Batch) (*event.Batch, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.batches = append(k.batches, b)
	return &event.Batch{}, true
}

// kept is a row with its batch.
type kept struct {
	*event.Batch
	*event.Row
}

func (r kept) after() []event.Value { return r.Image(r.After, r.Schema) }

func (k *keeper) rows() []kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []kept
	for _, b := range k.batches {
		for i := range b.Rows {
			list = append(list, kept{b, &b.Rows[i]})
		}
	}
	return list
}

// keep streams into a keeper until the test ends.
func (b *bed) keep(s *Source, from event.Position) *keeper {
	b.t.Helper()
	k := new(keeper)
	done := make(chan error, 1)
	go func() { done <- s.Stream(b.t.Context(), from, selectAll{}, k) }()
	b.t.Cleanup(func() {
		end(b.t, s)
		if err := <-done; !errors.Is(err, errClosed) && !errors.Is(err, context.Canceled) {
			b.t.Errorf("the stream ended with %v", err)
		}
	})
	return k
}

// typeCase is a column with values and how they are read.
type typeCase struct {
	typ    string
	values []string // literals
	want   []string // as show prints them
}

// spatialTypes are those of PostGIS and pgvector.
var spatialTypes = []typeCase{
	{"geometry", []string{"'SRID=4326;POINT(1.5 -2)'", "'LINESTRING(0 0, 1 1)'", "null"}, []string{"[0101000020e6100000000000000000f83f00000000000000c0 4326]", "[01020000000200000000000000000000000000000000000000000000000000f03f000000000000f03f null]", "null"}},
	{"geometry(PointZ,3857)", []string{"'SRID=3857;POINT Z (1 2 3)'", "null", "null"}, []string{"[01010000a0110f0000000000000000f03f00000000000000400000000000000840 3857]", "null", "null"}},
	{"geography", []string{"'POINT(1.5 -2)'", "null", "null"}, []string{"[0101000020e6100000000000000000f83f00000000000000c0 4326]", "null", "null"}},
	{"geometry[]", []string{"array['POINT(1.5 -2)'::geometry, null]", "'{}'", "null"}, []string{"[[0101000000000000000000f83f00000000000000c0 null] null]", "[]", "null"}},
	{"vector(3)", []string{"'[1,2.5,-3]'", "'[0.1,1e-10,1e20]'", "null"}, []string{"[1 2.5 -3]", "[0.1 1e-10 1e+20]", "null"}},
	{"halfvec(2)", []string{"'[0.1,-1]'", "null", "null"}, []string{"[0.0999755859375 -1]", "null", "null"}},
	{"sparsevec(9)", []string{"'{1:0.5,7:-2}/9'", "'{}/9'", "null"}, []string{"[9 1 0.5 7 -2]", "[9]", "null"}},
	{"vector[]", []string{"array['[1,2]'::vector]", "null", "null"}, []string{"[[1 2]]", "null", "null"}},
}

// everyType are columns of every type that a server has without more.
var everyType = []typeCase{
	{"boolean", []string{"true", "false", "null"}, []string{"1", "0", "null"}},
	{"smallint", []string{"-32768", "32767", "null"}, []string{"-32768", "32767", "null"}},
	{"bigint", []string{"-9223372036854775808", "0", "null"}, []string{"-9223372036854775808", "0", "null"}},
	{"oid", []string{"4294967295", "0", "null"}, []string{"4294967295", "0", "null"}},
	{"real", []string{"1.1", "'NaN'", "'-Infinity'"}, []string{"1.100000023841858", "NaN", "-Inf"}},
	{"float8", []string{"5e-324", "'-0'", "'Infinity'"}, []string{"5e-324", "-0", "+Inf"}},
	{"numeric", []string{"1.10", "'NaN'", "'-Infinity'"}, []string{"110e-2", "NaN", "-Infinity"}},
	{"numeric(38,20)", []string{"123456789012345678.5", "-0.00000000000000000001", "'NaN'"}, []string{"123456789012345678.50000000000000000000", "-0.00000000000000000001", "NaN"}},
	{"numeric(6,-2)", []string{"12345", "-149", "null"}, []string{"12300e-0", "-100e-0", "null"}},
	{"money", []string{"'-92233720368547758.08'", "1234.5", "null"}, []string{"-92233720368547758.08", "123450e-2", "null"}},
	{"char(5)", []string{"'ab'", "''", "null"}, []string{"ab   ", "     ", "null"}},
	{"varchar(9)", []string{`E'a\tb\\'`, "''", "null"}, []string{"a\tb\\", "", "null"}},
	{"text", []string{"'ä😀'", `'\N'`, "null"}, []string{"ä😀", `\N`, "null"}},
	{"name", []string{"'a_name'", "''", "null"}, []string{"a_name", "", "null"}},
	{`"char"`, []string{"'x'", "''", "null"}, []string{"x", "", "null"}},
	{"bytea", []string{`'\x00ff5c'`, "''", "null"}, []string{"00ff5c", "", "null"}},
	{"json", []string{`'{"a":  1}'`, "'null'", "null"}, []string{`{"a":  1}`, "null", "null"}},
	{"jsonb", []string{`'{"a":  1}'`, `'"\\n"'`, "null"}, []string{`{"a": 1}`, `"\\n"`, "null"}},
	{"xml", []string{`'<a b="1">t</a>'`, "''", "null"}, []string{`<a b="1">t</a>`, "", "null"}},
	{"uuid", []string{"'A0EEBC999C0B4EF8BB6D6BB9BD380A11'", "null", "null"}, []string{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "null", "null"}},
	{"bit", []string{"B'1'", "B'0'", "null"}, []string{"1", "0", "null"}},
	{"bit(12)", []string{"B'001000000001'", "B'000000000000'", "null"}, []string{"0102", "", "null"}},
	{"varbit", []string{"B'1111000011110001'", "''", "null"}, []string{"f1f0", "", "null"}},
	{"varbit(1)", []string{"B'1'", "''", "null"}, []string{"1", "null", "null"}},
	{"date", []string{"'infinity'", "'0044-03-15 BC'", "'-infinity'"}, []string{"-2147472692", "-735160", "-2147472691"}},
	{"time", []string{"'24:00'", "'00:00:00.000001'", "null"}, []string{"86400000000", "1", "null"}},
	{"timetz", []string{"'24:00-03'", "'01:00:00.1+05:45'", "null"}, []string{"03:00:00Z", "19:15:00.1Z", "null"}},
	{"timestamp", []string{"'infinity'", "'0044-03-15 12:00 BC'", "'294246-12-31 23:59:59'"}, []string{"9223372036854775807", "-63517780800000000", "9223371244799000000"}},
	{"timestamptz(3)", []string{"'-infinity'", "'0001-12-31 23:59:59.999+00 BC'", "null"}, []string{"-9223372036854775808", "-62135596800001000", "null"}},
	{"interval", []string{"'1 year -2 mons +3 days -04:05:06.789'", "'-178000000 years'", "'2562047788:00:54.775807'"}, []string{"[10 3 -14706789000]", "[-2136000000 0 0]", "[0 0 9223372036854775807]"}},
	{"inet", []string{"'192.168.1.1/24'", "'::ffff:1.2.3.4'", "null"}, []string{"192.168.1.1/24", "::ffff:1.2.3.4", "null"}},
	{"cidr", []string{"'10.1.0.0/16'", "'2001:db8::/32'", "null"}, []string{"10.1.0.0/16", "2001:db8::/32", "null"}},
	{"macaddr", []string{"'FFFFFFFFFFFF'", "null", "null"}, []string{"ff:ff:ff:ff:ff:ff", "null", "null"}},
	{"macaddr8", []string{"'08:00:2b:01:02:03:04:05'", "null", "null"}, []string{"08:00:2b:01:02:03:04:05", "null", "null"}},
	{"int4range", []string{"'[1,5]'", "'empty'", "'(,)'"}, []string{"[1,6)", "empty", "(,)"}},
	{"tstzrange", []string{"'[2020-01-01 10:00+02,)'", "null", "null"}, []string{`["2020-01-01 08:00:00+00",)`, "null", "null"}},
	{"numrange", []string{"'[1.5,2.5]'", "null", "null"}, []string{"[1.5,2.5]", "null", "null"}},
	{"daterange", []string{"'(,2020-01-01)'", "null", "null"}, []string{"(,2020-01-01)", "null", "null"}},
	{"tsvector", []string{"'fat:2A cat:1'", "''", "null"}, []string{"'cat':1 'fat':2A", "", "null"}},
	{"point", []string{"'(1.5,-2)'", "'(NaN,Infinity)'", "null"}, []string{"[1.5 -2 0101000000000000000000f83f00000000000000c0 null]", "[NaN +Inf 0101000000000000000000f87f000000000000f07f null]", "null"}},
	{"mood", []string{"'sad'", "'o,k'", "null"}, []string{"sad", "o,k", "null"}},
	{"hue", []string{"'sad'", "null", "null"}, []string{"sad", "null", "null"}},
	{"price2", []string{"1.5", "99.99", "null"}, []string{"150e-2", "9999e-2", "null"}},
	{"pair_list", []string{"'{1,2}'", "'{}'", "null"}, []string{"[1 2]", "[]", "null"}},
	{"citext", []string{"'MiXed'", "''", "null"}, []string{"MiXed", "", "null"}},
	{"ltree", []string{"'Top.Science'", "''", "null"}, []string{"Top.Science", "", "null"}},
	{"hstore", []string{`'a=>1, "b c"=>"x\"y\\", n=>NULL'`, "''", "null"}, []string{`[a 1 n null b c x"y\]`, "[]", "null"}},
	{"isbn13", []string{"'978-0-393-04002-9'", "null", "null"}, []string{"978-0-393-04002-9", "null", "null"}},
	{"int[]", []string{"'{1,null,-3}'", "'[0:1]={4,5}'", "'{}'"}, []string{"[1 null -3]", "[4 5]", "[]"}},
	{"int[][]", []string{"'{{1,null},{-3,4}}'", "'{}'", "null"}, []string{"[[1 null] [-3 4]]", "[]", "null"}},
	{"text[]", []string{`'{a,"b,c",NULL,"q\"x","","NULL",ä\\}'`, "null", "null"}, []string{`[a b,c null q"x  NULL ä\]`, "null", "null"}},
	{"text[][][]", []string{`'{{{a},{"{"}}}'`, "null", "null"}, []string{"[[[a] [{]]]", "null", "null"}},
	{"varchar(5)[]", []string{"'{ab,cd}'", "null", "null"}, []string{"[ab cd]", "null", "null"}},
	{"numeric(6,2)[]", []string{"'{1.5,NaN,-2.25}'", "null", "null"}, []string{"[150e-2 NaN -225e-2]", "null", "null"}},
	{"numeric[]", []string{"'{1.50}'", "null", "null"}, []string{"[150e-2]", "null", "null"}},
	{"money[]", []string{"'{1.5,-1234.56}'", "null", "null"}, []string{"[150e-2 -123456e-2]", "null", "null"}},
	{"float8[]", []string{"'{1.5,NaN}'", "null", "null"}, []string{"[1.5 NaN]", "null", "null"}},
	{"boolean[]", []string{"'{t,f,null}'", "null", "null"}, []string{"[1 0 null]", "null", "null"}},
	{"bit(1)[]", []string{"'{1,0}'", "null", "null"}, []string{"[1 0]", "null", "null"}},
	{"varbit[]", []string{"'{101,\"\"}'", "null", "null"}, []string{"[05 ]", "null", "null"}},
	{"date[]", []string{`'{infinity,"0001-01-01 BC"}'`, "null", "null"}, []string{"[-2147472692 -719528]", "null", "null"}},
	{"time[]", []string{"'{10:11:12.5}'", "null", "null"}, []string{"[36672500000]", "null", "null"}},
	{"timestamptz[]", []string{`'{infinity,"0044-03-15 12:00:00+00 BC"}'`, "null", "null"}, []string{"[9223372036854775807 -63517780800000000]", "null", "null"}},
	{"interval[]", []string{`'{"1 mon -2 days"}'`, "null", "null"}, []string{"[[1 -2 0]]", "null", "null"}},
	{"uuid[]", []string{"'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'", "null", "null"}, []string{"[a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11]", "null", "null"}},
	{"jsonb[]", []string{`array['{"a": "b\\c"}'::jsonb,'null']`, "null", "null"}, []string{`[{"a": "b\\c"} null]`, "null", "null"}},
	{"bytea[]", []string{`'{"\\xdead","\\x"}'`, "null", "null"}, []string{"[dead ]", "null", "null"}},
	{"xml[]", []string{"array['<a/>'::xml]", "null", "null"}, []string{"[<a/>]", "null", "null"}},
	{"inet[]", []string{"'{10.0.0.1,::1}'", "null", "null"}, []string{"[10.0.0.1 ::1]", "null", "null"}},
	{"int4range[]", []string{`'{"[1,5)",empty}'`, "null", "null"}, []string{"[[1,5) empty]", "null", "null"}},
	{"point[]", []string{`'{"(1,2)"}'`, "null", "null"}, []string{"[[1 2 0101000000000000000000f03f0000000000000040 null]]", "null", "null"}},
	{"mood[]", []string{`'{sad,"o,k"}'`, "null", "null"}, []string{"[sad o,k]", "null", "null"}},
	{"price2[]", []string{"'{1,2.5}'", "null", "null"}, []string{"[100e-2 250e-2]", "null", "null"}},
	{"hstore[]", []string{`array['a=>1'::hstore]`, "null", "null"}, []string{"[[a 1]]", "null", "null"}},
	{"citext[]", []string{"'{Ab}'", "null", "null"}, []string{"[Ab]", "null", "null"}},
	{"ltree[]", []string{"'{a.b}'", "null", "null"}, []string{"[a.b]", "null", "null"}},
	{"box", []string{"'((0,0),(1,1))'", "null", "null"}, []string{hexText("(1,1),(0,0)"), "null", "null"}},
	{"int4multirange", []string{"'{[1,3),[5,7)}'", "null", "null"}, []string{hexText("{[1,3),[5,7)}"), "null", "null"}},
	{"pair", []string{"'(1,\"a b\")'", "null", "null"}, []string{hexText(`(1,"a b")`), "null", "null"}},
	{"pg_lsn", []string{"'16/B374D848'", "null", "null"}, []string{hexText("16/B374D848"), "null", "null"}},
	{"int2vector", []string{"'1 2'", "null", "null"}, []string{hexText("1 2"), "null", "null"}},
}

func hexText(text string) string { return fmt.Sprintf("%x", text) }

// typesTable makes a table of all these types with one row for each value.
func (b *bed) typesTable(types []typeCase) {
	b.t.Helper()
	columns, values := []string{"id int primary key"}, make([][]string, 3)
	for i, c := range types {
		columns = append(columns, fmt.Sprintf("c%d %s", i, c.typ))
		for n := range values {
			values[n] = append(values[n], c.values[n])
		}
	}
	b.exec("create table t (" + strings.Join(columns, ", ") + ")")
	for n := range values {
		b.exec(fmt.Sprintf("insert into t values (%d, %s)", n, strings.Join(values[n], ", ")))
	}
}

// Every type: the snapshot and the stream read the same values, and describe the
// same table.
func TestEveryType(t *testing.T) {
	for _, major := range []int{15, 16, 17, 18} {
		t.Run(fmt.Sprintf("pg%d", major), func(t *testing.T) {
			t.Parallel()
			types := everyType
			if major >= 17 {
				types = append(slices.Clip(types), typeCase{"interval", []string{"'infinity'", "'-infinity'", "null"}, []string{"[0 0 0]", "[0 0 0]", "null"}})
			}
			newBed(t, major, "create extension hstore", "create extension ltree", "create extension citext", "create extension isn",
				"create type mood as enum ('sad', 'o,k')", "create domain hue as mood", "create domain price as numeric(8,2)", "create domain price2 as price",
				"create domain pair_list as int[]", "create type pair as (x int, y text)").readBoth(types)
		})
	}
}

func TestSpatialTypes(t *testing.T) {
	newBedOn(t, testdb.PostGIS(t), "create extension postgis", "create extension vector").readBoth(spatialTypes)
}

// readBoth reads a table of these types from a snapshot and from the stream.
func (b *bed) readBoth(types []typeCase) {
	b.t.Helper()
	b.typesTable(types)
	b.config.Capture.UnknownTypes = true
	b.config.Tables = []string{"public.t"}
	s := b.source()
	_, v := b.takeSnapshot(s, nil)
	read := new(keeper)
	for _, table := range v.Tables() {
		if err := v.Read(b.t.Context(), table, read); err != nil {
			b.t.Fatal(err)
		}
	}
	end(b.t, v)
	streamed := b.keep(s, v.Start())
	var columns []string
	for i := range types {
		columns = append(columns, fmt.Sprintf("c%d", i))
	}
	b.exec("insert into t select id + 10, " + strings.Join(columns, ", ") + " from t order by id")
	eventually(b.t, "the rows of the stream", func() bool { return len(streamed.rows()) == 3 })
	compareTypes(b.t, types, read.rows(), streamed.rows())
}

func compareTypes(t *testing.T, types []typeCase, read, streamed []kept) {
	t.Helper()
	if len(read) != 3 {
		t.Fatalf("%d rows read", len(read))
	}
	if !read[0].Schema.Equal(streamed[0].Schema) {
		t.Errorf("the snapshot reads\n%+v\nthe stream\n%+v", read[0].Schema, streamed[0].Schema)
	}
	for n := range read {
		x, y := read[n].after(), streamed[n].after()
		for i, c := range types {
			at := i + 1
			if !x[at].Equal(read[n].Arena, y[at], streamed[n].Arena) {
				t.Errorf("%s: %s read, %s streamed", c.typ, show(x[at], read[n].Arena), show(y[at], streamed[n].Arena))
			}
			if got := show(y[at], streamed[n].Arena); got != c.want[n] {
				t.Errorf("%s, %s: got %s, want %s", c.typ, c.values[n], got, c.want[n])
			}
		}
	}
}

// Columns of types without a form are left out by snapshot and stream alike.
func TestTypesLeftOut(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create type pair as (x int, y text)",
			"create table t (id int primary key, a pair, b text, c tsquery, d line, e pair[])",
			"insert into t values (1, '(1,x)', 'b', 'a & b', '{1,2,3}', '{}')")
		s := b.source()
		_, v := b.takeSnapshot(s, nil)
		k := new(keeper)
		if err := v.Read(t.Context(), v.Tables()[0], k); err != nil {
			t.Fatal(err)
		}
		end(t, v)
		streamed := b.keep(s, v.Start())
		b.exec("insert into t select 2, a, b, c, d, e from t")
		eventually(t, "the row of the stream", func() bool { return len(streamed.rows()) == 1 })
		for _, r := range []kept{k.rows()[0], streamed.rows()[0]} {
			if len(r.Schema.Columns) != 2 || r.Schema.Columns[1].Name != "b" || show(r.after()[2], r.Arena) != "b" {
				t.Errorf("columns %+v", r.Schema.Columns)
			}
		}
		if notes := s.Stats().Notes; len(notes) != 4 || !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, `"c"`) && strings.Contains(n, "tsquery") }) {
			t.Errorf("notes %q", notes)
		}
	})
}
