package pgwal

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// typicalValues are values as tables hold them, by type.
func typicalValues() []struct {
	name string
	fact *columnFact
	text string
} {
	of := func(oid uint32, mod int32) *columnFact {
		f := fact("c", oid, mod)
		return &f
	}
	mood := &columnFact{TypeOID: 20000, BaseOID: 20000, BaseName: "mood", Kind: kindEnum, Enum: []string{"sad", "happy"}}
	return []struct {
		name string
		fact *columnFact
		text string
	}{
		{"boolean", of(pgtype.BoolOID, -1), "t"},
		{"integer", of(pgtype.Int4OID, -1), "1234567"},
		{"bigint", of(pgtype.Int8OID, -1), "-9123456789012345"},
		{"real", of(pgtype.Float4OID, -1), "3.1415927"},
		{"double", of(pgtype.Float8OID, -1), "2.718281828459045"},
		{"numeric(10,2)", of(pgtype.NumericOID, numericMod(10, 2)), "12345678.90"},
		{"numeric", of(pgtype.NumericOID, -1), "1234567.8901"},
		{"numeric(38,20)", of(pgtype.NumericOID, numericMod(38, 20)), "123456789012345678.12345678901234567890"},
		{"money", of(oidMoney, -1), "$1,234,567.89"},
		{"varchar", of(pgtype.VarcharOID, 24), "a status of twenty"},
		{"text", of(pgtype.TextOID, -1), "leave it at the neighbour's door, please; ring twice and mind the dog"},
		{"bytea", of(pgtype.ByteaOID, -1), `\xdeadbeefdeadbeefdeadbeefdeadbeef`},
		{"jsonb", of(pgtype.JSONBOID, -1), `{"id": 1, "tags": ["a", "b"], "price": 12.5}`},
		{"uuid", of(pgtype.UUIDOID, -1), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{"enum", mood, "happy"},
		{"bit(8)", of(pgtype.BitOID, 8), "10000001"},
		{"date", of(pgtype.DateOID, -1), "2026-01-02"},
		{"time", of(pgtype.TimeOID, -1), "03:04:05.678901"},
		{"timetz", of(pgtype.TimetzOID, -1), "03:04:05.678901+02"},
		{"timestamp", of(pgtype.TimestampOID, -1), "2026-01-02 03:04:05.678901"},
		{"timestamptz", of(pgtype.TimestamptzOID, -1), "2026-01-02 03:04:05.678901+00"},
		{"interval", of(pgtype.IntervalOID, -1), "1 year 2 mons 3 days 04:05:06.789"},
		{"inet", of(pgtype.InetOID, -1), "192.168.1.1/24"},
		{"tstzrange", of(pgtype.TstzrangeOID, -1), `["2020-01-01 08:00:00+00",)`},
		{"tsvector", of(pgtype.TSVectorOID, -1), "'cat':1 'fat':2A"},
		{"xml", of(pgtype.XMLOID, -1), `<a b="1">t</a>`},
		{"point", of(pgtype.PointOID, -1), "(1.5,-2)"},
		{"citext", extensionFact("citext"), "MiXed"},
		{"ltree", extensionFact("ltree"), "Top.Science.Astronomy"},
		{"hstore", extensionFact("hstore"), `"a"=>"1", "b c"=>"x\"y", "n"=>NULL`},
		{"geometry", extensionFact("geometry"), "0101000020E6100000000000000000F83F00000000000000C0"},
		{"vector", extensionFact("vector"), "[0.12,-0.5,0.33,0.98,-0.001,0.25,0.75,1]"},
		{"halfvec", extensionFact("halfvec"), "[0.12,-0.5,0.33,0.98]"},
		{"sparsevec", extensionFact("sparsevec"), "{1:0.5,7:-2,100:0.25}/1000"},
		{"integer[]", of(pgtype.Int4ArrayOID, -1), "{1,22,333,NULL,55555,666666}"},
		{"integer[][]", dims(pgtype.Int4ArrayOID, 2), "{{1,2,3},{4,5,6}}"},
		{"text[]", of(pgtype.TextArrayOID, -1), `{plain,"with, comma",NULL,"quo\"ted"}`},
		{"numeric(6,2)[]", of(pgtype.NumericArrayOID, numericMod(6, 2)), "{1.50,-22.25,333.00}"},
		{"unknown", of(pgtype.BoxOID, -1), "(1,1),(0,0)"},
	}
}

func BenchmarkDecodeValue(b *testing.B) {
	for _, c := range typicalValues() {
		b.Run(c.name, func(b *testing.B) {
			read, err := compileText(&columnOfFact(b, c.fact).Type, nil)
			if err != nil {
				b.Fatal(err)
			}
			var batch event.Batch
			text := []byte(c.text)
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := read(&batch, text); err != nil {
					b.Fatal(err)
				}
				batch.Arena = batch.Arena[:0]
			}
		})
	}
}

func TestValuesDoNotAllocate(t *testing.T) {
	for _, c := range typicalValues() {
		read, err := compileText(&columnOfFact(t, c.fact).Type, nil)
		if err != nil {
			t.Fatal(err)
		}
		var batch event.Batch
		text := []byte(c.text)
		once := func() {
			if _, err := read(&batch, text); err != nil {
				t.Fatal(err)
			}
			batch.Arena = batch.Arena[:0]
		}
		once() // the buffers grow
		if allocs := testing.AllocsPerRun(100, once); allocs != 0 {
			t.Errorf("%s: %v allocations for a value, want none", c.name, allocs)
		}
	}
}

// Marks, numbers and messages cost no allocation, either.
func TestTransactionsDoNotAllocate(t *testing.T) {
	d := newDecoder("app", selectAll{}, noFacts)
	d.capture.Transactions = true
	var batch event.Batch
	feed(t, d, &batch, relationFor(testRel, "a"))
	messages := []msg{
		beginOf(7), rowOf('I', testRel).tuple('N', "1"), messageOf(1, 0, "p", strings.Repeat("x", 100)),
		rowOf('U', testRel).tuple('K', "1").tuple('N', "2"), rowOf('D', testRel).tuple('K', "2"), commitOf(),
	}
	all := func() {
		batch.Reset()
		for _, m := range messages {
			if _, err := d.message(m, 0x1000, &batch); err != nil {
				t.Fatal(err)
			}
		}
	}
	all()
	if allocs := testing.AllocsPerRun(100, all); allocs != 0 {
		t.Errorf("%v allocations for a transaction, want none", allocs)
	}
}
