package golden

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Record is one record, of Debezium or of ours. A nil Key or Value is null.
type Record struct {
	Topic      string
	Partition  int32
	Timestamp  int64
	Key, Value []byte
	Headers    []Header
}

// Header is a header of a record; a nil Value is null.
type Header struct {
	Key   string
	Value []byte
}

// maxLine bounds a line of a recording.
const maxLine = 64 << 20

// Events are the recorded records without those of the schema change topic, in
// the order of topics and offsets.
func (c *Case) Events() ([]Record, error) {
	all, err := c.records("events.jsonl")
	if err != nil || c.postgres() || c.DDLInEvents {
		return all, err
	}
	var events []Record
	for _, r := range all {
		if r.Topic != c.Prefix() {
			events = append(events, r)
		}
	}
	return events, nil
}

// SchemaChanges are those of the schema change topic. kept is false where the
// recording holds their number only.
func (c *Case) SchemaChanges() (records []Record, kept bool, err error) {
	if c.postgres() || c.DDLInEvents || !c.has("ddl.jsonl") {
		return nil, false, nil
	}
	records, err = c.records("ddl.jsonl")
	return records, true, err
}

func (c *Case) records(name string) ([]Record, error) {
	text, err := c.file(name)
	if err != nil {
		return nil, err
	}
	var records []Record
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		r, err := c.record(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s/%s, line %d: %w", c.dir, name, len(records)+1, err)
		}
		records = append(records, r)
	}
	return records, lines.Err()
}

func (c *Case) record(line []byte) (Record, error) {
	var raw struct {
		Topic      string
		Partition  int32
		Timestamp  int64
		Key, Value json.RawMessage
		Headers    []struct {
			Key   string
			Value json.RawMessage
		}
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return Record{}, err
	}
	r := Record{Topic: raw.Topic, Partition: raw.Partition, Timestamp: raw.Timestamp}
	var err error
	if r.Key, err = wire(raw.Key, c.Wire["key"]); err != nil {
		return Record{}, fmt.Errorf("key: %w", err)
	}
	if r.Value, err = wire(raw.Value, c.Wire["value"]); err != nil {
		return Record{}, fmt.Errorf("value: %w", err)
	}
	for _, h := range raw.Headers {
		value, err := wire(h.Value, "string")
		if err != nil {
			return Record{}, fmt.Errorf("header %s: %w", h.Key, err)
		}
		r.Headers = append(r.Headers, Header{h.Key, value})
	}
	return r, nil
}

// wire returns the bytes that a line shows: the text of a JSON value as it is,
// or what {"hex": ".."} holds. The recorder writes a blank there, Debezium none.
func wire(raw json.RawMessage, how string) ([]byte, error) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil, nil
	case bytes.HasPrefix(raw, []byte(`{"hex": "`)):
		var h struct{ Hex string }
		if err := json.Unmarshal(raw, &h); err != nil {
			return nil, err
		}
		b, err := hex.DecodeString(h.Hex)
		return nonNil(b), err
	case how == "string":
		var s string
		err := json.Unmarshal(raw, &s)
		return nonNil([]byte(s)), err
	default:
		return bytes.Clone(raw), nil
	}
}

// nonNil keeps an empty value from being taken for null.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
