package encode

import (
	"strings"
	"testing"

	"cdc/event"
)

// rawRow encodes a row of which the value is one column by itself.
func rawRow(t *testing.T, typ event.Type, f Format, key event.KeyShape, values func(b *builder) []event.Value) (string, error) {
	t.Helper()
	s := table(1, col("id", 0, event.Type{Kind: event.KindString, Flags: event.Nullable}), col("payload", 1, typ))
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeValue, Key: key}
	b.add(event.OpCreate, 0, nil, values(b))
	view := s.Project(s.Columns[1:])
	view.Key = s.Key
	b.batch.Outs[0].View = view
	c := mysqlConf
	c.Format = f
	frame, err := b.try(t, c)
	if err != nil {
		return "", err
	}
	r := &frame.Records[0]
	k, v := string(frame.Buf[r.KeyAt:r.ValueAt]), string(frame.Buf[r.ValueAt:r.HeadAt])
	if r.Flags&event.NullKey != 0 {
		k = "none"
	}
	if r.Flags&event.NullValue != 0 {
		v = "none"
	}
	return k + " " + v, nil
}

// TestRawValues: text and bytes leave as they are.
func TestRawValues(t *testing.T) {
	n := event.Nullable
	for _, tt := range []struct {
		name   string
		typ    event.Type
		format Format
		key    event.KeyShape
		values func(b *builder) []event.Value
		want   string
	}{
		{"text", typ(event.KindString, n), Format{Value: FormatString}, event.KeyValue, func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "k"), b.text(event.KindString, ` {"a" : 1}`))
		}, `k  {"a" : 1}`},
		{"empty text", typ(event.KindString, n), Format{Value: FormatString, Key: FormatJSON}, event.KeyValue, func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "k"), b.text(event.KindString, ""))
		}, `"k" `},
		{"null", typ(event.KindString, n), Format{Value: FormatString}, event.KeyValue, func(*builder) []event.Value { return vals(event.Null, event.Null) }, "none none"},
		{"key of fields", typ(event.KindInt, n), Format{Value: FormatString}, event.KeyStruct, func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "k"), event.Int(5))
		}, "Struct{id=k} 5"},
		{"bytes", typ(event.KindBytes, n), Format{Value: FormatBytes}, event.KeyValue, func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "k"), b.text(event.KindBytes, "\x00\xff"))
		}, "\"k\" \x00\xff"},
		{"no bytes", typ(event.KindBytes, n), Format{Value: FormatBytes}, event.KeyValue, func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "k"), event.Null)
		}, `"k" none`},
		{"text as bytes", typ(event.KindString, n), Format{Value: FormatBytes}, event.KeyValue, func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "k"), b.text(event.KindString, "a"))
		}, `"k" "a"`},
	} {
		if got, err := rawRow(t, tt.typ, tt.format, tt.key, tt.values); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// TestRawFormatsOfEnvelopes: what isn't one column is in JSON.
func TestRawFormatsOfEnvelopes(t *testing.T) {
	s := idName()
	for _, f := range []string{FormatString, FormatBytes} {
		b := newBuilder(s)
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "x")))
		c := mysqlConf
		c.Format = Format{Value: f}
		frame := b.encode(t, c)
		r := &frame.Records[0]
		if got := string(frame.Buf[r.ValueAt:r.HeadAt]); !strings.HasPrefix(got, `{"before":null,"after":{"id":1,"name":"x"}`) {
			t.Errorf("%s: got %s", f, got)
		}
	}
}

// TestRawTooLarge: bytes that no topic takes are refused before they are copied.
func TestRawTooLarge(t *testing.T) {
	s := table(0, col("payload", 0, typ(event.KindBytes, 0)))
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeValue}
	b.add(event.OpCreate, 0, nil, vals(b.text(event.KindBytes, strings.Repeat("x", 100))))
	c := mysqlConf
	c.Format = Format{Value: FormatBytes}
	c.Limit = func(string) (int, error) { return 50, nil }
	if _, err := b.try(t, c); err == nil || !strings.Contains(err.Error(), "takes 100 bytes, topic t takes 50") {
		t.Errorf("got %v", err)
	}
}

func TestRawFormatsAreKnown(t *testing.T) {
	for _, tt := range []struct {
		format Format
		valid  bool
	}{
		{Format{Value: FormatString}, true},
		{Format{Value: FormatBytes}, true},
		{Format{Key: FormatString}, true},
		{Format{Key: FormatBytes}, false},
		{Format{Value: "text"}, false},
	} {
		if err := tt.format.Validate(); (err == nil) != tt.valid {
			t.Errorf("%+v: %v", tt.format, err)
		}
	}
}
