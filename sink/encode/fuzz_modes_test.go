package encode

import (
	"encoding/json"
	"errors"
	"testing"

	"cdc/event"
)

// FuzzModes: every type prints JSON in every mode, whatever the value, or has no
// form.
func FuzzModes(f *testing.F) {
	f.Add(uint16(0), int64(1), "text", []byte{1})
	f.Add(uint16(0x1fff), int64(-1<<63), "a\"\\\x00\xff😀", []byte(nil))
	f.Add(uint16(0x0aaa), int64(1<<62), "12345678901234567890.12", []byte("\xff\x00"))
	f.Add(uint16(0x0555), int64(microsPerDay), "NaN", []byte("x"))
	f.Fuzz(func(t *testing.T, modes uint16, n int64, s string, p []byte) {
		c := fuzzConf(modes)
		for _, tt := range fuzzValues(n, s, p) {
			for _, typ := range []event.Type{tt.typ, arrayOf(tt.typ)} {
				value := tt.value
				if typ.Logical == event.LogicalArray && tt.typ.Logical != event.LogicalArray {
					value = list(tt.value, constant(event.Null), tt.value)
				}
				got, err := printed(t, c, typ, value)
				switch {
				case err == nil && !json.Valid([]byte(got)):
					t.Fatalf("%+v: got %q", typ, got)
				case err != nil && !errors.Is(err, event.ErrUnfit) && !errors.Is(err, errNotDecimal) && !errors.Is(err, errScale):
					t.Fatalf("%+v: %v", typ, err)
				}
				if schema := described(t, c, typ); !json.Valid([]byte(schema)) {
					t.Fatalf("%+v: got schema %q", typ, schema)
				}
			}
		}
	})
}

// fuzzConf chooses modes by the bits of a number.
func fuzzConf(modes uint16) Config {
	pick := func(list ...string) string {
		mode := list[int(modes)%len(list)]
		modes /= uint16(len(list))
		return mode
	}
	base := pgConf
	if pick(connectorPostgres, connectorMySQL) == connectorMySQL {
		base = mysqlConf
	}
	return with(base, func(o *Options) {
		o.DecimalHandling = pick(modePrecise, modeString, modeDouble)
		o.TimePrecision = pick(modeAdaptiveMicros, "", modeConnect, modeISO, modeMicros, modeNanos)
		o.BinaryHandling = pick(modeBytes, modeBase64, modeBase64URL, modeHex)
		if base.Connector == connectorPostgres {
			o.HstoreHandling = pick(modeJSON, modeMap)
			o.IntervalHandling = pick(modeNumeric, modeString)
		} else {
			o.BigintUnsigned = pick(modeLong, modePrecise)
		}
		switch pick("", "mask", "hash", "cut") {
		case "mask":
			masked(3)(o)
		case "hash":
			hashed("SHA-1", "salt", "v1")(o)
		case "cut":
			truncated(2)(o)
		}
	})
}

func fuzzValues(n int64, s string, p []byte) []benchValue {
	list := []benchValue{
		{typ: typ(event.KindInt, 0), value: constant(event.Int(n))},
		{typ: typ(event.KindUint, 0), value: constant(event.Uint(uint64(n)))},
		{typ: typ(event.KindString, 0), value: text(event.KindString, s)},
		{typ: event.Type{Kind: event.KindString, Native: "text"}, value: text(event.KindString, s)},
		{typ: typ(event.KindBytes, event.Nullable), value: text(event.KindBytes, string(p))},
		{typ: event.Type{Kind: event.KindBytes, Logical: event.LogicalUnknown, Native: "path"}, value: text(event.KindBytes, s)},
		{typ: typ(event.KindBits, 0), value: text(event.KindBits, string(p))},
		{typ: decimalType(38, 4), value: constant(event.Decimal(n, int(uint64(n)%5)))},
		{typ: decimalType(-1, 0), value: constant(event.Decimal(n, int(uint64(n)%19)))},
		{typ: decimalType(-1, 0), value: text(event.KindBigDecimal, s)},
		{typ: decimalType(38, 4), value: text(event.KindBigDecimal, s)},
		{typ: meaning(event.KindDecimal, event.LogicalMoney), value: constant(event.Decimal(n, int(uint64(n)%19)))},
		{typ: meaning(event.KindList, event.LogicalInterval), value: ints(n, n>>7, n)},
		{typ: meaning(event.KindList, event.LogicalSparseVector), value: ints(n, n>>40, n)},
		{typ: meaning(event.KindList, event.LogicalHstore), value: list(text(event.KindString, s), text(event.KindString, string(p)), text(event.KindString, string(p)), constant(event.Null))},
		{typ: meaning(event.KindList, event.LogicalGeometry), value: list(text(event.KindBytes, s), constant(event.Int(n)))},
	}
	for _, k := range []event.Kind{event.KindDate, event.KindTime, event.KindLocal, event.KindInstant} {
		list = append(list, benchValue{typ: temporal(k, int16(uint64(n)%7)), value: constant(event.Of(k, n))})
	}
	return list
}
