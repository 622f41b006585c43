package encode

import (
	"errors"
	"fmt"
	"time"

	"cdc/event"
)

// Config says for which source and with which constants records are made.
type Config struct {
	// Connector is "mysql", "mariadb" or "postgresql". It is printed in the
	// source block and decides the block's fields.
	Connector string
	// Name is the topic prefix, printed as the name of the source.
	Name string
	// Version is printed in the source block; "3.6.1.Final" when empty.
	Version string
	// Limit returns the largest record that a topic takes: the bytes of key,
	// value and the value of a key header together. It is asked once for each
	// table version and topic; it may be nil (no limit), and a result of 0 or
	// less means no limit.
	Limit func(topic string) (int, error)
	// Now is read once per batch, for ts_ms, ts_us and ts_ns; time.Now when nil.
	Now func() time.Time
}

const defaultVersion = "3.6.1.Final"

// JSON makes records in JSON without schemas. It is safe for concurrent use.
type JSON struct {
	conf     Config
	postgres bool
	plans    event.Cache[planKey, *plan]
	// source opens the source block, up to its time.
	source []byte
}

// New returns an encoder.
func New(c Config) (*JSON, error) {
	if c.Version == "" {
		c.Version = defaultVersion
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Name == "" {
		return nil, errors.New("encode: the topic prefix is empty")
	}
	e := &JSON{conf: c}
	switch c.Connector {
	case "mysql", "mariadb":
	case "postgresql":
		e.postgres = true
	default:
		return nil, fmt.Errorf(`encode: unknown connector %q; must be "mysql", "mariadb" or "postgresql"`, c.Connector)
	}
	e.source = sourceHead(c)
	e.plans.Compile = e.compile
	return e, nil
}

// Encode appends the records of b.Outs to f and takes the checkpoint, the lag
// and the number of rows over. An error names the table, the position of the
// row and the reason; f then holds the records of the outs before that row. A
// record over the limit of its topic is a [*TooLargeError].
func (e *JSON) Encode(f *event.Frame, b *event.Batch) error {
	f.Next, f.Lag, f.Rows = b.Next, b.Lag, len(b.Rows)
	w := writer{enc: e, f: f, b: b, buf: f.Buf}
	w.stamp(e.conf.Now())
	for i := range b.Outs {
		records, size := len(f.Records), len(w.buf)
		if err := w.out(&b.Outs[i]); err != nil {
			f.Records, f.Buf = f.Records[:records], w.buf[:size]
			return err
		}
	}
	f.Buf = w.buf
	return nil
}
