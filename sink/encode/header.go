package encode

import (
	"bytes"

	"cdc/event"
)

// Headers returns the headers that every data record carries, in order. When a
// record has a key header, that one comes before them. connector and name are
// those of Config; runID is a UUID, new for every run of a pipeline.
func Headers(connector, name, runID string) []event.Header {
	const prefix = "__debezium.context."
	return []event.Header{
		{Key: prefix + "connectorLogicalName", Value: []byte(name)},
		{Key: prefix + "taskId", Value: []byte("0")},
		{Key: prefix + "connectorName", Value: []byte(connector)},
		{Key: prefix + "runId", Value: []byte(runID)},
	}
}

// appendSimpleString appends s quoted, with backslash and quote escaped and
// nothing else.
func appendSimpleString(b, s []byte) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		i := bytes.IndexAny(s, `"\`)
		if i < 0 {
			i = len(s)
		}
		b = appendUTF8(b, s[:i])
		if i < len(s) {
			b = append(b, '\\', s[i])
			i++
		}
		s = s[i:]
	}
	return append(b, '"')
}
