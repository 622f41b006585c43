package offsets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"unicode/utf8"

	"cdc/event"
)

// The fields of ours inside of "cdc". The source's own stand beside them.
const (
	ownField      = "cdc"
	snapshotField = "snapshot" // the plan of a snapshot that has begun, as text
	rulesField    = "rules"
	sumField      = "crc32" // of the document without this field
)

// Encode makes the document of an offset. The position must be a flat JSON
// object, or empty.
func Encode(o event.Offset) ([]byte, error) {
	doc, own, err := compose(o)
	if err != nil {
		return nil, fmt.Errorf("encode offset: %w", err)
	}
	return mustJoin(doc, own), nil
}

// seal makes the document of an offset with a check sum inside, for a store that
// has none of its own.
func seal(o event.Offset) ([]byte, error) {
	doc, own, err := compose(o)
	if err != nil {
		return nil, fmt.Errorf("encode offset: %w", err)
	}
	return mustJoin(doc, own.with(sumField, sum(doc, own))), nil
}

// errEmpty: with such an offset a source would begin now, past all that happened
// since it stopped.
var errEmpty = errors.New("it says neither where to go on nor that a snapshot has begun")

// compose puts our fields beside those of the source.
func compose(o event.Offset) (doc, own fields, err error) {
	if doc, own, err = split([]byte(o.Position)); err != nil {
		return nil, nil, err
	}
	for _, name := range []string{snapshotField, rulesField, sumField} {
		if value, _ := own.take(name); value != nil {
			return nil, nil, fmt.Errorf("field %s of the position holds %s, a name that is ours", ownField, name)
		}
	}
	if o.Position == "" && o.Snapshot == nil {
		return nil, nil, errEmpty
	}
	if !utf8.Valid(o.Snapshot) {
		return nil, nil, errors.New("the plan of the snapshot is not text")
	}
	if o.Snapshot != nil {
		own = own.with(snapshotField, string(o.Snapshot))
	}
	if o.Rules != "" {
		own = own.with(rulesField, o.Rules)
	}
	return doc, own, nil
}

// Decode reads a document that a store holds, or one that Debezium has stored. A
// damaged one is an error.
func Decode(text []byte) (event.Offset, error) {
	doc, own, err := split(text)
	if err != nil {
		return event.Offset{}, fmt.Errorf("decode offset: %w", err)
	}
	var o event.Offset
	stored, rest := own.take(sumField)
	if stored != nil {
		var want string
		if err := json.Unmarshal(stored, &want); err != nil || want != sum(doc, rest) {
			return event.Offset{}, errors.New("decode offset: its check sum doesn't fit: it is damaged, or was edited by hand; an edited one must have no field crc32 inside of cdc")
		}
	}
	plan, rest := rest.take(snapshotField)
	if plan != nil {
		var text string
		if err := json.Unmarshal(plan, &text); err != nil {
			return event.Offset{}, fmt.Errorf("decode offset: field cdc, %s: not a string", snapshotField)
		}
		o.Snapshot = []byte(text)
	}
	rules, rest := rest.take(rulesField)
	if rules != nil {
		if err := json.Unmarshal(rules, &o.Rules); err != nil {
			return event.Offset{}, fmt.Errorf("decode offset: field cdc, %s: not a string", rulesField)
		}
	}
	if len(doc) > 0 || len(rest) > 0 {
		o.Position = event.Position(mustJoin(doc, rest))
	}
	if o.Position == "" && o.Snapshot == nil {
		return event.Offset{}, fmt.Errorf("decode offset: %w", errEmpty)
	}
	return o, nil
}

// sum is the check sum of a document without it.
func sum(doc, own fields) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE(mustJoin(doc, own)))
}

// fields are the members of a JSON object in their order.
type fields []field

type field struct {
	name string
	raw  json.RawMessage
}

// split reads a flat document and what its field "cdc" holds.
func split(text []byte) (doc, own fields, err error) {
	if len(text) == 0 {
		return nil, nil, nil
	}
	doc, err = parseFields(text)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range doc {
		if f.raw[0] == '{' || f.raw[0] == '[' {
			return nil, nil, fmt.Errorf("field %s is not a plain value", f.name)
		}
	}
	raw, doc := doc.take(ownField)
	if raw == nil {
		return doc, nil, nil
	}
	var inner string
	if err := json.Unmarshal(raw, &inner); err != nil {
		return nil, nil, fmt.Errorf("field %s is not a string", ownField)
	}
	if own, err = parseFields([]byte(inner)); err != nil {
		return nil, nil, fmt.Errorf("field %s: %w", ownField, err)
	}
	return doc, own, nil
}

// parseFields reads one JSON object and nothing behind it.
func parseFields(text []byte) (fields, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var all fields
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, errors.New("not a whole JSON object")
		}
		f := field{name: t.(string)}
		if err := dec.Decode(&f.raw); err != nil {
			return nil, errors.New("not a whole JSON object")
		}
		if slices.ContainsFunc(all, func(o field) bool { return o.name == f.name }) {
			return nil, fmt.Errorf("field %s is there twice", f.name)
		}
		all = append(all, f)
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("not a whole JSON object")
	}
	if dec.More() || len(bytes.TrimSpace(text[dec.InputOffset():])) > 0 {
		return nil, errors.New("something stands behind the JSON object")
	}
	return all, nil
}

// take returns the value of a field, nil for none, and the other fields.
func (fs fields) take(name string) (json.RawMessage, fields) {
	i := slices.IndexFunc(fs, func(f field) bool { return f.name == name })
	if i < 0 {
		return nil, fs
	}
	return fs[i].raw, slices.Concat(fs[:i], fs[i+1:])
}

func (fs fields) with(name, text string) fields {
	return append(slices.Clone(fs), field{name, mustQuote(text)})
}

func mustQuote(text string) json.RawMessage {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err) //nolint:forbidigo // a string can always be printed
	}
	return raw
}

// mustJoin prints a document; own goes into its field "cdc".
func mustJoin(doc, own fields) []byte {
	if len(own) > 0 {
		doc = append(slices.Clone(doc), field{ownField, mustQuote(string(mustPrint(own)))})
	}
	return mustPrint(doc)
}

func mustPrint(fs fields) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(mustQuote(f.name))
		b.WriteByte(':')
		if err := json.Compact(&b, f.raw); err != nil {
			panic(err) //nolint:forbidigo // it was read as JSON
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}
