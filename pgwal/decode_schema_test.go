package pgwal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

func fact(name string, oid uint32, mod int32) columnFact {
	return columnFact{Name: name, TypeOID: oid, Mod: mod, BaseOID: oid, BaseMod: mod, TypeName: typeOfOID(oid)}
}

// ordersFacts are what the catalogue says about the table of twoColumns.
func ordersFacts() *tableFacts {
	id, note := fact("id", pgtype.Int4OID, -1), fact("note", pgtype.TextOID, -1)
	id.NotNull, id.Default = true, "nextval('s'::regclass)"
	note.NotNull, note.Default = true, "'none'::text"
	return &tableFacts{
		OID: testRel, Namespace: "public", Table: "orders", ReplicaIdentity: 'd',
		Columns: []columnFact{id, note}, Key: []string{"id"}, Primary: []string{"id"},
	}
}

func schemaAfter(t *testing.T, f *tableFacts, messages ...msg) *event.Schema {
	t.Helper()
	d := newDecoder("app", selectAll{}, func(uint32) (*tableFacts, error) { return f, nil })
	feed(t, d, new(event.Batch), messages...)
	return d.relations[testRel].schema
}

// ignoreDeclared leaves out what TestDeclared looks at.
var ignoreDeclared = cmpopts.IgnoreFields(event.Type{}, "Declared")

func keyNames(s *event.Schema) string {
	var names []string
	for i := range s.Key {
		names = append(names, s.Key[i].Name)
	}
	return strings.Join(names, ",")
}

func TestFactsThatAgree(t *testing.T) {
	s := schemaAfter(t, ordersFacts(), twoColumns('d'))
	if s.Database != "app" || s.Namespace != "public" || s.Table != "orders" || s.Width != 2 || s.Version != 1 {
		t.Errorf("schema %+v", s)
	}
	id, note := s.Columns[0].Type, s.Columns[1].Type
	if id.Nullable() || note.Nullable() || id.Flags&event.AutoIncrement == 0 {
		t.Errorf("flags %b and %b", id.Flags, note.Flags)
	}
	if id.Default == nil || id.Default.Value.Int() != 0 || note.Default == nil || string(note.Default.Text) != "none" {
		t.Errorf("defaults %v and %v", id.Default, note.Default)
	}
}

// The catalogue tells of another time: what it says is taken for the columns that
// still look alike.
func TestFactsThatDisagree(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *tableFacts)
		note   bool // its facts are taken
	}{
		"none":      {func(f *tableFacts) { f.Columns = nil; f.Key = nil }, false},
		"name":      {func(f *tableFacts) { f.Columns[1].Name = "remark" }, false},
		"type":      {func(f *tableFacts) { f.Columns[1].TypeOID = pgtype.VarcharOID }, false},
		"modifier":  {func(f *tableFacts) { f.Columns[1].Mod = 24 }, false},
		"more":      {func(f *tableFacts) { f.Columns = append(f.Columns, fact("new", pgtype.Int4OID, -1)) }, true},
		"fewer":     {func(f *tableFacts) { f.Columns = f.Columns[:1] }, false},
		"reordered": {func(f *tableFacts) { slices.Reverse(f.Columns) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := ordersFacts()
			c.change(f)
			s := schemaAfter(t, f, twoColumns('d'))
			if len(s.Columns) != 2 || s.Columns[0].Type.Nullable() || s.Columns[1].Type.Nullable() == c.note {
				t.Errorf("columns %+v", s.Columns)
			}
			if (s.Columns[1].Type.Default != nil) != c.note {
				t.Errorf("default %v", s.Columns[1].Type.Default)
			}
			if keyNames(s) != "id" {
				t.Errorf("key %q", keyNames(s))
			}
		})
	}
}

// What the catalogue said once holds for columns that it doesn't know any more.
func TestFactsThatAreGone(t *testing.T) {
	facts := ordersFacts()
	d := newDecoder("app", selectAll{}, func(uint32) (*tableFacts, error) { return facts, nil })
	feed(t, d, new(event.Batch), twoColumns('f'))
	first := d.relations[testRel].schema
	later := ordersFacts()
	later.Columns[1].Name = "remark"
	for name, f := range map[string]*tableFacts{"dropped table": nil, "renamed column": later} {
		facts = f
		feed(t, d, new(event.Batch), twoColumns('f'))
		if s := d.relations[testRel].schema; s != first {
			t.Errorf("%s: schema %+v", name, s)
		}
	}
}

func TestGeneratedColumnsMayBeMissing(t *testing.T) {
	f := ordersFacts()
	double := fact("double", pgtype.Int4OID, -1)
	double.Generated, double.Default = "s", "(id * 2)"
	f.Columns = slices.Insert(f.Columns, 1, double)
	if s := schemaAfter(t, f, twoColumns('d')); s.Columns[1].Type.Nullable() {
		t.Error("the facts weren't used")
	}
	logged, _ := f.schema("app", nil, &event.Capture{})
	if len(logged.Columns) != 2 || logged.Width != 2 || logged.Columns[1].Ord != 1 {
		t.Errorf("schema for a snapshot: %+v", logged)
	}
	// PostgreSQL 18 publishes stored ones on demand.
	published := relationOf('d', testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"double", pgtype.Int4OID, -1, false}, testColumn{"note", pgtype.TextOID, -1, false})
	s := schemaAfter(t, f, published)
	if c := s.Column("double"); c == nil || c.Type.Flags&event.Generated == 0 || c.Type.Default != nil {
		t.Errorf("published generated column: %+v", c)
	}
	if read, _ := f.schema("app", []string{"id", "double", "note"}, &event.Capture{}); !read.Equal(s) {
		t.Errorf("the snapshot reads %+v, the stream %+v", read, s)
	}
}

func TestRecordKey(t *testing.T) {
	a, b, c := testColumn{"a", pgtype.Int4OID, -1, true}, testColumn{"b", pgtype.Int4OID, -1, true}, testColumn{"c", pgtype.Int4OID, -1, false}
	facts := func(key ...string) *tableFacts {
		return &tableFacts{OID: testRel, Key: key, Columns: []columnFact{fact("a", pgtype.Int4OID, -1), fact("b", pgtype.Int4OID, -1), fact("c", pgtype.Int4OID, -1)}}
	}
	unmarked := a
	unmarked.key = false
	for name, x := range map[string]struct {
		identity byte
		columns  []testColumn
		facts    *tableFacts
		want     string
	}{
		"marked, no facts":                {'d', []testColumn{a, b, c}, nil, "a,b"},
		"order of the catalogue":          {'d', []testColumn{a, b, c}, facts("b", "a"), "b,a"},
		"primary key has changed since":   {'d', []testColumn{a, b, c}, facts("c"), "a,b"},
		"primary key has grown less":      {'d', []testColumn{a, b, c}, facts("b"), "a,b"},
		"full":                            {'f', []testColumn{a, b, c}, facts("a"), "a"},
		"full, no facts":                  {'f', []testColumn{a, b, c}, nil, ""},
		"full, more columns since":        {'f', []testColumn{a, b}, facts("a"), "a"},
		"full, key column came since":     {'f', []testColumn{a, b}, facts("c"), ""},
		"nothing":                         {'n', []testColumn{unmarked, c}, facts("a"), "a"},
		"default without a primary key":   {'d', []testColumn{unmarked, c}, facts("c"), "c"},
		"index that holds the key":        {'i', []testColumn{a, b, c}, facts("b"), "b"},
		"index that doesn't hold the key": {'i', []testColumn{a, b, c}, facts("c"), "a,b"},
	} {
		t.Run(name, func(t *testing.T) {
			if s := schemaAfter(t, x.facts, relationOf(x.identity, x.columns...)); keyNames(s) != x.want {
				t.Errorf("key %q, want %q", keyNames(s), x.want)
			}
		})
	}
}

func TestSchemaPointerStays(t *testing.T) {
	asked := 0
	d := newDecoder("app", selectFunc(func(s *event.Schema) ([]bool, bool, error) {
		asked++
		return selectAll{}.Select(s)
	}), noFacts)
	b := new(event.Batch)
	feed(t, d, b, twoColumns('d'))
	first := d.relations[testRel].schema
	d.reset()
	if _, err := d.message(rowMsg('I').tuple('N', "1", "a"), 1, b); err == nil {
		t.Error("a relation outlived its connection")
	}
	feed(t, d, b, twoColumns('d'), twoColumns('d'))
	if d.relations[testRel].schema != first || asked != 1 {
		t.Errorf("asked %d times, schema %p, then %p", asked, first, d.relations[testRel].schema)
	}
	feed(t, d, b, relationOf('d', testColumn{"id", pgtype.Int8OID, -1, true}))
	if s := d.relations[testRel].schema; s == first || s.Version != 2 || asked != 2 {
		t.Errorf("after a change: version %d, asked %d times", s.Version, asked)
	}
}

type selectFunc func(s *event.Schema) ([]bool, bool, error)

func (f selectFunc) Select(s *event.Schema) ([]bool, bool, error) { return f(s) }

func TestSelector(t *testing.T) {
	rows := []msg{beginOf(1), twoColumns('d'), rowMsg('I').tuple('N', "1", "\xff"), rowMsg('U').tuple('K', "1", nil).tuple('N', "2", "\xff"), msg{'T'}.u32(1).u8(0).u32(testRel), commitOf()}
	for name, c := range map[string]struct {
		want []bool
		ok   bool
		rows string
	}{
		"no table":      {nil, false, ""},
		"one column":    {[]bool{true, false}, true, "c orders v1 +<id>=1 note=skipped\nu orders v1 -<id>=1 note=skipped +<id>=2 note=skipped keyonly keychanged\nt orders v1"},
		"not the key's": {[]bool{false, false}, true, "c orders v1 +<id>=1 note=skipped\nu orders v1 -<id>=1 note=skipped +<id>=2 note=skipped keyonly keychanged\nt orders v1"},
	} {
		t.Run(name, func(t *testing.T) {
			d, b := newDecoder("app", selectFunc(func(*event.Schema) ([]bool, bool, error) { return c.want, c.ok, nil }), noFacts), new(event.Batch)
			feed(t, d, b, rows...)
			sameLines(t, lines(t, b), c.rows)
		})
	}
}

func TestSelectorRefuses(t *testing.T) {
	refusal := errors.New("no column stattus")
	d := newDecoder("app", selectFunc(func(*event.Schema) ([]bool, bool, error) { return nil, false, refusal }), noFacts)
	_, err := d.message(twoColumns('d'), 1, new(event.Batch))
	if !errors.Is(err, refusal) || !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), "public.orders") {
		t.Errorf("got %v", err)
	}
	d.sel = selectFunc(func(*event.Schema) ([]bool, bool, error) { return []bool{true}, true, nil })
	if _, err = d.message(twoColumns('d'), 1, new(event.Batch)); err == nil {
		t.Error("an answer for another number of columns was taken")
	}
}

func TestCatalogueOutOfReach(t *testing.T) {
	gone := errors.New("connection refused")
	d := newDecoder("app", selectAll{}, func(uint32) (*tableFacts, error) { return nil, gone })
	_, err := d.message(twoColumns('d'), 1, new(event.Batch))
	if !errors.Is(err, gone) || errors.Is(err, event.ErrUnsupported) {
		t.Errorf("got %v: it is not permanent", err)
	}
}

// A column of a type without a form is left out, with a note, or handed over as
// its text.
func TestTypeWithoutForm(t *testing.T) {
	with := relationOf('d', testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"at", pgtype.BoxOID, -1, false}, testColumn{"n", pgtype.Int4OID, -1, false})
	row := rowMsg('I').tuple('N', "1", "(1,1),(0,0)", "3")
	for _, unknown := range []bool{false, true} {
		d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
		d.capture.UnknownTypes = unknown
		var notes []string
		d.note = func(text string) { notes = append(notes, text) }
		feed(t, d, b, beginOf(1), with, row, commitOf())
		s := d.relations[testRel].schema
		at := s.Column("at")
		image := b.Image(b.Rows[0].After, s)
		switch {
		case (at != nil) != unknown || (len(notes) == 1) == unknown:
			t.Errorf("include %v: column %+v, notes %q", unknown, at, notes)
		case unknown && (at.Type.Logical != event.LogicalUnknown || string(b.Bytes(image[at.Ord])) != "(1,1),(0,0)"):
			t.Errorf("column %+v", at)
		case !unknown && (!strings.Contains(notes[0], `"at"`) || !strings.Contains(notes[0], "public.orders") || !strings.Contains(notes[0], "box")):
			t.Errorf("the note %q doesn't name column, table and type", notes[0])
		}
		if n := s.Column("n"); image[n.Ord].Int() != 3 {
			t.Errorf("the column behind it is %s", show(image[n.Ord], b.Arena))
		}
		f := &tableFacts{Columns: []columnFact{fact("id", pgtype.Int4OID, -1), fact("at", pgtype.BoxOID, -1)}}
		read, formless := f.schema("app", nil, &d.capture)
		if (read.Column("at") != nil) != unknown || (len(formless) == 1) == unknown {
			t.Errorf("schema for a snapshot: %+v without %+v", read, formless)
		}
	}
}

// A key is never left in part.
func TestKeyWithoutForm(t *testing.T) {
	s := schemaAfter(t, nil, relationOf('d', testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"at", pgtype.BoxOID, -1, true}))
	if keyNames(s) != "id,at" || s.Key[1].Type.Logical != event.LogicalUnknown {
		t.Errorf("key %+v", s.Key)
	}
}

// Types of users are known from the catalogue, from what it said earlier, or from
// type messages, which name the type a domain is made of.
func TestTypesOfUsers(t *testing.T) {
	const mood, money, tag = 20001, 20002, 20003
	relation := relationOf('d', testColumn{"mood", mood, -1, false}, testColumn{"money", money, -1, false}, testColumn{"tag", tag, -1, false})
	f := &tableFacts{Columns: []columnFact{
		{Name: "mood", TypeOID: mood, Mod: -1, BaseOID: mood, BaseMod: -1, BaseName: "mood", Enum: []string{"sad", "ok"}},
		{Name: "money", TypeOID: money, Mod: -1, BaseOID: pgtype.NumericOID, BaseMod: 8<<16 + 2 + 4, BaseName: "numeric"},
		{Name: "tag", TypeOID: tag, Mod: -1, BaseOID: tag, BaseMod: -1, BaseName: "citext"},
	}}
	want := []event.Type{
		{Kind: event.KindString, Logical: event.LogicalEnum, Native: "mood", Symbols: []string{"sad", "ok"}, Flags: event.Nullable},
		{Kind: event.KindDecimal, Native: "numeric(8,2)", Precision: 8, Scale: 2, Flags: event.Nullable},
		{Kind: event.KindString, Native: "citext", Flags: event.Nullable},
	}
	d := newDecoder("app", selectAll{}, func(uint32) (*tableFacts, error) { return f, nil })
	check := func(when string) {
		t.Helper()
		s := d.relations[testRel].schema
		for i := range want {
			if diff := cmp.Diff(want[i], s.Columns[i].Type, ignoreDeclared); diff != "" {
				t.Errorf("%s, column %s (-want +got):\n%s", when, s.Columns[i].Name, diff)
			}
		}
	}
	feed(t, d, new(event.Batch), relation)
	check("with the catalogue")
	f = nil
	feed(t, d, new(event.Batch), relation)
	check("with what was learnt")

	d = newDecoder("app", selectAll{}, noFacts)
	said := []msg{msg{'Y'}.u32(money).text("").text("numeric"), msg{'Y'}.u32(tag).text("ext").text("citext"), msg{'Y'}.u32(mood).text("public").text("mood")}
	feed(t, d, new(event.Batch), said...)
	feed(t, d, new(event.Batch), relation)
	if c := d.relations[testRel].schema.Column("mood"); c != nil {
		t.Errorf("an enum whose labels nobody knows: %+v", c)
	}
	feed(t, d, new(event.Batch), relationOf('d', testColumn{"money", money, -1, false}, testColumn{"tag", tag, -1, false}))
	s := d.relations[testRel].schema
	if s.Columns[0].Type.Kind != event.KindDecimal || s.Columns[0].Type.Precision != -1 || s.Columns[1].Type.Kind != event.KindString {
		t.Errorf("with type messages alone: %+v", s.Columns)
	}
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		oid  uint32
		mod  int32
		want event.Type
	}{
		{pgtype.BoolOID, -1, event.Type{Kind: event.KindBool, Native: "boolean"}},
		{pgtype.Int2OID, -1, event.Type{Kind: event.KindInt, Native: "smallint"}},
		{pgtype.OIDOID, -1, event.Type{Kind: event.KindInt, Native: "oid"}},
		{pgtype.NumericOID, -1, event.Type{Kind: event.KindDecimal, Native: "numeric", Precision: -1}},
		{pgtype.NumericOID, 10<<16 + 2 + 4, event.Type{Kind: event.KindDecimal, Native: "numeric(10,2)", Precision: 10, Scale: 2}},
		{pgtype.NumericOID, 6<<16 + 2046 + 4, event.Type{Kind: event.KindDecimal, Native: "numeric(6,-2)", Precision: 8}},
		{pgtype.NumericOID, 3<<16 + 5 + 4, event.Type{Kind: event.KindDecimal, Native: "numeric(3,5)", Precision: 3, Scale: 5}},
		{pgtype.VarcharOID, 24, event.Type{Kind: event.KindString, Native: "character varying(20)", Length: 20}},
		{pgtype.VarcharOID, -1, event.Type{Kind: event.KindString, Native: "character varying"}},
		{pgtype.BPCharOID, 9, event.Type{Kind: event.KindString, Native: "character(5)", Length: 5}},
		{pgtype.BPCharOID, -1, event.Type{Kind: event.KindString, Native: "bpchar"}},
		{pgtype.BitOID, 1, event.Type{Kind: event.KindBool, Native: "bit(1)", Length: 1}},
		{pgtype.BitOID, 8, event.Type{Kind: event.KindBits, Native: "bit(8)", Length: 8}},
		{pgtype.VarbitOID, 1, event.Type{Kind: event.KindBool, Native: "bit varying(1)", Length: 1}},
		{pgtype.VarbitOID, -1, event.Type{Kind: event.KindBits, Native: "bit varying"}},
		{pgtype.TimeOID, -1, event.Type{Kind: event.KindTime, Native: "time without time zone", Precision: 6}},
		{pgtype.TimestampOID, 3, event.Type{Kind: event.KindLocal, Native: "timestamp(3) without time zone", Precision: 3}},
		{pgtype.TimestamptzOID, 0, event.Type{Kind: event.KindInstant, Native: "timestamp(0) with time zone"}},
		{pgtype.TimetzOID, 2, event.Type{Kind: event.KindString, Logical: event.LogicalZonedTime, Native: "time(2) with time zone", Precision: 2}},
	} {
		f := fact("c", c.oid, c.mod)
		f.NotNull = true
		got, ok := f.eventType()
		if diff := cmp.Diff(c.want, got, ignoreDeclared); !ok || diff != "" {
			t.Errorf("type %d modifier %d: %v (-want +got):\n%s", c.oid, c.mod, ok, diff)
		}
	}
}

// A transaction that is cut over batches is in each of them, once.
func TestTransactionInSeveralBatches(t *testing.T) {
	d := newDecoder("app", selectAll{}, noFacts)
	d.prevCommit = 0x42
	a, b := new(event.Batch), new(event.Batch)
	row := rowMsg('I').tuple('N', "1", "a")
	feed(t, d, a, beginOf(7), twoColumns('d'), row, row)
	feed(t, d, b, row, row)
	a.Reset()
	feed(t, d, a, row, commitOf(), beginOf(8), row, commitOf(), beginOf(9), commitOf())
	for name, batch := range map[string]*event.Batch{"a": a, "b": b} {
		var got []string
		for i := range batch.Rows {
			o := batch.Origins[batch.Rows[i].Origin]
			tx := batch.Txs[o.Tx]
			got = append(got, fmt.Sprintf("%d after %#x", tx.XID, tx.PrevCommit))
		}
		want := map[string][]string{"a": {"7 after 0x42", "8 after 0x2030"}, "b": {"7 after 0x42", "7 after 0x42"}}[name]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("batch %s (-want +got):\n%s", name, diff)
		}
		if len(batch.Txs) != len(slices.Compact(got)) {
			t.Errorf("batch %s holds %d transactions", name, len(batch.Txs))
		}
	}
}

func TestChooseKey(t *testing.T) {
	index := func(columns ...string) indexFact { return indexFact{plain: true, columns: columns} }
	primary, identity, expression := index("a"), index("c"), index("b")
	primary.primary, identity.identity, expression.plain = true, true, false
	for name, c := range map[string]struct {
		identity byte
		indexes  []indexFact
		want     []string
	}{
		"none":                        {'d', nil, nil},
		"primary":                     {'d', []indexFact{primary, index("b")}, []string{"a"}},
		"first unique":                {'f', []indexFact{index("b", "a"), index("a")}, []string{"b", "a"}},
		"expression":                  {'f', []indexFact{expression, index("a")}, []string{"a"}},
		"generated":                   {'f', []indexFact{index("g"), index("a")}, []string{"a"}},
		"identity without the key":    {'i', []indexFact{primary, identity}, []string{"c"}},
		"index that was the identity": {'d', []indexFact{primary, identity}, []string{"a"}},
	} {
		f := &tableFacts{ReplicaIdentity: c.identity, Columns: []columnFact{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "g", Generated: "s"}}}
		f.chooseKey(c.indexes)
		if diff := cmp.Diff(c.want, f.Key); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func (selectFunc) Generation() uint32 { return 0 }

func (f selectFunc) Newest() event.Selector { return f }
