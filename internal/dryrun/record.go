package dryrun

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"cdc/event"
)

// Record is a record that would be sent.
type Record struct {
	Topic string
	// Partition is nil where the key (or what stands for it) chooses.
	Partition *int
	// Key and Value are nil where there is none.
	Key, Value []byte
	Headers    []Header
	// Millis is the timestamp, 0 for that of the moment.
	Millis int64
}

// Header is a header of a record; Value is nil for none.
type Header struct {
	Name  string
	Value []byte
}

// Records copies the records of a frame.
func Records(f *event.Frame) []Record {
	list := make([]Record, len(f.Records))
	for i := range f.Records {
		from, to := &f.Records[i], &list[i]
		to.Topic, to.Millis = from.Target.Topic, from.Millis
		to.Key, to.Value = clone(f.Key(i)), clone(f.Value(i))
		if n := int(from.Partition); n > 0 {
			n--
			to.Partition = &n
		}
		if name, value, ok := f.KeyHeader(i); ok {
			to.Headers = append(to.Headers, Header{name, clone(value)})
		}
		for _, h := range f.Headers[from.HeadersAt:from.HeadersEnd] {
			header := Header{Name: h.Key}
			if !h.Null {
				header.Value = clone(f.Buf[h.At:h.End])
			}
			to.Headers = append(to.Headers, header)
		}
	}
	return list
}

// clone copies p; an empty slice stays one that isn't nil.
func clone(p []byte) []byte {
	if p == nil {
		return nil
	}
	return append([]byte{}, p...)
}

// AppendJSON prints the record as one JSON object: topic, partition, timestamp,
// key, value and headers. Keys and values, which are JSON, stand as they are.
func (r *Record) AppendJSON(b []byte) []byte {
	b = appendText(append(b, `{"topic":`...), r.Topic)
	if r.Partition != nil {
		b = strconv.AppendInt(append(b, `,"partition":`...), int64(*r.Partition), 10)
	}
	if r.Millis != 0 {
		b = strconv.AppendInt(append(b, `,"timestamp":`...), r.Millis, 10)
	}
	b = appendRaw(append(b, `,"key":`...), r.Key)
	b = appendRaw(append(b, `,"value":`...), r.Value)
	if len(r.Headers) > 0 {
		b = append(b, `,"headers":[`...)
		for i, h := range r.Headers {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(append(b, `{"name":`...), h.Name)
			b = append(b, `,"value":`...)
			if h.Value == nil {
				b = append(b, "null"...)
			} else {
				b = appendText(b, printable(h.Value))
			}
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendRaw prints JSON as it is, and anything else as text.
func appendRaw(b, p []byte) []byte {
	switch {
	case p == nil:
		return append(b, "null"...)
	case json.Valid(p):
		return append(b, p...)
	default:
		return appendText(b, printable(p))
	}
}

// printable is text as it is, and bytes that are none in quotes of Go.
func printable(p []byte) string {
	if utf8.Valid(p) {
		return string(p)
	}
	return strconv.QuoteToASCII(string(p))
}
