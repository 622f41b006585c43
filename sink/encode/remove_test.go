package encode

import (
	"strings"
	"testing"

	"cdc/event"
)

func TestDeleteForms(t *testing.T) {
	envelope, gone := mysqlEnvelope(`{"id":1,"name":"a"}`, "null", "d"), "null"
	row := `{"id":1,"name":"a"}`
	for _, c := range []struct {
		shape event.Shape
		form  event.DeleteForm
		off   bool // no tombstones in the options
		want  []string
	}{
		{event.ShapeEnvelope, event.DeleteDefault, false, []string{envelope, gone}},
		{event.ShapeEnvelope, event.DeleteDefault, true, []string{envelope}},
		{event.ShapeEnvelope, event.DeleteValue, false, []string{envelope}},
		{event.ShapeEnvelope, event.DeleteBoth, true, []string{envelope, gone}},
		{event.ShapeEnvelope, event.DeleteTombstone, true, []string{gone}},
		{event.ShapeEnvelope, event.DeleteNull, true, []string{gone}},
		{event.ShapeRow, event.DeleteDefault, true, []string{gone}},
		{event.ShapeRow, event.DeleteValue, false, []string{row}},
		{event.ShapeRow, event.DeleteBoth, false, []string{row, gone}},
		{event.ShapeRow, event.DeleteTombstone, false, []string{gone}},
		{event.ShapeRow, event.DeleteNull, false, []string{gone}},
		{event.ShapeValue, event.DeleteDefault, false, []string{gone}},
		{event.ShapeValue, event.DeleteValue, false, []string{`"a"`}},
		{event.ShapeValue, event.DeleteBoth, false, []string{`"a"`, gone}},
		{event.ShapeValue, event.DeleteTombstone, false, []string{gone}},
		{event.ShapeValue, event.DeleteNull, false, []string{gone}},
	} {
		conf := with(mysqlConf, func(o *Options) { o.TombstonesOnDelete = !c.off })
		b := newBuilder(idName())
		b.target = &event.Target{Topic: "p.public.t", Shape: c.shape, Delete: c.form}
		image := vals(event.Int(1), b.text(event.KindString, "a"))
		b.add(event.OpDelete, 0, image, nil)
		b.add(event.OpUpdate, event.KeyChanged, image, vals(event.Int(2), image[1]))
		if c.shape == event.ShapeValue {
			for i := range b.batch.Outs {
				b.batch.Outs[i].View = b.schema.Project(b.schema.Columns[1:])
			}
			b.batch.Outs[1].View = b.batch.Outs[0].View
		}
		var want []string
		for _, v := range c.want {
			want = append(want, `{"id":1} `+v)
		}
		for _, v := range c.want { // the old half of the change of the key
			v = strings.Replace(v, `"row":0`, `"row":1`, 1)
			want = append(want, `{"id":1} `+v+` __debezium.newkey={"id":2}`)
		}
		f := b.encode(t, conf)
		compareAll(t, &event.Frame{Records: f.Records[:len(f.Records)-1], Buf: f.Buf}, want...)
		isNull := f.Records[0].Flags&event.NullValue != 0
		if wantNull := c.want[0] == gone && c.form != event.DeleteNull; isNull != wantNull {
			t.Errorf("shape %d, form %d: a record without a value: %v", c.shape, c.form, isNull)
		}
		b.sameInBoth(t, conf, newFake(t))
	}
}

// TestDeleteNull is what Debezium's ExtractNewRecordState leaves of a delete: see
// testdata/golden/mysql/unwrap.
func TestDeleteNull(t *testing.T) {
	b := newBuilder(idName())
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, Delete: event.DeleteNull}
	b.add(event.OpDelete, 0, vals(event.Int(1), event.Null), nil)
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "a")))
	c := inSchema(mysqlConf)
	c.Format.Key = FormatJSON
	const fields = `{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"},{"type":"string","optional":false,"field":"name"}],"optional":`
	compareAll(t, b.encode(t, c),
		`{"id":1} `+fields+`true,"name":"t.Value"},"payload":null}`,
		`{"id":1} `+fields+`false,"name":"t.Value"},"payload":{"id":1,"name":"a"}}`)

	f := b.encode(t, avroConf(t, mysqlConf, newFake(t)))
	if f.Value(0) != nil || f.Value(1) == nil {
		t.Error("in Avro a null has no bytes")
	}
}

// A delete of a row that the log doesn't hold whole shows zeros, as an envelope
// does.
func TestDeletedRowInPart(t *testing.T) {
	b := newBuilder(idName())
	b.target = &event.Target{Topic: "t", Shape: event.ShapeRow, Delete: event.DeleteValue}
	b.add(event.OpDelete, event.KeyOnly, vals(event.Int(1), event.Null), nil)
	compareAll(t, b.encode(t, pgConf), `{"id":1} {"id":1,"name":""}`)
	b.batch.Values[1] = event.Unavailable
	compareAll(t, b.encode(t, mysqlConf), `{"id":1} {"id":1,"name":"__debezium_unavailable_value"}`)
}
