package encode

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"cdc/event"
	"cdc/sink/encode/connect"
	"cdc/sink/registry"
)

// Config says for which source and with which constants records are made.
type Config struct {
	// Connector is "mysql", "mariadb" or "postgresql". It is printed in the
	// source block and decides the block's fields.
	Connector string
	// Name is the topic prefix, printed as the name of the source.
	Name string
	// Version is printed in the source block; that of Options when empty.
	Version string
	// Options say how values are rendered; DefaultOptions of the connector when
	// it is the zero value.
	Options Options
	// Format says in which formats records are written; JSON when it is the zero
	// value.
	Format Format
	// Registry gives Avro schemas their ids; needed when Format says avro.
	Registry *registry.Client
	// Unfit takes values that have no form; nil takes them as
	// event.PolicyDebezium does.
	Unfit *event.Unfit
	// Database is that of the source (PostgreSQL): a logical message is of no
	// table that would say it.
	Database string
	// TransactionTopic, SchemaChangeTopic, MessageTopic and HeartbeatTopic get the
	// records that aren't rows of a table. When empty they are <Name>.transaction,
	// <Name>, <Name>.message and __debezium-heartbeat.<Name>.
	TransactionTopic, SchemaChangeTopic, MessageTopic, HeartbeatTopic string
	// Limit returns the largest record that a topic takes: the bytes of key,
	// value and the value of a key header together, and of its other headers with
	// their names ([event.Frame.HeaderBytes]). It is asked once for each
	// table version and topic; it may be nil (no limit), and a result of 0 or
	// less means no limit.
	Limit func(topic string) (int, error)
	// Now is read once per batch, for ts_ms, ts_us and ts_ns; time.Now when nil.
	Now func() time.Time
}

// Encoder makes records. It is safe for concurrent use.
type Encoder struct {
	conf     Config
	postgres bool
	plans    event.Cache[planKey, *plan]
	forms    forms
	filters  *filters
	// schemaNames and fieldNames adjust names for Avro.
	schemaNames, fieldNames *adjuster
	sourceSchema            *connect.Schema
	// source opens the source block in JSON, up to its time.
	source []byte
	// streamed is what stands in the source block of a row that isn't of a
	// snapshot: the default of the field, or null where defaults aren't shown.
	streamed []byte
	controls *controls
	// writers are kept for the next batches.
	writers sync.Pool
}

// New returns an encoder. What is wrong with options and format is told as
// "options: key: reason".
func New(c Config) (*Encoder, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	placeholder, err := placeholderBytes(c.Options.UnavailablePlaceholder)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	list, err := compileFilters(&c.Options)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	e := &Encoder{
		conf: c, postgres: c.Connector == connectorPostgres, filters: list, sourceSchema: sourceSchema(c.Connector),
		schemaNames: newAdjuster(c.Options.SchemaNameAdjustment, false), fieldNames: newAdjuster(c.Options.FieldNameAdjustment, true),
		source: sourceHead(c), controls: newControls(&c, c.Format, c.Options.BinaryHandling),
	}
	e.streamed = []byte("null")
	if *c.Format.ReplaceNullWithDefault {
		e.streamed = []byte(`"false"`)
	}
	e.forms = forms{o: c.Options, postgres: e.postgres, placeholder: placeholder}
	e.plans.Compile = e.compile
	return e, nil
}

// complete fills in what is empty and checks what isn't.
func (c *Config) complete() error {
	if c.Name == "" {
		return errors.New("the topic prefix is empty")
	}
	switch c.Connector {
	case connectorMySQL, connectorMariaDB, connectorPostgres:
	default:
		return fmt.Errorf(`unknown connector %q; must be "mysql", "mariadb" or "postgresql"`, c.Connector)
	}
	if c.Options.SourceVersion == "" {
		c.Options = DefaultOptions(c.Connector)
	}
	c.Options.TimePrecision = or(c.Options.TimePrecision, defaultTimePrecision(c.Connector))
	c.Version = or(c.Version, c.Options.SourceVersion)
	if c.Now == nil {
		c.Now = time.Now
	}
	*c = c.withTopics()
	c.Format = c.Format.Complete()
	if err := c.Options.Validate(c.Connector); err != nil {
		return fmt.Errorf("options: %w", err)
	}
	if err := c.Format.Validate(); err != nil {
		return fmt.Errorf("format: %w", err)
	}
	if !c.Format.Avro() {
		return nil
	}
	if c.Registry == nil {
		return errors.New("format: avro without a client of the registry (internal error)")
	}
	c.Options.SchemaNameAdjustment = or(c.Options.SchemaNameAdjustment, modeAvro)
	c.Options.FieldNameAdjustment = or(c.Options.FieldNameAdjustment, modeAvro)
	return nil
}

// withTopics names the topics that have no name.
func (c Config) withTopics() Config {
	c.TransactionTopic = or(c.TransactionTopic, c.Name+".transaction")
	c.SchemaChangeTopic = or(c.SchemaChangeTopic, c.Name)
	c.MessageTopic = or(c.MessageTopic, c.Name+".message")
	c.HeartbeatTopic = or(c.HeartbeatTopic, "__debezium-heartbeat."+c.Name)
	return c
}

// Encode appends the records of b.Outs and b.Marks to f. An error names the
// table, the position of the row and the reason; f then holds the records of the
// outs before that row. A record over the limit of its topic is a
// [*TooLargeError]; a value without a form wraps event.ErrUnfit.
func (e *Encoder) Encode(f *event.Frame, b *event.Batch) error {
	w, _ := e.writers.Get().(*writer)
	if w == nil {
		w = new(writer)
	}
	*w = writer{enc: e, f: f, b: b, buf: f.Buf}
	w.stamp(e.conf.Now())
	err := w.all()
	f.Buf = w.buf
	*w = writer{} // holds nothing of the batch
	e.writers.Put(w)
	return err
}
