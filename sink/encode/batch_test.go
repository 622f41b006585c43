package encode

import (
	"testing"
	"time"

	"cdc/event"
)

// builder makes a batch of one table by hand.
type builder struct {
	schema *event.Schema
	target *event.Target
	batch  event.Batch
}

func col(name string, ord int, t event.Type) event.Column {
	return event.Column{Name: name, Ord: ord, Type: t}
}

func typ(k event.Kind, flags event.TypeFlags) event.Type { return event.Type{Kind: k, Flags: flags} }

// table makes a schema whose first keys columns are the key.
func table(keys int, columns ...event.Column) *event.Schema {
	return &event.Schema{
		Database: "shop", Namespace: "public", Table: "t", Version: 1,
		Columns: columns, Key: columns[:keys], Width: len(columns),
	}
}

func newBuilder(s *event.Schema) *builder {
	b := &builder{schema: s, target: &event.Target{Topic: "p.public.t"}}
	b.batch.Txs = []event.Tx{{File: "bin.000001", Server: 1, Thread: 7, XID: 571, PrevCommit: 100, GTID: event.Null}}
	b.batch.Origins = []event.Origin{{Micros: 1767225600130456}}
	return b
}

func (b *builder) text(k event.Kind, s string) event.Value { return b.batch.Put(k, []byte(s)) }

func (b *builder) image(values ...event.Value) int32 {
	if values == nil {
		return -1
	}
	at := len(b.batch.Values)
	b.batch.Values = append(b.batch.Values, values...)
	return int32(at)
}

func (b *builder) add(op event.Op, flags event.Flags, before, after []event.Value) *builder {
	r := event.Row{Schema: b.schema, Op: op, Flags: flags, Before: b.image(before...), After: b.image(after...), Off: 200, Index: uint32(len(b.batch.Rows))}
	b.batch.Rows = append(b.batch.Rows, r)
	b.batch.Outs = append(b.batch.Outs, event.Out{
		Row: int32(len(b.batch.Rows) - 1), Before: r.Before, After: r.After, View: b.schema, Target: b.target,
		KeyChanged: flags&event.KeyChanged != 0,
	})
	return b
}

var (
	fixedNow  = time.Unix(0, 1767225600201883915)
	mysqlConf = Config{Connector: "mysql", Name: "shop", Now: func() time.Time { return fixedNow }}
	pgConf    = Config{Connector: "postgresql", Name: "shop", Now: func() time.Time { return fixedNow }}
)

func (b *builder) encode(t testing.TB, c Config) *event.Frame {
	t.Helper()
	f, err := b.try(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (b *builder) try(t testing.TB, c Config) (*event.Frame, error) {
	t.Helper()
	f := new(event.Frame)
	return f, mustNew(t, c).Encode(f, &b.batch)
}

// printed prints one value of one column in a row without a key.
func printed(t testing.TB, c Config, typ event.Type, value func(*builder) event.Value) (string, error) {
	t.Helper()
	b := newBuilder(table(0, col("v", 0, typ)))
	b.target.Shape = event.ShapeRow
	b.add(event.OpCreate, 0, nil, []event.Value{value(b)})
	f, err := b.try(t, c)
	if err != nil {
		return "", err
	}
	v := string(f.Value(0))
	return v[len(`{"v":`) : len(v)-1], nil
}

func constant(v event.Value) func(*builder) event.Value {
	return func(*builder) event.Value { return v }
}

func text(k event.Kind, s string) func(*builder) event.Value {
	return func(b *builder) event.Value { return b.text(k, s) }
}

// columnOf compiles a column of a value in JSON.
func columnOf(t testing.TB, c Config, typ event.Type) (column, error) {
	t.Helper()
	e := mustNew(t, c)
	l := e.layout(table(0), &event.Column{Name: "v", Type: typ}, true)
	return newColumn(&l, side{nullAsDefault: true})
}
