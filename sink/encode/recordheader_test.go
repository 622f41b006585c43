package encode

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"cdc/event"
)

// headerValues are columns of all kinds, and their values.
func headerTable() (*event.Schema, func(b *builder) []event.Value) {
	n := event.Nullable
	s := table(1, col("id", 0, typ(event.KindInt, 0)), col("text", 1, typ(event.KindString, n)), col("bytes", 2, typ(event.KindBytes, n)),
		col("price", 3, decimalType(10, 2)), col("yes", 4, typ(event.KindBool, n)), col("at", 5, temporal(event.KindInstant, 0)),
		col("real", 6, typ(event.KindFloat64, n)), col("none", 7, typ(event.KindString, n)))
	return s, func(b *builder) []event.Value {
		return vals(event.Int(7), b.text(event.KindString, `a "b" \ü`), b.text(event.KindBytes, "aaaa"), event.Decimal(1250, 2), event.Bool(true),
			event.Of(event.KindInstant, 1767225600000000), event.Float64(1.5), event.Null)
	}
}

func TestHeaders(t *testing.T) {
	s, image := headerTable()
	for format, want := range map[string]string{
		"": `id:7 text:a "b" \ü bytes:YWFhYQ== price:12.50 yes:true at:2026-01-01T00:00:00Z real:1.5 none:null who:{"text":"a \"b\" \\ü","id":7}`,
		headerString: `id:7 text:a "b" \ü bytes:YWFhYQ== price:12.50 yes:true at:2026-01-01T00:00:00Z real:1.5 none:null ` +
			`who:Struct{text=a "b" \ü,id=7}`,
		FormatJSON: `id:7 text:"a \"b\" \\ü" bytes:"YWFhYQ==" price:"BOI=" yes:true at:"2026-01-01T00:00:00Z" real:1.5 none:null who:{"text":"a \"b\" \\ü","id":7}`,
	} {
		b := newBuilder(s)
		b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
		view := s.Project(s.Columns[:1])
		view.Headers = append(append(view.Headers, s.Columns...), event.Column{Name: "who", Fields: []event.Column{s.Columns[1], s.Columns[0]}})
		b.target.Headers = &[]event.Header{{Key: "rule", Value: []byte("r1")}, {Key: "empty", Value: []byte{}}, {Key: "nothing"}}
		b.add(event.OpCreate, 0, nil, image(b))
		b.batch.Outs[0].View = view
		c := mysqlConf
		c.Format.Header = format
		compareAll(t, b.encode(t, c), `{"id":7} {"id":7} `+want+` rule:r1 empty: nothing:null`)
	}
}

// TestHeadersOfOneName: a record may have two of them.
func TestHeadersOfOneName(t *testing.T) {
	s := idName()
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
	view := s.Project(s.Columns[:1])
	second := s.Columns[1]
	second.Name = s.Columns[0].Name
	view.Headers = []event.Column{s.Columns[0], second}
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "x")))
	b.batch.Outs[0].View = view
	compareAll(t, b.encode(t, mysqlConf), `{"id":1} {"id":1} id:1 id:x`)
}

func TestHeadersWithSchemas(t *testing.T) {
	s, image := headerTable()
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
	view := s.Project(s.Columns[:1])
	view.Headers = []event.Column{s.Columns[0], s.Columns[7], {Name: "who", Fields: s.Columns[:1]}}
	b.add(event.OpCreate, 0, nil, image(b))
	b.batch.Outs[0].View = view
	c := mysqlConf
	c.Format.Header = FormatJSONSchema
	compareAll(t, b.encode(t, c), `{"id":7} {"id":7} id:{"schema":{"type":"int64","optional":false},"payload":7} `+
		`none:{"schema":{"type":"string","optional":true},"payload":null} `+
		`who:{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"}],"optional":false,"name":"t.Header.who"},"payload":{"id":7}}`)
}

// Headers are those of the image that the record shows.
func TestHeadersOfWhatGoes(t *testing.T) {
	s := idName()
	for _, bare := range []bool{false, true} {
		b := newBuilder(s)
		b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, Delete: event.DeleteBoth, BareTombstones: bare, Headers: &[]event.Header{{Key: "h", Value: []byte("1")}}}
		view := s.Project(s.Columns[:1])
		view.Headers = s.Columns[1:]
		old, now := vals(event.Int(1), b.text(event.KindString, "old")), vals(event.Int(2), b.text(event.KindString, "new"))
		b.add(event.OpUpdate, event.KeyChanged, old, now)
		b.add(event.OpDelete, 0, now, nil)
		b.add(event.OpUpdate, 0, old, vals(event.Int(1), now[1]))
		for i := range b.batch.Outs {
			b.batch.Outs[i].View = view
		}
		o := &b.batch.Outs[1]
		o.Millis, o.Partition = 1234, 3
		o2 := &b.batch.Outs[2]
		o2.NullValue = true
		oldH, newH := " name:old h:1", " name:new h:1"
		tail := func(h string) string {
			if bare {
				return ""
			}
			return h
		}
		compareAll(t, b.encode(t, mysqlConf),
			`{"id":1} {"id":1} __debezium.newkey={"id":2}`+oldH,
			`{"id":1} null __debezium.newkey={"id":2}`+tail(oldH),
			`{"id":2} {"id":2} __debezium.oldkey={"id":1}`+newH,
			`{"id":2} {"id":2}`+newH+` partition 3 at 1234`,
			`{"id":2} null`+tail(newH)+` partition 3 at 1234`,
			`{"id":1} null`+newH)
	}
}

// A TRUNCATE shows no row; an image that it has bears headers alone.
func TestHeadersOfATruncate(t *testing.T) {
	s := idName()
	b := newBuilder(s)
	view := s.Project(s.Columns[:1])
	view.Headers = s.Columns[1:]
	b.add(event.OpTruncate, 0, nil, nil)
	b.add(event.OpTruncate, 0, nil, nil)
	b.add(event.OpCreate, 0, nil, vals(event.Value{}, b.text(event.KindString, "why")))
	out := &b.batch.Outs[1]
	out.View, out.After = view, b.batch.Outs[2].After
	b.batch.Outs[0].View = view
	b.batch.Outs = b.batch.Outs[:2]
	frame := b.encode(t, mysqlConf)
	for i, want := range []int{0, 1} {
		if got := int(frame.Records[i].HeadersEnd - frame.Records[i].HeadersAt); got != want || frame.Key(i) != nil || !strings.HasPrefix(string(frame.Value(i)), `{"before":null,"after":null,`) {
			t.Errorf("record %d: %d headers, key %s, value %s", i, got, frame.Key(i), frame.Value(i))
		}
	}
}

// A value that the log lacks is the placeholder in a header, too.
func TestHeaderNotInTheLog(t *testing.T) {
	s := table(1, col("id", 0, typ(event.KindInt, 0)), col("doc", 1, typ(event.KindString, event.Nullable)), col("n", 2, typ(event.KindInt, 0)))
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
	view := s.Project(s.Columns[:1])
	view.Headers = s.Columns[1:2]
	b.add(event.OpUpdate, 0, nil, vals(event.Int(1), event.Unavailable, event.Unavailable))
	b.batch.Outs[0].View = view
	compareAll(t, b.encode(t, pgConf), `{"id":1} {"id":1} doc:__debezium_unavailable_value`)

	other := *view
	other.Headers = s.Columns[2:]
	b.batch.Outs[0].View = &other
	if _, err := b.try(t, pgConf); err == nil || !errors.Is(err, event.ErrUnfit) {
		t.Errorf("got error %v", err)
	}
}

func TestPartitionBy(t *testing.T) {
	s := idName()
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, Delete: event.DeleteValue}
	view := s.Project(s.Columns[:1])
	view.PartitionBy = s.Columns[1:]
	a := vals(event.Int(1), b.text(event.KindString, "a"))
	b.add(event.OpCreate, 0, nil, a)
	b.add(event.OpDelete, 0, a, nil)
	b.add(event.OpCreate, 0, nil, a)
	for i := range b.batch.Outs {
		b.batch.Outs[i].View = view
	}
	b.batch.Outs[2].Partition = 9
	hash := func(p string) int32 { return ^int32(event.Murmur2([]byte(p)) & math.MaxInt32) }
	for _, c := range []Config{mysqlConf, inSchema(mysqlConf)} {
		f := b.encode(t, c)
		for i, want := range []int32{hash(`{"name":"a"}`), hash(`{"name":"a"}`), 9} {
			if got := f.Records[i].Partition; got != want {
				t.Errorf("%s, record %d: got %d, want %d", c.Format.Value, i, got, want)
			}
		}
		if f.Records[0].Partition >= 0 {
			t.Error("a hash is negative")
		}
	}
	// In Avro it is the text with its length.
	if got, want := b.encode(t, avroConf(t, mysqlConf, newFake(t))).Records[0].Partition, hash("\x02a"); got != want {
		t.Errorf("in Avro: got %d, want %d", got, want)
	}
}

// What chooses the partition isn't part of the record, however long it is.
func TestPartitionByALongText(t *testing.T) {
	c := mysqlConf
	c.Limit = func(string) (int, error) { return 100, nil }
	s := idName()
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
	view := s.Project(s.Columns[:1])
	view.PartitionBy = s.Columns[1:]
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, strings.Repeat("x", 1000))))
	b.batch.Outs[0].View = view
	if f := b.encode(t, c); len(f.Buf) != len(`{"id":1}{"id":1}`) {
		t.Errorf("%d bytes are in the frame", len(f.Buf))
	}
}

// Headers count for the limit, as event.Frame counts them.
func TestHeadersCountForTheLimit(t *testing.T) {
	s := idName()
	limit := 0
	c := mysqlConf
	c.Limit = func(string) (int, error) { return limit, nil }
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, Headers: &[]event.Header{{Key: "k", Value: []byte("v")}}}
	view := s.Project(s.Columns[:1])
	view.Headers = s.Columns[1:]
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, strings.Repeat("x", 100))))
	b.batch.Outs[0].View = view
	f := b.encode(t, c)
	size := int(f.Records[0].End-f.Records[0].KeyAt) + f.HeaderBytes(0)
	if want := len(`{"id":1}{"id":1}`) + len("name") + 100 + len("kv") + 2*event.HeaderOverhead; size != want {
		t.Fatalf("got %d bytes, want %d", size, want)
	}
	limit = size
	b.encode(t, c)
	limit--
	f, err := b.try(t, c)
	if large, ok := errors.AsType[*TooLargeError](err); !ok || large.Limit != limit {
		t.Errorf("got error %v", err)
	}
	if len(f.Records)+len(f.Headers)+len(f.Buf) != 0 {
		t.Error("something of the record is left in the frame")
	}
}

// Once the frame has grown, what rules add allocates nothing either.
func TestProjectionAllocatesNothing(t *testing.T) {
	for _, header := range []string{headerSimple, headerString, FormatJSON} {
		for _, format := range []string{FormatJSON, FormatJSONSchema, FormatAvro} {
			t.Run(fmt.Sprintf("%s/%s", header, format), func(t *testing.T) {
				s, image := headerTable()
				b := newBuilder(s)
				b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, Delete: event.DeleteBoth, Headers: &[]event.Header{{Key: "k", Value: []byte("v")}}}
				view := s.Project([]event.Column{{Name: "a", Fields: []event.Column{s.Columns[1], {Name: "b", Fields: s.Columns[2:]}}}})
				view.Headers, view.PartitionBy = s.Columns, s.Columns[1:3]
				for range 20 {
					b.add(event.OpUpdate, event.KeyChanged, image(b), image(b))
				}
				for i := range b.batch.Outs {
					b.batch.Outs[i].View = view
				}
				c := mysqlConf
				if format == FormatAvro {
					c = avroConf(t, c, newFake(t))
				}
				c.Format.Key, c.Format.Value, c.Format.Header = format, format, header
				e, f := mustNew(t, c), new(event.Frame)
				if allocs := testing.AllocsPerRun(20, func() {
					f.Reset()
					if err := e.Encode(f, &b.batch); err != nil {
						t.Fatal(err)
					}
				}); allocs != 0 {
					t.Errorf("%v allocations per batch", allocs)
				}
			})
		}
	}
}

// Lists, and the types that Connect itself has for dates and times.
func TestHeadersOfLists(t *testing.T) {
	array := func(elem event.Kind) event.Type {
		return event.Type{Kind: event.KindList, Logical: event.LogicalArray, Elem: &event.Type{Kind: elem, Native: "text"}, Flags: event.Nullable}
	}
	s := table(1, col("id", 0, typ(event.KindInt, 0)), col("names", 1, array(event.KindString)), col("numbers", 2, array(event.KindInt)),
		col("day", 3, temporal(event.KindDate, 0)), col("time", 4, temporal(event.KindTime, 3)), col("at", 5, temporal(event.KindLocal, 6)),
		col("midnight", 6, temporal(event.KindLocal, 6)), col("early", 7, temporal(event.KindLocal, 6)))
	connectTimes := with(pgConf, func(o *Options) { o.TimePrecision = modeConnect })
	for _, c := range []struct {
		conf   Config
		header string
		want   string
	}{
		{pgConf, "", `names:["a \"b\"",null] numbers:[1,2] day:20454 time:3723004 at:1767225600123456 midnight:1767225600000000 early:-1000`},
		{connectTimes, "", `names:["a \"b\"",null] numbers:[1,2] day:2026-01-01 time:01:02:03.004Z at:2026-01-01T00:00:00.123Z midnight:2026-01-01 early:1969-12-31T23:59:59.999Z`},
		{pgConf, headerString, `names:[a "b", null] numbers:[1, 2] day:20454 time:3723004 at:1767225600123456 midnight:1767225600000000 early:-1000`},
		{connectTimes, FormatJSON, `names:["a \"b\"",null] numbers:[1,2] day:20454 time:3723004 at:1767225600123 midnight:1767225600000 early:-1`},
	} {
		b := newBuilder(s)
		b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
		view := s.Project(s.Columns[:1])
		view.Headers = s.Columns[1:]
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), list(text(event.KindString, `a "b"`), constant(event.Null))(b), ints(1, 2)(b),
			event.Of(event.KindDate, 20454), event.Of(event.KindTime, 3723004000), event.Of(event.KindLocal, 1767225600123456),
			event.Of(event.KindLocal, 1767225600000000), event.Of(event.KindLocal, -1000)))
		b.batch.Outs[0].View = view
		c.conf.Format.Header = c.header
		compareAll(t, b.encode(t, c.conf), `{"id":1} {"id":1} `+c.want)
	}
}

func TestTimeBefore1970(t *testing.T) {
	b := newBuilder(idName())
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
	b.batch.Outs[0].Millis = -1
	if _, err := b.try(t, mysqlConf); !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), "before 1970") {
		t.Errorf("got error %v", err)
	}
}
