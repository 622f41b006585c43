package encode

import (
	"cdc/event"
	"cdc/sink/encode/connect"
)

// control is a kind of record that doesn't come from a row.
type control struct {
	target     *event.Target
	flags      event.RecordFlags
	key, value *controlForm
	// limited: the size is checked here, where the place in the log is known.
	// The topics of records that go to the first partition are made by the first
	// record, and the sink checks these.
	limited bool
}

// controlForm is how the key or the value of a control record is written.
type controlForm struct {
	schema   *connect.Schema
	defaults bool // a missing value shows its default
	// head is what stands before the value in JSON with a schema; empty without.
	head []byte
	// avro knows the schema's id; nil where the format isn't Avro.
	avro *avroID
}

func (c *Config) controlForm(topic, part string, s *connect.Schema, format string, defaults bool) *controlForm {
	f := &controlForm{schema: s, defaults: defaults}
	switch format {
	case FormatJSONSchema:
		f.head = append(s.AppendJSON([]byte(`{"schema":`)), `,"payload":`...)
	case FormatAvro:
		f.avro = &avroID{registry: c.Registry, topic: topic, part: part}
	}
	return f
}

// append appends the value of a key or of a record.
func (f *controlForm) append(b []byte, d datum) ([]byte, error) {
	if f.avro != nil {
		return f.avro.append(b, f.schema, d, f.defaults)
	}
	b = append(b, f.head...)
	b, err := appendDatum(b, f.schema, d, f.defaults)
	if err == nil && len(f.head) > 0 {
		b = append(b, '}')
	}
	return b, err
}

// controls are the kinds of one encoder.
type controls struct {
	transaction, heartbeat *control
	message                *control // PostgreSQL
	change                 *control // MySQL, MariaDB
	binary                 string   // how the content of a message is written
	limits                 event.Cache[string, int]
}

func newControls(c *Config, f Format, binary string) *controls {
	kind := func(topic string, key, value *connect.Schema, flags event.RecordFlags) *control {
		return &control{
			target: &event.Target{Topic: topic}, flags: flags, limited: flags&event.FirstPartition == 0,
			key:   c.controlForm(topic, partKey, key, f.Key, *f.KeyReplaceNullWithDefault),
			value: c.controlForm(topic, partValue, value, f.Value, *f.ReplaceNullWithDefault),
		}
	}
	source, contents := sourceSchema(c.Connector), connect.Bytes
	if binary != modeBytes {
		contents = connect.String
	}
	list := &controls{
		binary:      binary,
		transaction: kind(c.TransactionTopic, transactionKeySchema(), transactionValueSchema(), event.NoHeaders),
		heartbeat:   kind(c.HeartbeatTopic, heartbeatKeySchema(), heartbeatValueSchema(), event.NoHeaders|event.FirstPartition),
	}
	if c.Connector == connectorPostgres {
		list.message = kind(c.MessageTopic, messageKeySchema(), messageValueSchema(source, contents), event.NoHeaders)
	} else {
		key, value := schemaChangeKeySchema(c.Connector), schemaChangeValueSchema(c.Connector, source)
		list.change = kind(c.SchemaChangeTopic, key, value, event.FirstPartition)
	}
	list.limits.Compile = func(topic string) (int, error) {
		if c.Limit == nil {
			return 0, nil
		}
		return c.Limit(topic)
	}
	return list
}
