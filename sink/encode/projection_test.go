package encode

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// A projection of a table of three columns: a number behind those of the table, a
// struct in a struct, another key.
func projected(b *builder) *event.Schema {
	text := typ(event.KindString, event.Nullable)
	view := b.schema.Project([]event.Column{
		{Name: "orderId", From: "id", Ord: 0, Type: typ(event.KindInt, 0)},
		{Name: "who", Fields: []event.Column{
			{Name: "mail", From: "email", Ord: 1, Type: text},
			{Name: "at", Fields: []event.Column{{Name: "city", From: "city", Ord: 2, Type: text}}},
		}},
		{Name: "cents", Ord: 3, Type: typ(event.KindInt, event.Nullable)},
	})
	view.Width = 4
	return view
}

func customers() *event.Schema {
	text := typ(event.KindString, event.Nullable)
	return table(1, col("id", 0, typ(event.KindInt, 0)), col("email", 1, text), col("city", 2, text))
}

// ruled adds a change whose out has the images of a rule, wider than the row.
func (b *builder) ruled(op event.Op, view *event.Schema, before, after []event.Value) *event.Out {
	b.add(op, 0, nil, nil)
	row := &b.batch.Rows[len(b.batch.Rows)-1]
	width := b.schema.Width
	clip := func(list []event.Value) int32 {
		if list == nil {
			return -1
		}
		return b.image(list[:width]...)
	}
	row.Before, row.After = clip(before), clip(after)
	o := &b.batch.Outs[len(b.batch.Outs)-1]
	o.View, o.Before, o.After = view, b.image(before...), b.image(after...)
	return o
}

// everything prints all that records are made of, with the headers of their own.
func everything(f *event.Frame) []string {
	var list []string
	for i, r := range f.Records {
		line := jsonRecords(&event.Frame{Records: f.Records[i : i+1], Buf: f.Buf})[0]
		if name, value, ok := f.KeyHeader(i); ok {
			line += fmt.Sprintf(" %s=%s", name, value)
		}
		for _, h := range f.Headers[r.HeadersAt:r.HeadersEnd] {
			if h.Null {
				line += fmt.Sprintf(" %s:null", h.Key)
				continue
			}
			line += fmt.Sprintf(" %s:%s", h.Key, f.Buf[h.At:h.End])
		}
		if r.Partition != 0 {
			line += fmt.Sprintf(" partition %d", r.Partition)
		}
		if r.Millis != 0 {
			line += fmt.Sprintf(" at %d", r.Millis)
		}
		list = append(list, line)
	}
	return list
}

func compareAll(t *testing.T, f *event.Frame, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, everything(f)); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func inSchema(c Config) Config {
	c.Format.Value = FormatJSONSchema
	return c
}

func TestProjection(t *testing.T) {
	b := newBuilder(customers())
	b.target = &event.Target{Topic: "t", Name: "p-1.t", Shape: event.ShapeRow}
	view := projected(b)
	mail, city := b.text(event.KindString, "a@b"), b.text(event.KindString, "Rome")
	after := vals(event.Int(1), mail, city, event.Int(99))
	b.ruled(event.OpCreate, view, nil, after)
	b.ruled(event.OpUpdate, view, nil, vals(event.Int(1), event.Null, event.Null, event.Null))
	b.ruled(event.OpDelete, view, vals(event.Int(1), mail, city, event.Int(99)), nil)
	want := []string{
		`{"id":1} {"orderId":1,"who":{"mail":"a@b","at":{"city":"Rome"}},"cents":99}`,
		`{"id":1} {"orderId":1,"who":{"mail":null,"at":{"city":null}},"cents":null}`,
		`{"id":1} null`,
	}
	compareAll(t, b.encode(t, mysqlConf), want...)
	b.sameInBoth(t, mysqlConf, newFake(t))

	c := inSchema(mysqlConf)
	c.Format.Key = FormatJSON
	c.Options = DefaultOptions(connectorMySQL)
	c.Options.SchemaNameAdjustment = modeAvro
	b.batch.Outs = b.batch.Outs[:1]
	compareAll(t, b.encode(t, c), `{"id":1} {"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"orderId"},`+
		`{"type":"struct","fields":[{"type":"string","optional":true,"field":"mail"},{"type":"struct","fields":[{"type":"string","optional":true,"field":"city"}],`+
		`"optional":false,"name":"p_1.t.Value.who.at","field":"at"}],"optional":false,"name":"p_1.t.Value.who","field":"who"},`+
		`{"type":"int64","optional":true,"field":"cents"}],"optional":false,"name":"p_1.t.Value"},"payload":`+
		strings.TrimPrefix(want[0], `{"id":1} `)+`}`)
}

// An envelope holds structs in both of its images, and the key may be of computed
// values.
func TestProjectionInAnEnvelope(t *testing.T) {
	b := newBuilder(customers())
	view := projected(b)
	view.Key = []event.Column{{Name: "k", Fields: view.Columns[1].Fields}, {Name: "n", Ord: 3, Type: typ(event.KindInt, 0)}}
	mail, city := b.text(event.KindString, "a@b"), b.text(event.KindString, "Rome")
	o := b.ruled(event.OpUpdate, view, vals(event.Int(1), mail, city, event.Int(5)), vals(event.Int(1), mail, event.Null, event.Int(6)))
	o.KeyChanged = true
	old, now := `{"k":{"mail":"a@b","at":{"city":"Rome"}},"n":5}`, `{"k":{"mail":"a@b","at":{"city":null}},"n":6}`
	compareAll(t, b.encode(t, mysqlConf),
		old+` `+mysqlEnvelope(`{"orderId":1,"who":{"mail":"a@b","at":{"city":"Rome"}},"cents":5}`, "null", "d")+` __debezium.newkey=`+now,
		old+` null __debezium.newkey=`+now,
		now+` `+mysqlEnvelope("null", `{"orderId":1,"who":{"mail":"a@b","at":{"city":null}},"cents":6}`, "c")+` __debezium.oldkey=`+old)
	b.sameInBoth(t, mysqlConf, newFake(t))

	c := mysqlConf
	c.Format.Header = headerString
	f := b.encode(t, c)
	if _, header, _ := f.KeyHeader(2); string(header) != `Struct{k=Struct{mail=a@b,at=Struct{city=Rome}},n=5}` {
		t.Errorf("got header %s", header)
	}
}

// What hides a column finds it by its name in the table, wherever a rule put it.
func TestFiltersFollowRenamedColumns(t *testing.T) {
	c := with(mysqlConf, func(o *Options) {
		o.MaskWithChars = map[int][]string{3: {"shop.t.email"}}
		o.TruncateToChars = map[int][]string{2: {"shop.t.city"}}
		o.PropagateSourceType = []string{"/.*/"}
	})
	s := customers()
	s.Namespace = ""
	for i, name := range []string{"BIGINT", "TEXT", "TEXT"} {
		s.Columns[i].Type.Declared = event.Declared{Name: name, Length: event.NoLength, Scale: event.NoLength}
	}
	b := newBuilder(s)
	b.target.Shape = event.ShapeRow
	view := projected(b)
	view.Columns[0].Type = s.Columns[0].Type
	expanded := s.Columns[1].Type
	expanded.Logical = event.LogicalExpanded
	view.Columns = append(view.Columns, event.Column{Name: "x", From: "email", Ord: 1, Type: expanded})
	view.Headers = []event.Column{{Name: "from", From: "email", Ord: 1, Type: s.Columns[1].Type}}
	b.ruled(event.OpCreate, view, nil, vals(event.Int(1), b.text(event.KindString, `{"a@b":1}`), b.text(event.KindString, "Rome"), event.Int(9)))
	compareAll(t, b.encode(t, c), `{"id":1} {"orderId":1,"who":{"mail":"***","at":{"city":"Ro"}},"cents":9,"x":"***"} from:***`)
	for _, format := range []string{headerString, FormatJSON} {
		c.Format.Header = format
		f := b.encode(t, c)
		if got := string(f.Buf[f.Headers[0].At:f.Headers[0].End]); strings.Trim(got, `"`) != "***" {
			t.Errorf("header in %s: %s", format, got)
		}
	}

	got := string(b.encode(t, inSchema(c)).Value(0))
	for _, want := range []string{
		`{"type":"string","optional":true,"parameters":{"masked":"true"},"field":"mail"}`,
		`{"type":"string","optional":true,"parameters":{"truncateLength":"2"},"field":"city"}`,
		`"parameters":{"__debezium.source.column.type":"BIGINT","__debezium.source.column.name":"id"},"field":"orderId"}`,
		`{"type":"int64","optional":true,"field":"cents"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

func TestOneValueByItself(t *testing.T) {
	text := typ(event.KindString, event.Nullable)
	s := table(1, col("id", 0, text), col("doc", 1, typ(event.KindJSON, event.Nullable)), col("n", 2, decimalType(4, 2)))
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeValue, Key: event.KeyValue}
	view := s.Project(s.Columns[1:2])
	b.ruled(event.OpCreate, view, nil, vals(b.text(event.KindString, "k"), b.text(event.KindJSON, `{"a":1}`), event.Decimal(150, 2)))
	b.ruled(event.OpCreate, view, nil, vals(event.Null, event.Null, event.Decimal(150, 2)))
	b.ruled(event.OpUpdate, s.Project(s.Columns[2:]), nil, vals(b.text(event.KindString, "k"), event.Null, event.Decimal(150, 2)))
	b.ruled(event.OpDelete, view, vals(b.text(event.KindString, "k"), event.Null, event.Decimal(150, 2)), nil)
	o := b.ruled(event.OpCreate, view, nil, vals(b.text(event.KindString, "k"), event.Null, event.Decimal(150, 2)))
	o.NullValue = true
	compareAll(t, b.encode(t, mysqlConf), `"k" "{\"a\":1}"`, `null null`, `"k" "AJY="`, `"k" null`, `"k" null`)
	b.sameInBoth(t, mysqlConf, newFake(t))

	const key = `{"schema":{"type":"string","optional":true},"payload":`
	const doc = `{"schema":{"type":"string","optional":true,"name":"io.debezium.data.Json","version":1},"payload":`
	compareAll(t, b.encode(t, inSchema(mysqlConf)),
		key+`"k"} `+doc+`"{\"a\":1}"}`,
		key+`null} `+doc+`null}`,
		key+`"k"} {"schema":{"type":"bytes","optional":false,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2","connect.decimal.precision":"4"}},"payload":"AJY="}`,
		key+`"k"} null`, key+`"k"} null`)

	// A version is that of the value, and a struct has the name that a row has.
	b.target.Version, b.target.Key = 7, event.KeyStruct
	b.batch.Outs = b.batch.Outs[:1]
	b.batch.Outs[0].View = s.Project([]event.Column{{Name: "doc", Fields: s.Columns[:1]}})
	c := inSchema(mysqlConf)
	c.Format.Key = FormatJSON
	compareAll(t, b.encode(t, c), `{"id":"k"} {"schema":{"type":"struct","fields":[{"type":"string","optional":true,"field":"id"}],"optional":false,"name":"t.Value","version":7},"payload":{"id":"k"}}`)
	b.sameInBoth(t, mysqlConf, newFake(t))
}

// In JSON without a schema, null is a value; a record without a value is none.
func TestNullByItselfIsNoTombstone(t *testing.T) {
	b := newBuilder(table(0, col("v", 0, typ(event.KindInt, event.Nullable))))
	b.target = &event.Target{Topic: "t", Shape: event.ShapeValue}
	b.add(event.OpCreate, 0, nil, vals(event.Null))
	if f := b.encode(t, mysqlConf); f.Records[0].Flags&event.NullValue != 0 || string(f.Value(0)) != "null" {
		t.Errorf("got %q", f.Value(0))
	}
}

func TestShapesThatCannotBe(t *testing.T) {
	s := idName()
	for name, c := range map[string]struct {
		view   *event.Schema
		target event.Target
		want   string
	}{
		"value of two":    {s, event.Target{Shape: event.ShapeValue}, "a value of one column by itself is asked for, and there are 2"},
		"key of two":      {&event.Schema{Key: s.Columns, Columns: s.Columns, Width: 2}, event.Target{Key: event.KeyValue}, "the key has 2 columns (id, name)"},
		"the same name":   {s.Project([]event.Column{s.Columns[0], s.Columns[0]}), event.Target{Shape: event.ShapeRow}, `two fields are called "id"`},
		"the same inside": {s.Project([]event.Column{{Name: "x", Fields: []event.Column{s.Columns[0], s.Columns[0]}}}), event.Target{Shape: event.ShapeRow}, `two fields are called "id"`},
	} {
		b := newBuilder(s)
		c.target.Topic = "t"
		b.target = &c.target
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
		b.batch.Outs[0].View = c.view
		if _, err := b.try(t, mysqlConf); err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, event.ErrConfig) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}
