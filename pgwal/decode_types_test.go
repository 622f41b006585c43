package pgwal

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// dims is a built-in array that was declared with a number of dimensions.
func dims(oid uint32, n int16) *columnFact {
	f := fact("c", oid, -1)
	f.Dims = n
	return &f
}

func builtinFact(oid uint32) *columnFact {
	f := fact("c", oid, -1)
	return &f
}

// pair is a composite type.
func pair() *columnFact {
	const oid = firstUserOID + 9
	return &columnFact{Name: "c", TypeOID: oid, Mod: -1, TypeName: "pair", OwnName: "pair", BaseOID: oid, BaseMod: -1, BaseName: "pair", Kind: 'c'}
}

func yen() *columnFact {
	f := fact("c", oidMoney, -1)
	f.MoneyDigits = new(int16)
	return &f
}

func TestComposedText(t *testing.T) {
	for _, c := range []struct {
		fact       *columnFact
		text, want string
	}{
		{extensionFact("hstore"), `"a"=>"1", "b c"=>"x\"y\\", "n"=>NULL`, `[a 1 b c x"y\ n null]`},
		{extensionFact("hstore"), "", "[]"},
		{extensionFact("hstore"), `"NULL"=>"NULL"`, "[NULL NULL]"},
		{extensionFact("geometry"), "0101000020E6100000000000000000F83F00000000000000C0", "[0101000020e6100000000000000000f83f00000000000000c0 4326]"},
		{extensionFact("geometry"), "0101000000000000000000F83F00000000000000C0", "[0101000000000000000000f83f00000000000000c0 null]"},
		{extensionFact("geography"), "0020000001000010E63FF80000000000000000000000000000", "[0020000001000010e63ff80000000000000000000000000000 4326]"},
		{arrayOf(extensionFact("geometry")), "{0101000000000000000000F83F00000000000000C0:NULL}", "[[0101000000000000000000f83f00000000000000c0 null] null]"},
		{extensionFact("vector"), "[1,2.5,-3e-05]", "[1 2.5 -3e-05]"},
		{extensionFact("vector"), "[]", "[]"},
		{extensionFact("halfvec"), "[0.1]", "[0.10000000149011612]"},
		{extensionFact("sparsevec"), "{1:0.5,7:-2}/9", "[9 1 0.5 7 -2]"},
		{extensionFact("sparsevec"), "{}/3", "[3]"},
		{arrayOf(extensionFact("vector")), `{"[1,2]",NULL}`, "[[1 2] null]"},
		{extensionFact("isbn13"), "978-0-393-04002-9", "978-0-393-04002-9"},
		{builtinFact(oidMoney), "-$0.05", "-5e-2"},
		{builtinFact(oidMoney), "$92,233,720,368,547,758.07", "92233720368547758.07"},
		{yen(), "$12.34", "1234e-0"},
		{yen(), "-$92,233,720,368,547,758.08", "-9223372036854775808"},
		{builtinFact(pgtype.PointOID), "(1e+300,-0)", "[1e+300 -0 01010000009c7500883ce4377e0000000000000080 null]"},
		{dims(pgtype.Int4ArrayOID, 2), "{{1,2},{3,NULL}}", "[[1 2] [3 null]]"},
		{dims(pgtype.Int4ArrayOID, 2), "[2:2][0:1]={{1,2}}", "[[1 2]]"},
		{dims(pgtype.Int4ArrayOID, 6), "{{{{{{1}}}}}}", "[[[[[[1]]]]]]"},
		{dims(pgtype.TextArrayOID, 0), `{"a,b","{}","c\\\"d",NULL,"NULL"," "}`, `[a,b {} c\"d null NULL  ]`},
		{dims(pgtype.TextArrayOID, 0), "{ä,😀}", "[ä 😀]"},
		{builtinFact(pgtype.BoxOID), "(1,1),(0,0)", "28312c31292c28302c3029"},
		{arrayOf(builtinFact(pgtype.BoxOID)), "{(1,1),(0,0);NULL}", "[28312c31292c28302c3029 null]"},
		{arrayOf(pair()), `{"(1,x)",NULL,"(2,\"a b\")"}`, "[" + hex.EncodeToString([]byte("(1,x)")) + " null " + hex.EncodeToString([]byte(`(2,"a b")`)) + "]"},
	} {
		column := columnOfFact(t, c.fact)
		read, err := compileText(&column.Type, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := event.Batch{Arena: []byte("before")}
		for range 2 { // the second time with buffers that were used
			v, err := read(&b, []byte(c.text))
			if got := show(v, b.Arena); err != nil || got != c.want {
				t.Errorf("%s, %q: got %s, %v, want %s", column.Type.Native, c.text, got, err, c.want)
			}
		}
	}
}

func TestBadComposedText(t *testing.T) {
	for _, c := range []struct {
		fact  *columnFact
		texts []string
	}{
		{extensionFact("hstore"), []string{"a=>1", `"a"`, `"a"=>`, `"a"=>"b`, `"a"=>"b\`, `"a"=>"b",`, `"a"=>"b", `, `"a"=>NULLx`, `"a"=>"b" "c"=>"d"`, "\"\xff\"=>NULL"}},
		{extensionFact("geometry"), []string{"", "01", "0101000020E61000", "zz01000000", "0201000000", "0101000020E6", "SRID=1;POINT(1 2)"}},
		{extensionFact("vector"), []string{"", "[", "1,2", "[1,]", "[,1]", "[a]", "[1 ,2]"}},
		{extensionFact("sparsevec"), []string{"", "{}", "{1:2}", "{1:2}/", "{1:2}/x", "{1}/3", "{1:}/3", "{:1}/3", "{1:2,}/3", "/3"}},
		{builtinFact(oidMoney), []string{"", "1.00", "$1", "$1.0", "$1.000", "€1.00", "$1,00", "($1.00)", "$,1.00", "$1.0,0", "$92,233,720,368,547,758.08", "$1234567890123456789012.00", "--$1.00", "$.00x"}},
		{builtinFact(pgtype.PointOID), []string{"", "()", "(1)", "(1,)", "(1,2", "1,2)", "(1,2,3)", "(a,b)"}},
		{dims(pgtype.Int4ArrayOID, 1), []string{"", "{", "}", "{1", "{1,", "{1,}", "{,1}", "{1}x", "{1}{2}", "{1 2}", `{"1}`, `{"1\`, `{1"2"}`, "{x}", "[0:1]", "[0:1]={1", "[0:1]x={1}", "{1;2}", "{{1}}", "{1,{2}}", `{1\}`}},
		{dims(pgtype.Int4ArrayOID, 2), []string{"{1}", "{{1},2}", "{{{1}}}", "{{}}", "{{1}"}},
		{dims(pgtype.TextArrayOID, 1), []string{"{\xff}", "{\"\xff\"}"}},
		{arrayOf(extensionFact("geometry")), []string{"{0101000000000000000000F83F00000000000000C0,NULL}"}},
	} {
		column := columnOfFact(t, c.fact)
		read, err := compileText(&column.Type, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range c.texts {
			b := event.Batch{Arena: []byte("kept")}
			v, err := read(&b, []byte(text))
			if err == nil {
				t.Errorf("%s: %q is taken for %s", column.Type.Native, text, show(v, b.Arena))
			} else if len(text) > 3 && strings.Contains(err.Error(), text) {
				t.Errorf("%s: the error %q quotes the value", column.Type.Native, err)
			}
			if string(b.Arena) != "kept" {
				t.Errorf("%s: %q left %q in the arena", column.Type.Native, text, b.Arena)
			}
		}
	}
}

// An array that doesn't have the declared dimensions names the statement that
// declares them.
func TestDimensionsThatAreNotDeclared(t *testing.T) {
	relation := relationOf('d', testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"cells", pgtype.Int4ArrayOID, -1, false})
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	feed(t, d, b, beginOf(1), relation, rowMsg('I').tuple('N', "1", "{4711}"))
	_, err := d.message(rowMsg('I').tuple('N', "2", "{{4711},{2}}"), 1, b)
	if want := `run: ALTER TABLE "public"."orders" ALTER COLUMN "cells" TYPE integer[][]`; err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "4711") {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A value deep within itself costs no stack.
func TestDeepArray(t *testing.T) {
	read, err := compileText(&columnOfFact(t, dims(pgtype.Int4ArrayOID, 6)).Type, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b event.Batch
	if _, err := read(&b, []byte(strings.Repeat("{", 1<<20))); err == nil {
		t.Error("an array without an end was read")
	}
	wide := "{" + strings.Repeat("1,", 1<<17) + "1}"
	read, err = compileText(&columnOf(t, pgtype.Int4ArrayOID, -1).Type, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := read(&b, []byte(wide))
	if err != nil || event.List(v.Bytes(b.Arena)).Len() != 1<<17+1 {
		t.Errorf("a wide array: %v", err)
	}
}

func TestComposedTypes(t *testing.T) {
	text := event.Type{Kind: event.KindString, Native: "text"}
	one := event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: "text[]", Elem: &text}
	mood := columnFact{TypeOID: 20000, BaseOID: 20000, BaseName: "mood", Kind: kindEnum, Enum: []string{"sad"}}
	moods := arrayOf(&mood)
	domain := columnFact{TypeOID: 20001, BaseOID: pgtype.NumericOID, BaseMod: numericMod(8, 2), BaseName: "numeric", Kind: kindBase}
	of := func(oid uint32, mod int32) *columnFact { f := fact("c", oid, mod); return &f }
	for name, c := range map[string]struct {
		fact *columnFact
		want event.Type
	}{
		"array":                {of(pgtype.TextArrayOID, -1), one},
		"array of two":         {dims(pgtype.TextArrayOID, 2), event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: "text[][]", Elem: &one}},
		"array with modifier":  {of(pgtype.VarcharArrayOID, 9), event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: "character varying(5)[]", Elem: &event.Type{Kind: event.KindString, Native: "character varying(5)", Length: 5}}},
		"array of enums":       {moods, event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: "mood[]", Elem: &event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Native: "mood", Symbols: []string{"sad"}}}},
		"array of domains":     {arrayOf(&domain), event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: "numeric(8,2)[]", Elem: &event.Type{Kind: event.KindDecimal, Native: "numeric(8,2)", Precision: 8, Scale: 2}}},
		"enum":                 {&mood, event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Native: "mood", Symbols: []string{"sad"}}},
		"interval":             {of(pgtype.IntervalOID, -1), event.Type{Kind: event.KindList, Logical: event.LogicalInterval, Native: "interval"}},
		"money":                {of(oidMoney, -1), event.Type{Kind: event.KindDecimal, Logical: event.LogicalMoney, Native: "money", Precision: 19, Scale: 2}},
		"range":                {of(pgtype.TstzrangeOID, -1), event.Type{Kind: event.KindString, Native: "tstzrange"}},
		"vector":               {extensionFact("vector"), event.Type{Kind: event.KindList, Logical: event.LogicalDoubleVector, Native: "vector", Elem: &event.Type{Kind: event.KindFloat64}}},
		"half vector":          {extensionFact("halfvec"), event.Type{Kind: event.KindList, Logical: event.LogicalVector, Native: "halfvec", Elem: &event.Type{Kind: event.KindFloat32}}},
		"ltree":                {extensionFact("ltree"), event.Type{Kind: event.KindString, Logical: event.LogicalLtree, Native: "ltree"}},
		"xml":                  {of(pgtype.XMLOID, -1), event.Type{Kind: event.KindString, Logical: event.LogicalXML, Native: "xml"}},
		"box, unknown":         {of(pgtype.BoxOID, -1), event.Type{}},
		"multirange, unknown":  {of(pgtype.Int4multirangeOID, -1), event.Type{}},
		"box array, unknown":   {of(pgtype.BoxArrayOID, -1), event.Type{}},
		"type of a user":       {extensionFact("complex"), event.Type{}},
		"composite vector":     {&columnFact{TypeOID: 20002, BaseOID: 20002, BaseName: "vector", Kind: 'c'}, event.Type{}},
		"array of list domain": {arrayOf(arrayOf(&domain)), event.Type{}},
	} {
		c.fact.NotNull = true
		got, ok := c.fact.eventType()
		got.Flags = 0
		if diff := cmp.Diff(c.want, got, ignoreDeclared); ok != (c.want.Kind != 0) || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, ok, diff)
		}
	}
}

// TestDeclared holds Debezium's model of columns, as its propagated types show it.
func TestDeclared(t *testing.T) {
	dd := columnFact{TypeOID: 20000, Mod: -1, OwnName: "dd", BaseOID: pgtype.NumericOID, BaseMod: numericMod(7, 3), BaseName: "numeric"}
	sz := columnFact{TypeOID: 20001, Mod: -1, OwnName: "sz", BaseOID: 20001, BaseMod: -1, BaseName: "sz", Enum: []string{"s"}}
	of := func(oid uint32, mod int32) *columnFact { f := fact("c", oid, mod); return &f }
	for _, c := range []struct {
		fact *columnFact
		want event.Declared
	}{
		{of(pgtype.Int4OID, -1), event.Declared{Name: "INT4", Length: 10}},
		{of(pgtype.VarcharOID, 24), event.Declared{Name: "VARCHAR", Length: 20}},
		{of(pgtype.NumericOID, numericMod(10, 3)), event.Declared{Name: "NUMERIC", Length: 10, Scale: 3}},
		{of(pgtype.TimestampOID, 3), event.Declared{Name: "TIMESTAMP", Length: 26, Scale: 3}},
		{&sz, event.Declared{Name: "SZ", Length: unlimited}},
		{of(pgtype.BPCharOID, 6), event.Declared{Name: "BPCHAR", Length: 2}},
		{of(pgtype.BitOID, 5), event.Declared{Name: "BIT", Length: 5}},
		{of(pgtype.TextOID, -1), event.Declared{Name: "TEXT", Length: unlimited}},
		{of(pgtype.ByteaOID, -1), event.Declared{Name: "BYTEA", Length: unlimited}},
		{of(pgtype.Int4ArrayOID, -1), event.Declared{Name: "_INT4", Length: 10}},
		{of(pgtype.NumericOID, -1), event.Declared{Name: "NUMERIC", Length: 131089}},
		{&dd, event.Declared{Name: "DD", Length: 7, Scale: 3}},
		{of(pgtype.JSONBOID, -1), event.Declared{Name: "JSONB", Length: unlimited}},
		{of(pgtype.TimestamptzOID, -1), event.Declared{Name: "TIMESTAMPTZ", Length: 35, Scale: 6}},
		{of(pgtype.Float4OID, -1), event.Declared{Name: "FLOAT4", Length: 8, Scale: 8}},
		{of(pgtype.TimeOID, 0), event.Declared{Name: "TIME", Length: 8}},
		{of(pgtype.IntervalOID, -1), event.Declared{Name: "INTERVAL", Length: 49, Scale: 6}},
		{of(pgtype.VarbitOID, -1), event.Declared{Name: "VARBIT", Length: unlimited}},
	} {
		if got := c.fact.declared(); got != c.want {
			t.Errorf("got %+v, want %+v", got, c.want)
		}
	}
}

// An endless interval is 0 in Debezium, or stops the pipeline, with the names of
// table, column and key and the position.
func TestEndlessInterval(t *testing.T) {
	relation := relationOf('d', testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"span", pgtype.IntervalOID, -1, false})
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	var logged []string
	d.capture.Unfit = &event.Unfit{Log: func(table, column, reason string) { logged = append(logged, table+" "+column+" "+reason) }}
	row := rowMsg('I').tuple('N', "4711", "infinity")
	feed(t, d, b, beginOf(1), relation, row, row)
	if got := show(b.Image(b.Rows[0].After, b.Rows[0].Schema)[1], b.Arena); got != "[0 0 0]" || len(logged) != 1 || d.capture.Unfit.Count() != 2 {
		t.Errorf("got %s, logged %q, counted %d", got, logged, d.capture.Unfit.Count())
	}
	d = newDecoder("app", selectAll{}, noFacts)
	d.capture.Unfit = &event.Unfit{Policy: event.PolicyFail}
	b.Reset()
	feed(t, d, b, beginOf(1), relation)
	_, err := d.message(row, 0x1000, b)
	if err == nil || strings.Contains(err.Error(), "4711") || len(b.Rows) != 0 {
		t.Fatalf("got %v and %d rows", err, len(b.Rows))
	}
	for _, part := range []string{"public.orders", `"span"`, "record key: id", "0/1000"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q doesn't name %s", err, part)
		}
	}
}
