package encode

import (
	"bytes"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// Headers returns the headers that every data record carries, in order, as the
// format of headers writes them. When a record has a key header, that one comes
// before them. connector and name are those of Config; runID is a UUID, new for
// every run of a pipeline.
func (f Format) Headers(connector, name, runID string) []event.Header {
	const prefix = "__debezium.context."
	return []event.Header{
		{Key: prefix + "connectorLogicalName", Value: f.headerText(name)},
		{Key: prefix + "taskId", Value: f.headerText("0")},
		{Key: prefix + "connectorName", Value: f.headerText(connector)},
		{Key: prefix + "runId", Value: f.headerText(runID)},
	}
}

func (f Format) headerText(text string) []byte {
	switch f.Header {
	case FormatJSON:
		return appendString(nil, []byte(text))
	case FormatJSONSchema:
		wrap := wrapSchema(connect.Of(connect.String))
		return append(appendString(wrap.before, []byte(text)), wrap.after...)
	default:
		return []byte(text)
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
