package expr

import (
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"math"
	"strconv"
	"sync"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"cdc/event"
)

// mapped moves the letters from first to last to the other case.
func mapped(x *typed, first, last byte) *typed {
	if x == nil || x.kind != event.KindString {
		return nil
	}
	get := x.get
	return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
		v, err := inPlace(b, r, get, math.MaxInt)
		if err != nil {
			return v, err
		}
		p := v.Bytes(b.Arena)
		for i, c := range p {
			if c >= first && c <= last {
				p[i] = c ^ 0x20
			}
		}
		return v, nil
	}, event.KindString}
}

// inPlace gets a text and puts a copy of it at the end of the arena, unless it has
// been made there. The arena must not become longer than end.
func inPlace(b *event.Batch, r *event.Row, get reader, end int) (event.Value, error) {
	n := len(b.Arena)
	v, err := get(b, r)
	switch {
	case err != nil:
		return v, err
	case !v.HasText():
		return v, errNull
	case n+v.Len() > end:
		return v, errLarge
	case int(v.Int()) < n:
		b.Arena = append(b.Arena[:n], v.Bytes(b.Arena)...)
	default:
		copy(b.Arena[n:], v.Bytes(b.Arena))
		b.Arena = b.Arena[:n+v.Len()]
	}
	return event.Text(v.Kind(), n, v.Len()), nil
}

// concat compiles the concatenation of texts.
func (k *compiler) concat(a, b ast.Expr) *typed {
	parts := k.parts(k.parts(nil, a), b)
	for _, p := range parts {
		if p == nil || p.kind != event.KindString {
			return nil
		}
	}
	return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
		n := len(b.Arena)
		for _, p := range parts {
			if _, err := inPlace(b, r, p.get, n+maxText); err != nil {
				return event.Value{}, err
			}
		}
		return event.Text(event.KindString, n, len(b.Arena)-n), nil
	}, event.KindString}
}

// parts lists the texts that are concatenated.
func (k *compiler) parts(list []*typed, e ast.Expr) []*typed {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Add && k.fate(e).val == nil {
		args := e.AsCall().Args()
		return k.parts(k.parts(list, args[0]), args[1])
	}
	return append(list, k.value(e))
}

// printed is string(x).
func printed(x *typed) *typed {
	if x == nil {
		return nil
	}
	var add func(p []byte, arena []byte, v event.Value) []byte
	switch x.kind {
	case event.KindString:
		return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
			v, err := x.get(b, r)
			if err == nil && v.IsNull() {
				err = errNull
			}
			return v, err
		}, event.KindString}
	case event.KindInt:
		add = func(p, _ []byte, v event.Value) []byte { return strconv.AppendInt(p, v.Int(), 10) }
	case event.KindUint:
		add = func(p, _ []byte, v event.Value) []byte { return strconv.AppendUint(p, v.Uint(), 10) }
	case event.KindBool:
		add = func(p, _ []byte, v event.Value) []byte { return strconv.AppendBool(p, v.Bool()) }
	case event.KindDecimal:
		add = appendDecimal
	default:
		return nil
	}
	get := x.get
	return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
		v, err := get(b, r)
		switch {
		case err != nil:
			return v, err
		case v.IsNull():
			return v, errNull
		}
		at := len(b.Arena)
		b.Arena = add(b.Arena, b.Arena, v)
		return event.Text(event.KindString, at, len(b.Arena)-at), nil
	}, event.KindString}
}

func appendDecimal(p, arena []byte, v event.Value) []byte {
	if v.Kind() == event.KindDecimal {
		return decimal{unscaled: v.Int(), scale: v.Scale()}.append(p)
	}
	return append(p, v.Bytes(arena)...)
}

// hashed is the hexadecimal hash of a text or bytes.
func hashed(x *typed, sum func() hash.Hash) *typed {
	if x == nil || sum == nil || x.kind != event.KindString && x.kind != event.KindBytes {
		return nil
	}
	get, own := x.get, &hasher{Hash: sum()}
	return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
		n := len(b.Arena)
		v, err := get(b, r)
		switch {
		case err != nil:
			return v, err
		case !v.HasText():
			return v, errNull
		}
		if own.mu.TryLock() {
			b.Arena = own.append(b.Arena[:n], v.Bytes(b.Arena))
			own.mu.Unlock()
		} else { // another worker has it
			b.Arena = (&hasher{Hash: sum()}).append(b.Arena[:n], v.Bytes(b.Arena))
		}
		return event.Text(event.KindString, n, len(b.Arena)-n), nil
	}, event.KindString}
}

// hasher is a hash and room for its sum.
type hasher struct {
	mu sync.Mutex
	hash.Hash
	sum [sha512.Size]byte
}

func (h *hasher) append(dst, p []byte) []byte {
	h.Reset()
	h.Write(p)
	return hex.AppendEncode(dst, h.Sum(h.sum[:0]))
}
