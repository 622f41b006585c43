package pgwal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"cdc/event"
)

const errArray textError = "the text is not an array"

// dimsError: a value has another number of dimensions than its column was
// declared with. PostgreSQL doesn't mind, but a schema has room for one number.
type dimsError struct{ have, declared int }

func (e *dimsError) Error() string {
	return fmt.Sprintf("the array has %d dimensions, its column was declared with %d, and only one number of them has room in a schema", e.have, e.declared)
}

// mendDims adds the statement that declares what a value has.
func mendDims(err error, s *event.Schema, column string) error {
	dims, ok := errors.AsType[*dimsError](err)
	c := s.Column(column)
	if !ok || c == nil || c.Type.Elem == nil {
		return err
	}
	elem := c.Type.Elem
	for elem.Logical == event.LogicalArray {
		elem = elem.Elem
	}
	return fmt.Errorf("%w; run: ALTER TABLE %s ALTER COLUMN %s TYPE %s%s, or leave the column out", err,
		quoteTable(s.Namespace, s.Table), quoteName(column), elem.Native, strings.Repeat("[]", dims.have))
}

// maxDims is how many dimensions PostgreSQL lets an array have.
const maxDims = 6

// element is the type of the elements of an array, nil for another type.
func (c *columnFact) element() *columnFact {
	if c.Elem != nil {
		return c.Elem
	}
	oid := elementOf(c.BaseOID)
	if oid == 0 {
		return nil
	}
	return &columnFact{
		Name: c.Name, TypeOID: oid, Mod: c.BaseMod, TypeName: typeOfOID(oid), BaseOID: oid, BaseMod: c.BaseMod,
		BaseName: nameOf(oid), MoneyDigits: c.MoneyDigits,
	}
}

// arrayType is the type of an array. An element that is an array of its own (a domain over one) has no form.
func (c *columnFact) arrayType() (event.Type, bool) {
	e := c.element()
	if e.element() != nil {
		return event.Type{}, false
	}
	elem, ok := e.baseType()
	if !ok {
		return event.Type{}, false
	}
	return c.nest(elem), true
}

// nest makes a list for each dimension that the column was declared with.
func (c *columnFact) nest(elem event.Type) event.Type {
	for range min(max(1, int(c.Dims)), maxDims) {
		inner := elem
		elem = event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: inner.Native + "[]", Elem: &inner}
	}
	return elem
}

// arrayReader reads the text of arrays. It keeps its buffers between values.
type arrayReader struct {
	read      textCell
	dims      int
	delimiter byte
	plain     []byte        // an element without its backslashes
	open      []event.Value // the elements of the lists that aren't closed yet
}

// maxKept is how many elements a buffer may have room for and still be kept.
const maxKept = 1 << 14

func arrayCell(t *event.Type, unfit unfitFunc) (textCell, error) {
	a := &arrayReader{dims: 1, delimiter: ','}
	elem := t.Elem
	for ; elem.Logical == event.LogicalArray; elem = elem.Elem {
		a.dims++
	}
	switch {
	case elem.Logical == event.LogicalGeometry, elem.Logical == event.LogicalGeography:
		a.delimiter = ':'
	case elem.Logical == event.LogicalUnknown && elem.Native == "box":
		a.delimiter = ';'
	}
	var err error
	a.read, err = compileText(elem, unfit)
	return a.cell, err
}

func (a *arrayReader) cell(b *event.Batch, raw []byte) (event.Value, error) {
	at := len(b.Arena)
	a.open = a.open[:0]
	raw = withoutBounds(raw)
	v, rest, err := a.list(b, raw, 1)
	if err == nil && len(rest) != 0 {
		err = errArray
	}
	if cap(a.open) > maxKept {
		a.open = nil
	}
	if err != nil {
		b.Arena = b.Arena[:at]
		if errors.Is(err, errDims) {
			err = &dimsError{min(dimsIn(raw), maxDims), a.dims}
		}
		return event.Value{}, err
	}
	return v, nil
}

// errDims is told apart from a text that is no array, and then a dimsError.
const errDims textError = "another number of dimensions"

// dimsIn counts the braces that an array begins with.
func dimsIn(raw []byte) int { return len(raw) - len(bytes.TrimLeft(raw, "{")) }

// withoutBounds takes off the "[0:2]=" before an array that doesn't begin at 1.
func withoutBounds(raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '[' {
		return raw
	}
	for i, c := range raw {
		switch {
		case c == '=':
			return raw[i+1:]
		case c-'0' > 9 && c != '[' && c != ']' && c != ':' && c != '-' && c != '+':
			return raw
		}
	}
	return raw
}

// list reads {…} of the dimension depth and returns what follows.
func (a *arrayReader) list(b *event.Batch, p []byte, depth int) (v event.Value, rest []byte, err error) {
	if len(p) < 2 || p[0] != '{' {
		return v, nil, errArray
	}
	at, first := len(b.Arena), len(a.open)
	p = p[1:]
	if p[0] == '}' { // it has no dimension at all, which fits each number of them
		if depth > 1 {
			return v, nil, errArray
		}
		return b.PutList(at, nil), p[1:], nil
	}
	for {
		if v, p, err = a.item(b, p, depth); err != nil {
			return v, nil, err
		}
		a.open = append(a.open, v)
		if len(p) == 0 {
			return v, nil, errArray
		}
		end := p[0]
		p = p[1:]
		switch {
		case end == '}':
			v = b.PutList(at, a.open[first:])
			a.open = a.open[:first]
			return v, p, nil
		case end != a.delimiter || len(p) == 0:
			return v, nil, errArray
		}
	}
}

// item reads one element of a list. p is not empty.
func (a *arrayReader) item(b *event.Batch, p []byte, depth int) (event.Value, []byte, error) {
	switch {
	case (p[0] == '{') != (depth < a.dims):
		return event.Value{}, nil, errDims
	case p[0] == '{':
		return a.list(b, p, depth+1)
	case p[0] == '"':
		return a.quoted(b, p[1:])
	}
	end := 0
	for end < len(p) && p[end] != a.delimiter && p[end] != '}' {
		if p[end] == '"' || p[end] == '\\' || p[end] == '{' {
			return event.Value{}, nil, errArray
		}
		end++
	}
	if end == 0 {
		return event.Value{}, nil, errArray
	}
	if string(p[:end]) == "NULL" {
		return event.Null, p[end:], nil
	}
	v, err := a.value(b, p[:end])
	return v, p[end:], err
}

// quoted reads an element up to its closing quote; p begins behind the first.
func (a *arrayReader) quoted(b *event.Batch, p []byte) (event.Value, []byte, error) {
	raw, rest, plain, ok := cutQuoted(p, a.plain)
	a.plain = plain
	if !ok {
		return event.Value{}, nil, errArray
	}
	v, err := a.value(b, raw)
	return v, rest, err
}

func (a *arrayReader) value(b *event.Batch, raw []byte) (event.Value, error) {
	v, err := a.read(b, raw)
	if err != nil {
		return v, fmt.Errorf("an element of the array: %w", err)
	}
	return v, nil
}

// cutQuoted reads up to a closing quote and undoes backslashes, with buf as the
// place for a text that has some. It returns the text, what follows the quote,
// and buf.
func cutQuoted(p, buf []byte) (text, rest, kept []byte, ok bool) {
	i := bytes.IndexAny(p, `"\`)
	if i >= 0 && p[i] == '"' {
		return p[:i], p[i+1:], buf, true
	}
	buf = buf[:0]
	for i >= 0 && p[i] == '\\' {
		if i+1 == len(p) {
			return nil, nil, buf, false
		}
		buf = append(append(buf, p[:i]...), p[i+1])
		p = p[i+2:]
		i = bytes.IndexAny(p, `"\`)
	}
	if i < 0 {
		return nil, nil, buf, false
	}
	buf = append(buf, p[:i]...)
	kept = buf
	if cap(buf) > event.MaxBatchBytes {
		kept = nil
	}
	return buf, p[i+1:], kept, true
}

// dimsOf keeps the number of dimensions of a declaration within bounds; the
// catalogue says 0 where nobody declared one.
func dimsOf(declared int32) int16 { return int16(min(max(declared, 0), maxDims)) }
