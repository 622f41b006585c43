package encode

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// hashing replaces a text by the hexadecimal digits of a hash of salt and text.
type hashing struct {
	salt []byte
	// sum appends the hash of p to b.
	sum func(b, p []byte) []byte
	// serialised: hashed is not the text, but what Java's ObjectOutputStream
	// makes of it (version 1).
	serialised bool
}

// newHashing compiles a mask. An error says which of its keys is wrong.
func newHashing(m *HashMask) (*hashing, error) {
	h := &hashing{salt: []byte(m.Salt.Reveal()), sum: hashOf(strings.ToUpper(m.Algorithm))}
	if h.sum == nil {
		return nil, fmt.Errorf("algorithm: %q isn't known; must be MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, SHA-512/224, SHA-512/256 or SHA3-224, SHA3-256, SHA3-384, SHA3-512", m.Algorithm)
	}
	switch m.Version {
	case "", "v2":
	case "v1":
		h.serialised = true
	default:
		return nil, fmt.Errorf("version: %q isn't known; must be v1 or v2", m.Version)
	}
	if len(m.Columns) == 0 {
		return nil, errors.New("columns: must name at least one column")
	}
	return h, nil
}

func hashOf(algorithm string) func(b, p []byte) []byte {
	switch algorithm {
	case "MD5":
		return func(b, p []byte) []byte { s := md5.Sum(p); return append(b, s[:]...) }
	case "SHA-1", "SHA1", "SHA":
		return func(b, p []byte) []byte { s := sha1.Sum(p); return append(b, s[:]...) }
	case "SHA-224":
		return func(b, p []byte) []byte { s := sha256.Sum224(p); return append(b, s[:]...) }
	case "SHA-256":
		return func(b, p []byte) []byte { s := sha256.Sum256(p); return append(b, s[:]...) }
	case "SHA-384":
		return func(b, p []byte) []byte { s := sha512.Sum384(p); return append(b, s[:]...) }
	case "SHA-512":
		return func(b, p []byte) []byte { s := sha512.Sum512(p); return append(b, s[:]...) }
	case "SHA-512/224":
		return func(b, p []byte) []byte { s := sha512.Sum512_224(p); return append(b, s[:]...) }
	case "SHA-512/256":
		return func(b, p []byte) []byte { s := sha512.Sum512_256(p); return append(b, s[:]...) }
	default:
		return sha3Of(algorithm)
	}
}

func sha3Of(algorithm string) func(b, p []byte) []byte {
	switch algorithm {
	case "SHA3-224":
		return func(b, p []byte) []byte { s := sha3.Sum224(p); return append(b, s[:]...) }
	case "SHA3-256":
		return func(b, p []byte) []byte { s := sha3.Sum256(p); return append(b, s[:]...) }
	case "SHA3-384":
		return func(b, p []byte) []byte { s := sha3.Sum384(p); return append(b, s[:]...) }
	case "SHA3-512":
		return func(b, p []byte) []byte { s := sha3.Sum512(p); return append(b, s[:]...) }
	default:
		return nil
	}
}

// apply replaces the text b[at:] by its hash. What is hashed and the hash lie
// behind the text for a moment, so that nothing is allocated.
func (h *hashing) apply(b []byte, at int) []byte {
	end := len(b)
	b = append(b, h.salt...)
	if h.serialised {
		b = appendSerialised(b, b[at:end])
	} else {
		b = append(b, b[at:end]...)
	}
	sum := len(b)
	b = h.sum(b, b[end:sum])
	size := len(b) - sum
	digits := len(b)
	b = hex.AppendEncode(b, b[sum:sum+size])
	return b[:at+copy(b[at:], b[digits:])]
}

// appendSerialised appends a text as Java's ObjectOutputStream writes a String.
func appendSerialised(b, text []byte) []byte {
	b = append(b, 0xac, 0xed, 0, 5) // magic, version
	size := modifiedLen(text)
	if size <= math.MaxUint16 {
		b = append(b, 't')
		b = binary.BigEndian.AppendUint16(b, uint16(size))
	} else {
		b = append(b, '|')
		b = binary.BigEndian.AppendUint64(b, uint64(size))
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == 0:
			b = append(b, 0xc0, 0x80)
		case r > 0xffff:
			r -= 0x10000
			b = appendUnit(appendUnit(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
		default:
			b = utf8.AppendRune(b, r)
		}
		i += n
	}
	return b
}

// appendUnit appends half a surrogate pair in three bytes.
func appendUnit(b []byte, r rune) []byte {
	return append(b, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0xbf, 0x80|byte(r)&0x3f)
}

// modifiedLen is how many bytes a text takes in Java's modified UTF-8.
func modifiedLen(text []byte) int {
	size := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == 0:
			size += 2
		case r > 0xffff:
			size += 6
		default:
			size += utf8.RuneLen(r)
		}
		i += n
	}
	return size
}
