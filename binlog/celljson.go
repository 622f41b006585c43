package binlog

import (
	"errors"

	"cdc/binlog/jsonb"
	"cdc/event"
)

// readJSON prints a document. An empty value, which only an old or lenient server
// writes, isn't one.
func readJSON(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	if len(p) == 0 {
		if c.zero.IsNull() {
			return event.Null, true
		}
		return b.Put(event.KindJSON, []byte("{}")), true
	}
	text, err := c.printer.Append(b.Arena, p)
	return c.document(b, text, err)
}

// readPatch applies changes to the document that the row held before, and prints
// what comes of it. Without that document the value isn't known.
func (c *cell) readPatch(b *event.Batch, patch []byte) (event.Value, bool) {
	if c.before == nil {
		return event.Unavailable, true
	}
	text, err := jsonb.AppendPatched(b.Arena, c.before, patch)
	return c.document(b, text, err)
}

// parseJSON reads a document of the text protocol.
func (t *textReader) parseJSON(b *event.Batch, raw []byte) (event.Value, bool) {
	text, err := t.json.Append(b.Arena, raw)
	return t.document(b, text, err)
}

// document takes the arena with a document behind it, or why there is none.
func (c *cell) document(b *event.Batch, arena []byte, err error) (event.Value, bool) {
	if err != nil {
		return c.noDocument(err)
	}
	at := len(b.Arena)
	b.Arena = arena
	return event.Text(event.KindJSON, at, len(arena)-at), true
}

func (c *cell) noDocument(err error) (event.Value, bool) {
	if errors.Is(err, jsonb.ErrDepth) {
		c.fault = faultDepth
	}
	return event.Value{}, false
}
