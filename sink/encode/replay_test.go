package encode

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"cdc/event"
)

// replay turns recorded text back into a batch.
type replay struct {
	t      *testing.T
	src    goldenSource
	topic  string
	schema *event.Schema
	fields []goldenField
	batch  event.Batch
	// differences are pairs of what was recorded and what we print instead on
	// purpose; ours makes the latter of the former.
	differences []string
	ours        *strings.Replacer
}

func newReplay(t *testing.T, r goldenRecord, src goldenSource, digits map[string]int) *replay {
	t.Helper()
	in := &replay{t: t, src: src, topic: r.topic, fields: r.fields, ours: strings.NewReplacer()}
	s := &event.Schema{Database: src.DB, Namespace: src.Schema, Table: src.Table, Version: 1, Width: len(r.fields)}
	for i, f := range r.fields {
		s.Columns = append(s.Columns, event.Column{Name: f.Field, Ord: i, Type: in.columnType(f, digits[f.Field])})
	}
	for _, name := range r.keyFields {
		s.Key = append(s.Key, *s.Column(name))
	}
	in.schema = s
	return in
}

func (in *replay) postgres() bool { return in.src.Connector == "postgresql" }

// image appends a recorded image to the batch.
func (in *replay) image(values map[string]json.RawMessage) int32 {
	at := len(in.batch.Values)
	for _, f := range in.fields {
		raw, ok := values[f.Field]
		if !ok {
			in.t.Fatalf("column %s is missing", f.Field)
		}
		in.batch.Values = append(in.batch.Values, in.value(&in.batch, f, raw))
	}
	return int32(at)
}

// timesThousand turns milliseconds into microseconds. The two that overflow
// are the infinities.
func timesThousand(n int64) int64 {
	switch {
	case n > math.MaxInt64/1000:
		return event.Infinity
	case n < math.MinInt64/1000:
		return event.NegInfinity
	default:
		return n * 1000
	}
}

func (in *replay) text(raw json.RawMessage) string {
	var s string
	mustUnmarshal(in.t, raw, &s)
	return s
}

func (in *replay) base64(raw json.RawMessage) []byte {
	p, err := base64.StdEncoding.DecodeString(in.text(raw))
	if err != nil {
		in.t.Fatal(err)
	}
	return p
}

// differs notes that we print a value otherwise than it was recorded.
func (in *replay) differs(f goldenField, recorded, ours string) {
	name := `"` + f.Field + `":`
	in.differences = append(in.differences, name+recorded, name+ours)
	in.ours = strings.NewReplacer(in.differences...)
}

func (in *replay) float(f goldenField, raw json.RawMessage) event.Value {
	bits := 64
	if f.Type == "float" {
		bits = 32
	}
	n, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), bits)
	if err != nil {
		in.t.Fatal(err)
	}
	if bits == 32 {
		return event.Float32(float32(n))
	}
	return event.Float64(n)
}

func (in *replay) decimal(b *event.Batch, f goldenField, raw json.RawMessage) event.Value {
	var scale int
	digits := raw
	if raw[0] != '"' && raw[0] != '{' {
		return b.Put(event.KindBigDecimal, withoutExponent(raw))
	}
	if f.Type == "struct" {
		var v struct {
			Scale int
			Value json.RawMessage
		}
		mustUnmarshal(in.t, raw, &v)
		scale, digits = v.Scale, v.Value
	} else {
		scale, _ = strconv.Atoi(f.Parameters["scale"])
	}
	n := fromTwosComplement(in.base64(digits))
	if n.IsInt64() && scale <= 18 {
		return event.Decimal(n.Int64(), scale)
	}
	return b.Put(event.KindBigDecimal, []byte(plainText(n, scale)))
}

// withoutExponent writes 1.5E-7 as 0.00000015.
func withoutExponent(raw []byte) []byte {
	digits, exponent, _ := strings.Cut(string(raw), "E")
	n, err := strconv.Atoi(exponent)
	number, ok := new(big.Rat).SetString(string(raw))
	if err != nil || !ok {
		return raw
	}
	return []byte(number.FloatString(max(fractionLen(digits)-n, 0)))
}

func fromTwosComplement(p []byte) *big.Int {
	n := new(big.Int).SetBytes(p)
	if len(p) > 0 && p[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(p))))
	}
	return n
}

// plainText prints n / 10^scale.
func plainText(n *big.Int, scale int) string {
	digits := new(big.Int).Abs(n).String()
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	text := digits[:len(digits)-scale]
	if scale > 0 {
		text += "." + digits[len(digits)-scale:]
	}
	if n.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// instant reads a zoned timestamp. Fewer digits than the column has are what a
// snapshot of MySQL prints; there the recording is padded.
func (in *replay) instant(f goldenField, raw json.RawMessage) event.Value {
	text := in.text(raw)
	switch text {
	case "infinity":
		return event.Of(event.KindInstant, event.Infinity)
	case "-infinity":
		return event.Of(event.KindInstant, event.NegInfinity)
	}
	digits := 0
	if in.schema != nil && f.Field != "" {
		digits = int(in.schema.Column(f.Field).Type.Precision)
	}
	if missing := digits - fractionLen(text); missing > 0 {
		padded := strings.TrimSuffix(text, "Z")
		if fractionLen(text) == 0 {
			padded += "."
		}
		in.differs(f, `"`+text+`"`, `"`+padded+strings.Repeat("0", missing)+`Z"`)
	}
	return event.Of(event.KindInstant, parseInstant(in.t, text))
}

func parseInstant(t *testing.T, text string) int64 {
	t.Helper()
	year, rest, _ := strings.Cut(strings.TrimLeft(text, "+-"), "-")
	n, err := strconv.Atoi(year)
	if err != nil {
		t.Fatal(err)
	}
	if text[0] == '-' {
		n = -n
	}
	// A year of 2000 to 2399 has the same days; 400 years are 146,097 days.
	eras := event.FloorDiv(int64(n), 400) - 5
	at, err := time.Parse(time.RFC3339Nano, strconv.FormatInt(int64(n)-400*eras, 10)+"-"+rest)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro() + eras*146_097*microsPerDay
}

// encode writes the row as it stood in its source.
func (in *replay) encode(row event.Row, env goldenEnvelope, o Options, f Format) *event.Frame {
	in.t.Helper()
	b := &in.batch
	tx := event.Tx{File: in.src.File, Server: in.src.Server, Thread: in.src.Thread, XID: in.src.XID, GTID: event.Null, ReplicationOrigin: in.src.Origin, OriginLSN: in.src.OriginLSN}
	if in.src.GTID != nil {
		tx.GTID = b.Put(event.KindString, []byte(*in.src.GTID))
	}
	if in.src.Sequence != nil {
		var pair [2]*string
		mustUnmarshal(in.t, []byte(*in.src.Sequence), &pair)
		if pair[0] != nil {
			tx.PrevCommit, _ = strconv.ParseUint(*pair[0], 10, 64)
		}
	}
	row.Off, row.Index = in.src.Pos, in.src.Row
	if in.postgres() {
		row.Off = in.src.LSN
	}
	if row.Op == event.OpRead {
		row.Flags |= markFlags[in.src.Snapshot]
	}
	row.Order, row.TableOrder = env.Transaction.Order, env.Transaction.TableOrder
	b.Txs, b.Origins = []event.Tx{tx}, []event.Origin{{Micros: in.src.Micros}}
	if in.src.Query != nil {
		b.Origins[0].Query = b.Put(event.KindString, []byte(*in.src.Query))
	}
	b.Rows = []event.Row{row}
	target := &event.Target{Topic: in.topic}
	b.Outs = []event.Out{{Before: row.Before, After: row.After, View: in.schema, Target: target, KeyChanged: row.Flags&event.KeyChanged != 0}}
	e := mustNew(in.t, Config{
		Connector: in.src.Connector, Name: in.src.Name, Version: in.src.Version,
		Options: o, Format: f,
		Now: func() time.Time { return time.Unix(0, env.Nanos) },
	})
	frame := new(event.Frame)
	if err := e.Encode(frame, b); err != nil {
		in.t.Fatal(err)
	}
	return frame
}

var markFlags = map[string]event.Flags{
	"first": event.SnapshotFirst, "first_in_data_collection": event.SnapshotFirstInTable,
	"last_in_data_collection": event.SnapshotLastInTable, "last": event.SnapshotLast,
}

func mustNew(t testing.TB, c Config) *Encoder {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
