package encode

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
)

// looseTable has a column in JSON between two others.
func looseTable(logical event.Logical, kind event.Kind, length int32, symbols ...string) *event.Schema {
	doc := typ(kind, event.Nullable)
	doc.Logical, doc.Symbols, doc.Length = logical, symbols, length
	return table(1, col("id", 0, typ(event.KindInt, 0)), col("doc", 1, doc), col("name", 2, typ(event.KindString, event.Nullable)))
}

func looseRow(s *event.Schema, text string) *builder {
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
	doc := event.Null
	if text != "" {
		doc = b.text(s.Columns[1].Type.Kind, text)
	}
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), doc, event.Null))
	return b
}

func TestSpread(t *testing.T) {
	const text = ` {"city":"Ro\u006De","geo":{"lat":1.50,"far":{"x":[1, {"y":null}]}},"none":null} `
	for _, c := range []struct {
		text    string
		depth   int32
		symbols []string
		omit    bool
		want    string
	}{
		{text, 1, []string{"_", "a_"}, false, `{"id":1,"a_city":"Rome","a_geo":{"lat":1.50,"far":{"x":[1,{"y":null}]}},"a_none":null,"name":null}`},
		{text, 2, []string{".", ""}, false, `{"id":1,"city":"Rome","geo.lat":1.50,"geo.far":{"x":[1,{"y":null}]},"none":null,"name":null}`},
		{text, 0, nil, true, `{"id":1,"city":"Rome","geo_lat":1.50,"geo_far_x":[1,{"y":null}]}`},
		{`{}`, 1, nil, false, `{"id":1,"name":null}`},
		{"", 1, nil, false, `{"id":1,"name":null}`},
		{`[1, 2]`, 1, nil, false, `{"id":1,"doc":[1,2],"name":null}`},
		{`"a"`, 1, nil, true, `{"id":1,"doc":"a"}`},
		{`{"a":1} x`, 1, nil, true, `{"id":1,"doc":"{\"a\":1} x"}`},
		{`{"a":1`, 1, nil, false, `{"id":1,"doc":"{\"a\":1","name":null}`},
		// A name is given once: the table's columns first, then the first member.
		{`{"doc":1,"name":2,"a_b":3,"a":{"b":4}}`, 0, nil, false, `{"id":1,"doc":1,"a_b":3,"name":null}`},
	} {
		s := looseTable(event.LogicalSpread, event.KindJSON, c.depth, c.symbols...)
		b := looseRow(s, c.text)
		b.target.OmitNulls = c.omit
		if got := string(b.encode(t, mysqlConf).Value(0)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestSpreadInAnEnvelope(t *testing.T) {
	s := looseTable(event.LogicalSpread, event.KindJSON, 1)
	b := looseRow(s, `{"a":1}`)
	b.target.Shape = event.ShapeEnvelope
	b.add(event.OpUpdate, 0, vals(event.Int(1), b.text(event.KindJSON, `{"b":2}`), event.Null), vals(event.Int(1), event.Unavailable, event.Null))
	view := *s
	view.Columns = []event.Column{s.Columns[0], {Name: "in", Fields: s.Columns[1:]}}
	b.batch.Outs[0].View, b.batch.Outs[1].View = &view, &view
	f := b.encode(t, pgConf)
	for i, want := range []string{
		`{"before":null,"after":{"id":1,"in":{"a":1,"name":null}},`,
		`{"before":{"id":1,"in":{"b":2,"name":null}},"after":{"id":1,"in":{"doc":"__debezium_unavailable_value","name":null}},`,
	} {
		if got := string(f.Value(i)); !strings.HasPrefix(got, want) {
			t.Errorf("got %s", got)
		}
	}
}

// A member that finds its name taken goes to the policy.
func TestSpreadTakenName(t *testing.T) {
	c := mysqlConf
	c.Unfit = &event.Unfit{Policy: event.PolicyFail}
	b := looseRow(looseTable(event.LogicalSpread, event.KindJSON, 1), `{"name":2}`)
	if _, err := b.try(t, c); !errors.Is(err, event.ErrUnfit) || !strings.Contains(err.Error(), `column "doc"`) {
		t.Errorf("got error %v", err)
	}
}

func TestJSONAsItIs(t *testing.T) {
	for _, kind := range []event.Kind{event.KindJSON, event.KindString} {
		s := looseTable(event.LogicalAny, kind, 0)
		for text, want := range map[string]string{`{"a": [1,null]}`: `{"a": [1,null]}`, `12`: `12`, ``: `null`, `{"a"`: `"{\"a\""`} {
			b := looseRow(s, text)
			if got := string(b.encode(t, mysqlConf).Value(0)); got != `{"id":1,"doc":`+want+`,"name":null}` {
				t.Errorf("%s: got %s", text, got)
			}
			c := inSchema(mysqlConf)
			c.Format.Key = FormatJSON
			if got := string(b.encode(t, c).Value(0)); text != "" && !strings.Contains(got, `"doc":`+string(appendString(nil, []byte(text)))) {
				t.Errorf("%s: got %s", text, got)
			}
		}
	}
}

func TestOmitNulls(t *testing.T) {
	s := table(1, col("id", 0, typ(event.KindInt, 0)), col("a", 1, typ(event.KindInt, event.Nullable)), col("b", 2, event.Type{
		Kind: event.KindInt, Flags: event.Nullable, Default: &event.Default{Value: event.Int(5)},
	}), col("c", 3, typ(event.KindInt, 0)))
	view := s.Project([]event.Column{s.Columns[1], s.Columns[2], s.Columns[3], {Name: "in", Fields: s.Columns[1:3]}, s.Columns[0]})
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, OmitNulls: true}
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null, event.Null, event.Null))
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Int(2), event.Int(3), event.Int(4)))
	b.batch.Outs[0].View, b.batch.Outs[1].View = view, view
	// What stands for a null is shown.
	compareAll(t, b.encode(t, mysqlConf), `{"id":1} {"b":5,"c":0,"in":{"b":5},"id":1}`, `{"id":1} {"a":2,"b":3,"c":4,"in":{"a":2,"b":3},"id":1}`)
	c := mysqlConf
	c.Format.ReplaceNullWithDefault = new(false)
	compareAll(t, b.encode(t, c), `{"id":1} {"c":0,"in":{},"id":1}`, `{"id":1} {"a":2,"b":3,"c":4,"in":{"a":2,"b":3},"id":1}`)
}

func TestOmitSkipped(t *testing.T) {
	s := table(1, col("id", 0, typ(event.KindInt, 0)), col("a", 1, typ(event.KindInt, event.Nullable)), col("doc", 2, event.Type{
		Kind: event.KindJSON, Flags: event.Nullable, Logical: event.LogicalSpread,
	}))
	view := s.Project([]event.Column{s.Columns[1], s.Columns[2], {Name: "in", Fields: s.Columns[1:2]}, s.Columns[0]})
	b := newBuilder(s)
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, OmitSkipped: true}
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Value{}, event.Value{}))
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null, event.Null))
	b.batch.Outs[0].View, b.batch.Outs[1].View = view, view
	compareAll(t, b.encode(t, mysqlConf), `{"id":1} {"in":{},"id":1}`, `{"id":1} {"a":null,"in":{"a":null},"id":1}`)
	b.target.OmitSkipped = false
	if _, err := b.try(t, mysqlConf); err == nil {
		t.Error("a value that wasn't decoded is written")
	}
}

func TestLooseRefused(t *testing.T) {
	spread, plain := looseTable(event.LogicalSpread, event.KindJSON, 1), looseTable(event.LogicalNone, event.KindJSON, 1)
	for name, c := range map[string]struct {
		s      *event.Schema
		target event.Target
		conf   Config
		want   string
	}{
		"spread":   {spread, event.Target{Shape: event.ShapeRow}, inSchema(mysqlConf), "its members have no schema"},
		"avro":     {spread, event.Target{Shape: event.ShapeRow}, avroConf(t, mysqlConf, newFake(t)), "the format avro needs"},
		"omit":     {plain, event.Target{Shape: event.ShapeRow, OmitNulls: true}, inSchema(mysqlConf), "the format json_schema has a schema"},
		"skipped":  {plain, event.Target{Shape: event.ShapeRow, OmitSkipped: true}, inSchema(mysqlConf), "some fields are to be left out: the format json_schema has a schema"},
		"in avro":  {plain, event.Target{Shape: event.ShapeRow, OmitNulls: true}, avroConf(t, mysqlConf, newFake(t)), "the format avro has a schema"},
		"envelope": {plain, event.Target{OmitNulls: true}, mysqlConf, "let the rule emit a row"},
	} {
		b := looseRow(c.s, `{"a":1}`)
		c.target.Topic = "t"
		*b.target = c.target
		if _, err := b.try(t, c.conf); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}
