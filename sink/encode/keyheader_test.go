package encode

import (
	"strings"
	"testing"

	"cdc/event"
)

// rekeyed is a change of the key of a table in whose records a rule has put another
// value into the key.
func rekeyed(target *event.Target) *builder {
	b := newBuilder(idName())
	b.target = target
	view := b.schema.Project(b.schema.Columns)
	view.Width = 3
	shard := event.Column{Name: "shard", Ord: 2, Type: typ(event.KindString, 0)}
	view.Key = []event.Column{b.schema.Key[0], shard}
	if target.Key == event.KeyValue {
		view.Key = view.Key[:1]
	}
	view.TableKey = &event.TableKey{Columns: b.schema.Key, Name: "pre.shop.t"}
	image := func(id int64) []event.Value {
		return vals(event.Int(id), b.text(event.KindString, "n"), b.text(event.KindString, "no2"))
	}
	o := b.ruled(event.OpUpdate, view, image(1), image(2))
	o.KeyChanged = true
	return b
}

// The headers of a change of the key show the key of the table.
func TestKeyHeaderOfTheTable(t *testing.T) {
	old, now := `{"id":1,"shard":"no2"} `, `{"id":2,"shard":"no2"} `
	row := `{"id":2,"name":"n"} `
	target := event.Target{Topic: "all", Shape: event.ShapeRow}
	compareAll(t, rekeyed(&target).encode(t, mysqlConf), old+`null __debezium.newkey={"id":2}`, now+row+`__debezium.oldkey={"id":1}`)

	c := mysqlConf
	c.Format.Header = FormatJSONSchema
	schema := `{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"}],"optional":false,"name":"pre.shop.t.Key"},"payload":`
	compareAll(t, rekeyed(&target).encode(t, c), old+`null __debezium.newkey=`+schema+`{"id":2}}`, now+row+`__debezium.oldkey=`+schema+`{"id":1}}`)

	target.Key = event.KeyValue
	compareAll(t, rekeyed(&target).encode(t, mysqlConf), `1 null __debezium.newkey={"id":2}`, `2 `+row+`__debezium.oldkey={"id":1}`)
}

// The schema of keys may be called otherwise than that of values.
func TestKeyName(t *testing.T) {
	c := inSchema(mysqlConf)
	c.Format.Key = FormatJSONSchema
	for _, target := range []event.Target{{Topic: "t", Name: "v", KeyName: "k"}, {Topic: "v", KeyName: "k"}, {Topic: "k", Name: "v", KeyName: "k"}} {
		target.Shape = event.ShapeRow
		b := newBuilder(idName())
		b.target = &target
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "n")))
		line := everything(b.encode(t, c))[0]
		if key, value, _ := strings.Cut(line, `,"payload":`); !strings.Contains(key, `"name":"k.Key"`) || !strings.Contains(value, `"name":"v.Value"`) {
			t.Errorf("got %s", line)
		}
	}
}
