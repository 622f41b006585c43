package pgwal

import (
	"bytes"
	"unicode/utf8"

	"cdc/event"
)

const errHstore textError = "the text is not an hstore"

// hstoreReader reads the text of hstore: "key"=>"value", "other"=>NULL.
type hstoreReader struct {
	plain []byte
	items []event.Value
}

func hstoreCell() textCell { return new(hstoreReader).cell }

func (h *hstoreReader) cell(b *event.Batch, raw []byte) (event.Value, error) {
	if !utf8.Valid(raw) {
		return event.Value{}, errUTF8
	}
	at := len(b.Arena)
	h.items = h.items[:0]
	for len(raw) > 0 {
		var ok bool
		if raw, ok = h.pair(b, raw); !ok {
			b.Arena = b.Arena[:at]
			return event.Value{}, errHstore
		}
	}
	v := b.PutList(at, h.items)
	if cap(h.items) > maxKept {
		h.items = nil
	}
	return v, nil
}

// pair reads one key with its value, and the comma behind it when more follows.
func (h *hstoreReader) pair(b *event.Batch, p []byte) (rest []byte, ok bool) {
	if p, ok = h.text(b, p); !ok {
		return nil, false
	}
	if p, ok = bytes.CutPrefix(p, []byte("=>")); !ok {
		return nil, false
	}
	if after, null := bytes.CutPrefix(p, []byte("NULL")); null {
		h.items = append(h.items, event.Null)
		p = after
	} else if p, ok = h.text(b, p); !ok {
		return nil, false
	}
	if len(p) == 0 {
		return nil, true
	}
	p, ok = bytes.CutPrefix(p, []byte(", "))
	return p, ok && len(p) > 0
}

func (h *hstoreReader) text(b *event.Batch, p []byte) (rest []byte, ok bool) {
	if len(p) == 0 || p[0] != '"' {
		return nil, false
	}
	text, rest, plain, ok := cutQuoted(p[1:], h.plain)
	h.plain = plain
	if ok {
		h.items = append(h.items, b.Put(event.KindString, text))
	}
	return rest, ok
}
