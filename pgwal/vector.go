package pgwal

import (
	"bytes"

	"cdc/event"
)

const errVector textError = "the text is not a vector"

// vectorReader reads the texts of pgvector's types.
type vectorReader struct {
	bits  int // of an element
	items []event.Value
}

func vectorCell(bits int) textCell { return (&vectorReader{bits: bits}).dense }

func sparseCell() textCell { return (&vectorReader{bits: 64}).sparse }

// dense reads [1,2.5,-3].
func (r *vectorReader) dense(b *event.Batch, raw []byte) (event.Value, error) {
	if len(raw) < 2 || raw[0] != '[' || raw[len(raw)-1] != ']' {
		return event.Value{}, errVector
	}
	r.items = r.items[:0]
	for p, more := raw[1:len(raw)-1], len(raw) > 2; more; {
		var text []byte
		text, p, more = bytes.Cut(p, []byte{','})
		if !r.number(text) {
			return event.Value{}, errVector
		}
	}
	return r.put(b), nil
}

// sparse reads {1:0.5,7:-2}/9: index and value, then the number of dimensions.
func (r *vectorReader) sparse(b *event.Batch, raw []byte) (event.Value, error) {
	end := bytes.LastIndexByte(raw, '/')
	if end < 2 || raw[0] != '{' || raw[end-1] != '}' {
		return event.Value{}, errVector
	}
	dims, ok := parseInt(raw[end+1:])
	if !ok {
		return event.Value{}, errVector
	}
	r.items = append(r.items[:0], event.Int(dims))
	for p, more := raw[1:end-1], end > 2; more; {
		var pair []byte
		pair, p, more = bytes.Cut(p, []byte{','})
		index, value, _ := bytes.Cut(pair, []byte{':'})
		n, ok := parseInt(index)
		r.items = append(r.items, event.Int(n))
		if !ok || !r.number(value) {
			return event.Value{}, errVector
		}
	}
	return r.put(b), nil
}

func (r *vectorReader) number(text []byte) bool {
	f, ok := parseFloat(text, r.bits)
	if r.bits == 32 {
		r.items = append(r.items, event.Float32(float32(f)))
	} else {
		r.items = append(r.items, event.Float64(f))
	}
	return ok
}

func (r *vectorReader) put(b *event.Batch) event.Value {
	v := b.PutList(len(b.Arena), r.items)
	if cap(r.items) > maxKept {
		r.items = nil
	}
	return v
}
