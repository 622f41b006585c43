package encode

import (
	"testing"

	"cdc/event"
)

// A decimal that a rule has worked out has no precision, whatever the connector: each
// value is written with its scale.
func TestComputedDecimals(t *testing.T) {
	free := event.Type{Kind: event.KindDecimal, Native: "numeric", Precision: -1, Flags: event.Nullable}
	for _, conf := range []Config{mysqlConf, pgConf} {
		b := newBuilder(table(1, col("id", 0, typ(event.KindInt, 0)), col("sum", 1, free)))
		b.target = &event.Target{Topic: "t", Shape: event.ShapeRow}
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Decimal(1250, 3)))
		b.add(event.OpCreate, 0, nil, vals(event.Int(2), event.Null))
		b.add(event.OpCreate, 0, nil, vals(event.Int(3), b.text(event.KindBigDecimal, "-12345678901234567890.5")))
		const first, second, third = `{"id":1,"sum":{"scale":2,"value":"fQ=="}}`, `{"id":2,"sum":null}`, `{"id":3,"sum":{"scale":1,"value":"+U6xYH7QyZPH"}}`
		f := b.encode(t, conf)
		compareAll(t, f, `{"id":1} `+first, `{"id":2} `+second, `{"id":3} `+third)
		c := inSchema(conf)
		f = b.encode(t, c)
		const schema = `{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"},` +
			`{"type":"struct","fields":[{"type":"int32","optional":false,"field":"scale"},{"type":"bytes","optional":false,"field":"value"}],` +
			`"optional":true,"name":"io.debezium.data.VariableScaleDecimal","version":1,"doc":"Variable scaled decimal","field":"sum"}],"optional":false,"name":"t.Value"},"payload":`
		for i, want := range []string{first, second, third} {
			if got := string(f.Value(i)); got != schema+want+"}" {
				t.Errorf("%s, record %d: got\n%s", conf.Connector, i, got)
			}
		}
		avro := avroConf(t, conf, newFake(t))
		f = b.encode(t, avro)
		for i, want := range []string{first, second, third} {
			if got := avroJSON(t, avro, f.Value(i)); got != want {
				t.Errorf("%s in Avro, record %d: got %s", conf.Connector, i, got)
			}
		}
		texts := with(conf, func(o *Options) { o.DecimalHandling = modeString })
		compareAll(t, b.encode(t, texts), `{"id":1} {"id":1,"sum":"1.250"}`, `{"id":2} {"id":2,"sum":null}`, `{"id":3} {"id":3,"sum":"-12345678901234567890.5"}`)
		doubles := with(conf, func(o *Options) { o.DecimalHandling = modeDouble })
		compareAll(t, b.encode(t, doubles), `{"id":1} {"id":1,"sum":1.25}`, `{"id":2} {"id":2,"sum":null}`, `{"id":3} {"id":3,"sum":-1.2345678901234567E19}`)
	}
}
