package binlog

import (
	"encoding/hex"
	"unicode/utf8"

	"cdc/binlog/charsets"
	"cdc/event"
)

// readBytes takes the bytes of a binary column as they are.
func readBytes(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	return b.Put(c.kind, p), true
}

// readUTF8 takes text that is UTF-8 in the log.
func readUTF8(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	if !charsets.IsASCII(p) && !utf8.Valid(p) {
		return readText(c, b, p)
	}
	return b.Put(c.kind, p), true
}

func readText(c *cell, b *event.Batch, p []byte) (v event.Value, ok bool) {
	at := len(b.Arena)
	if b.Arena, ok = c.text.Append(b.Arena, p); !ok {
		c.fault = faultText
	}
	return event.Text(c.kind, at, len(b.Arena)-at), ok
}

// readBinary puts back the zero bytes that the server cuts off a BINARY.
func readBinary(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	at := len(b.Arena)
	b.Arena = append(b.Arena, p...)
	for len(b.Arena)-at < c.length {
		b.Arena = append(b.Arena, 0)
	}
	return event.Text(event.KindBytes, at, len(b.Arena)-at), true
}

func readUUID(_ *cell, b *event.Batch, p []byte) (event.Value, bool) {
	var id [16]byte
	if copy(id[:], p) < len(p) {
		return event.Value{}, false
	}
	at := len(b.Arena)
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b.Arena = append(b.Arena, '-')
		}
		b.Arena = hex.AppendEncode(b.Arena, part)
	}
	return event.Text(event.KindUUID, at, len(b.Arena)-at), true
}

func readBool(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Bool(p[0] != 0), true
}

// readBits turns the big-endian bits of the log around.
func readBits(_ *cell, b *event.Batch, p []byte) (event.Value, bool) {
	return putReversed(b, p), true
}

func putReversed(b *event.Batch, p []byte) event.Value {
	at := len(b.Arena)
	for i := range p {
		b.Arena = append(b.Arena, p[len(p)-1-i])
	}
	return event.Text(event.KindBits, at, len(p))
}

// readEnum reads the number of a member, from 1; 0 stands for a value that
// wasn't one.
func readEnum(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	i := littleUint(p)
	switch {
	case i == 0:
		return event.Text(event.KindString, len(b.Arena), 0), true
	case i > uint64(len(c.symbols)):
		return event.Value{}, false
	}
	return putSymbols(b, c.symbols[i-1:i], 1), true
}

func readSet(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	bits := littleUint(p)
	if n := len(c.symbols); n < 64 && bits>>n != 0 {
		return event.Value{}, false
	}
	return putSymbols(b, c.symbols, bits), true
}

// putSymbols joins the symbols whose bits are set with commas.
func putSymbols(b *event.Batch, symbols []string, bits uint64) event.Value {
	at := len(b.Arena)
	for i, s := range symbols {
		if bits&(1<<i) == 0 {
			continue
		}
		if len(b.Arena) > at {
			b.Arena = append(b.Arena, ',')
		}
		b.Arena = append(b.Arena, s...)
	}
	return event.Text(event.KindString, at, len(b.Arena)-at)
}
