package encode

import (
	"testing"

	"cdc/event"
)

// TestKeyHeaders compares the key of a changed row in each format of headers.
func TestKeyHeaders(t *testing.T) {
	variable := event.Type{Kind: event.KindDecimal, Precision: -1}
	def := typ(event.KindInt, event.Nullable)
	def.Default = &event.Default{Value: event.Int(5)}
	b := newBuilder(table(6, col("i", 0, typ(event.KindInt, 0)), col(`s"`, 1, typ(event.KindString, event.Nullable)),
		col("d", 2, decimalType(10, 2)), col("n", 3, variable), col("h", 4, meaning(event.KindList, event.LogicalHstore)), col("def", 5, def)))
	row := func(i int64, s event.Value) []event.Value {
		return vals(event.Int(i), s, event.Decimal(150, 2), event.Decimal(150, 2),
			list(text(event.KindString, "k"), text(event.KindString, "v"))(b), event.Null)
	}
	b.add(event.OpUpdate, event.KeyChanged, row(1, b.text(event.KindString, `a"b`)), row(2, event.Null))
	for format, want := range map[string][2]string{
		headerSimple: {
			`{"i":2,"s\"":null,"d":1.50,"n":{"scale":1,"value":"Dw=="},"h":"{\"k\":\"v\"}","def":5}`,
			`{"i":1,"s\"":"a\"b","d":1.50,"n":{"scale":1,"value":"Dw=="},"h":"{\"k\":\"v\"}","def":5}`,
		},
		headerString: {
			`Struct{i=2,d=1.50,n={"scale":1,"value":"Dw=="},h={"k":"v"},def=5}`,
			`Struct{i=1,s"=a"b,d=1.50,n={"scale":1,"value":"Dw=="},h={"k":"v"},def=5}`,
		},
		FormatJSON: {
			`{"i":2,"s\"":null,"d":"AJY=","n":{"scale":1,"value":"Dw=="},"h":"{\"k\":\"v\"}","def":5}`,
			`{"i":1,"s\"":"a\"b","d":"AJY=","n":{"scale":1,"value":"Dw=="},"h":"{\"k\":\"v\"}","def":5}`,
		},
	} {
		c := pgConf
		c.Format.Header = format
		f := b.encode(t, c)
		for i, want := range map[int]string{0: want[0], 1: want[0], 2: want[1]} {
			if _, got, _ := f.KeyHeader(i); string(got) != want {
				t.Errorf("%s, record %d:\n got %s\nwant %s", format, i, got, want)
			}
		}
	}
}

// TestNumericDecimals: the formats of key and value are told apart.
func TestNumericDecimals(t *testing.T) {
	d := decimalType(20, 9)
	d.Default = &event.Default{Value: event.Decimal(-15, 9)}
	d.Flags = event.Nullable
	u := typ(event.KindUint, event.Unsigned)
	b := newBuilder(table(2, col("d", 0, d), col("u", 1, u)))
	b.target.Shape = event.ShapeRow
	b.add(event.OpCreate, 0, nil, vals(event.Decimal(1, 9), event.Uint(1<<63)))
	b.add(event.OpCreate, 0, nil, vals(b.text(event.KindBigDecimal, "-12345678901.5"), event.Uint(3)))
	b.add(event.OpCreate, 0, nil, vals(event.Null, event.Uint(0)))
	c := with(mysqlConf, func(o *Options) { o.BigintUnsigned = modePrecise })
	c.Format = Format{DecimalFormat: modeNumeric, KeyDecimalFormat: decimalBase64, ReplaceNullWithDefault: new(false), KeyReplaceNullWithDefault: new(true)}
	f := b.encode(t, c)
	for i, want := range [][2]string{
		{`{"d":"AQ==","u":"AIAAAAAAAAAA"}`, `{"d":1E-9,"u":9223372036854775808}`},
		{`{"d":"/1SrVnMFDskA","u":"Aw=="}`, `{"d":-12345678901.500000000,"u":3}`},
		{`{"d":"8Q==","u":"AA=="}`, `{"d":null,"u":0}`},
	} {
		if string(f.Key(i)) != want[0] || string(f.Value(i)) != want[1] {
			t.Errorf("got %s %s, want %s %s", f.Key(i), f.Value(i), want[0], want[1])
		}
	}
	if got, want := described(t, c, d), `"default":"8Q=="`; got[len(got)-len(want)-1:len(got)-1] != want {
		t.Errorf("got %s", got)
	}
}

func TestTombstonesOff(t *testing.T) {
	c := with(mysqlConf, func(o *Options) { o.TombstonesOnDelete = false })
	b := newBuilder(idName()).add(event.OpDelete, 0, vals(event.Int(1), event.Null), nil)
	if f := b.encode(t, c); len(f.Records) != 1 || f.Value(0) == nil {
		t.Errorf("got %d records", len(f.Records))
	}
	// As a row, a tombstone is all that there is of a delete.
	b.target.Shape = event.ShapeRow
	if f := b.encode(t, c); len(f.Records) != 1 || f.Value(0) != nil {
		t.Errorf("got %d records", len(f.Records))
	}
}
