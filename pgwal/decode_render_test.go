package pgwal

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

// change is one Debezium event without its source block, the key as JSON text.
type change struct {
	Op, Key       string
	Before, After map[string]any
}

// changesOf renders rows as Debezium would: a tombstone after a delete, delete
// and create for a change of the key. It is a second, slow encoder, so that what
// was decoded can be held against what Debezium emitted.
func changesOf(t *testing.T, b *event.Batch, rows []event.Row) []change {
	t.Helper()
	var out []change
	for i := range rows {
		r := &rows[i]
		before, after := imageOf(t, b, r, r.Before), imageOf(t, b, r, r.After)
		gone := []change{{Op: "d", Key: keyOf(t, r, before), Before: before}, {Op: "tombstone", Key: keyOf(t, r, before)}}
		switch {
		case r.Op == event.OpDelete:
			out = append(out, gone...)
		case r.Flags&event.KeyChanged != 0:
			out = append(out, gone...)
			out = append(out, change{Op: "c", Key: keyOf(t, r, after), After: after})
		default:
			out = append(out, change{Op: string(rune(r.Op)), Key: keyOf(t, r, after), Before: before, After: after})
		}
	}
	return out
}

func keyOf(t *testing.T, r *event.Row, image map[string]any) string {
	if len(r.Schema.Key) == 0 || image == nil {
		return "null"
	}
	key := map[string]any{}
	for i := range r.Schema.Key {
		key[r.Schema.Key[i].Name] = image[r.Schema.Key[i].Name]
	}
	p, err := json.Marshal(key) // sorts the names, and so does the other side
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

func imageOf(t *testing.T, b *event.Batch, r *event.Row, at int32) map[string]any {
	t.Helper()
	if at < 0 {
		return nil
	}
	out := map[string]any{}
	values := b.Image(at, r.Schema)
	for i := range r.Schema.Columns {
		c := &r.Schema.Columns[i]
		v, text := values[c.Ord], b.Arena
		if v.IsNull() && c.Type.Default != nil && (c.Type.Kind != event.KindDecimal || c.Type.Precision >= 0) {
			v, text = c.Type.Default.Value, c.Type.Default.Text
		}
		if v.IsNull() && !c.Type.Nullable() {
			v, text = zeroOf(t, c), nil
		}
		out[c.Name] = render(t, c, v, text)
	}
	return out
}

// zeroOf is what stands for a value that a NOT NULL column must show.
func zeroOf(t *testing.T, c *event.Column) event.Value {
	switch {
	case c.Type.Kind == event.KindDecimal:
		return event.Decimal(0, int(c.Type.Scale))
	case event.Text(c.Type.Kind, 0, 0).HasText():
		return event.Text(c.Type.Kind, 0, 0)
	default:
		return event.Of(c.Type.Kind, 0)
	}
}

func render(t *testing.T, c *event.Column, v event.Value, arena []byte) any {
	t.Helper()
	switch v.Kind() {
	case event.KindNull:
		return nil
	case event.KindUnavailable:
		return "__debezium_unavailable_value"
	case event.KindList:
		return renderList(t, c, event.List(v.Bytes(arena)))
	case event.KindBool:
		return v.Bool()
	case event.KindInt, event.KindDate:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case event.KindFloat32, event.KindFloat64:
		return renderFloat(v)
	case event.KindDecimal, event.KindBigDecimal:
		return renderDecimal(t, c, v, arena)
	case event.KindString, event.KindJSON, event.KindUUID:
		return string(v.Bytes(arena))
	case event.KindBytes, event.KindBits:
		return base64.StdEncoding.EncodeToString(v.Bytes(arena))
	case event.KindTime, event.KindLocal:
		return renderMicros(c, v.Int())
	case event.KindInstant:
		return renderInstant(c, v.Int())
	default:
		t.Fatalf("column %s has a value of kind %d", c.Name, v.Kind())
		return nil
	}
}

func renderList(t *testing.T, c *event.Column, l event.List) any {
	t.Helper()
	if c.Type.Logical == event.LogicalInterval {
		const month = 30.4375 * dayMicros
		return json.Number(strconv.FormatInt(l.At(0).Int()*month+l.At(1).Int()*dayMicros+l.At(2).Int(), 10))
	}
	elem := event.Column{Name: c.Name, Type: *c.Type.Elem}
	out := make([]any, l.Len())
	for i := range out {
		out[i] = render(t, &elem, l.At(i), l)
	}
	return out
}

func renderFloat(v event.Value) any {
	f, bits := v.Float(), 64
	if v.Kind() == event.KindFloat32 {
		bits = 32
	}
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, bits))
}

func renderMicros(c *event.Column, micros int64) any {
	switch micros {
	case event.Infinity:
		micros = 9223372036825200000
	case event.NegInfinity:
		micros = -9223372036832400000
	}
	if c.Type.Precision <= 3 {
		micros /= 1000
	}
	return json.Number(strconv.FormatInt(micros, 10))
}

func renderInstant(c *event.Column, micros int64) any {
	switch micros {
	case event.Infinity:
		return "infinity"
	case event.NegInfinity:
		return "-infinity"
	}
	at := time.UnixMicro(micros).UTC()
	year := strconv.Itoa(at.Year())
	switch {
	case at.Year() > 9999:
		year = "+" + year
	case at.Year() < 0:
		year = "-" + strings.Repeat("0", 5-len(year)) + year[1:]
	default:
		year = strings.Repeat("0", 4-len(year)) + year
	}
	layout := "-01-02T15:04:05"
	if c.Type.Precision > 0 {
		layout += "." + strings.Repeat("0", int(c.Type.Precision))
	}
	return year + at.Format(layout) + "Z"
}

func renderDecimal(t *testing.T, c *event.Column, v event.Value, arena []byte) any {
	unscaled, scale := big.NewInt(v.Int()), v.Scale()
	if v.Kind() == event.KindBigDecimal {
		text := string(v.Bytes(arena))
		whole, fraction, _ := strings.Cut(text, ".")
		if _, ok := unscaled.SetString(whole+fraction, 10); !ok {
			return text
		}
		scale = len(fraction)
	}
	if c.Type.Precision >= 0 {
		if scale != int(c.Type.Scale) {
			t.Errorf("column %s: a value of scale %d, the type has %d", c.Name, scale, c.Type.Scale)
		}
		return base64.StdEncoding.EncodeToString(twosComplement(unscaled))
	}
	ten, rest := big.NewInt(10), new(big.Int)
	for scale > 0 {
		shorter, _ := new(big.Int).QuoRem(unscaled, ten, rest)
		if rest.Sign() != 0 {
			break
		}
		unscaled, scale = shorter, scale-1
	}
	return map[string]any{
		"scale": json.Number(strconv.Itoa(scale)),
		"value": base64.StdEncoding.EncodeToString(twosComplement(unscaled)),
	}
}

func twosComplement(n *big.Int) []byte {
	if n.Sign() >= 0 {
		p := n.Bytes()
		if len(p) == 0 || p[0] >= 0x80 {
			p = append([]byte{0}, p...)
		}
		return p
	}
	size := new(big.Int).Not(n).BitLen()/8 + 1
	p := new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size))).Bytes()
	return p
}
