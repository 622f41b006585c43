package values

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"sync"

	"cdc/event"
)

// Hashing turns values into the hexadecimal text of a hash. It is safe for
// concurrent use: each worker takes a state of its own.
type Hashing struct{ states sync.Pool }

// hashState is a hash with its key, and room for a sum and for the text of a value.
type hashState struct {
	hash hash.Hash
	sum  []byte
	text []byte
}

// NewHashing makes one: hmac-sha256, hmac-sha512 or sha256.
func NewHashing(algorithm string, secret []byte) *Hashing {
	h := &Hashing{}
	h.states.New = func() any {
		s := &hashState{sum: make([]byte, 0, sha512.Size)}
		switch algorithm {
		case "sha256":
			s.hash = sha256.New()
		case "hmac-sha512":
			s.hash = hmac.New(sha512.New, secret)
		default:
			s.hash = hmac.New(sha256.New, secret)
		}
		return s
	}
	return h
}

// Change is the hash of a value: of its bytes, or of the text that a cast to string
// makes of it.
func (h *Hashing) Change(t event.Type) Change {
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		s, _ := h.states.Get().(*hashState)
		defer h.states.Put(s)
		text, err := s.of(b, v, &t)
		if err != nil {
			return v, err
		}
		s.hash.Reset()
		s.hash.Write(text)
		s.sum = s.hash.Sum(s.sum[:0])
		at := len(b.Arena)
		b.Arena = hex.AppendEncode(b.Arena, s.sum)
		return event.Text(event.KindString, at, len(b.Arena)-at), nil
	}
}

func (s *hashState) of(b *event.Batch, v event.Value, t *event.Type) ([]byte, error) {
	if v.HasText() && v.Kind() != event.KindList {
		return b.Bytes(v), nil
	}
	var err error
	s.text, err = AppendText(s.text[:0], b.Arena, v, t)
	return s.text, err
}
