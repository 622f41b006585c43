package connect

import (
	"encoding/binary"
	"unicode/utf8"
)

const hexDigits = "0123456789ABCDEF"

// AppendString appends s as a JSON string with the escapes of Kafka's
// JsonConverter: quote, backslash, control characters (upper-case hex) and, as
// two surrogates, characters beyond the basic plane. Bytes that are not UTF-8
// become U+FFFD.
func AppendString(b, s []byte) []byte {
	b, _ = AppendText(b, s)
	return b
}

// AppendText is AppendString, and reports whether s is UTF-8.
func AppendText(b, s []byte) (text []byte, valid bool) {
	valid = true
	b = append(b, '"')
	done := 0 // s[:done] is in b
	for i := 0; i < len(s); {
		if len(s)-i >= 8 && allPlain(binary.LittleEndian.Uint64(s[i:])) {
			i += 8
			continue
		}
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[i:])
			if n == 1 || r > 0xffff {
				valid = valid && n > 1
				b = append(b, s[done:i]...)
				b, n = appendUnusual(b, s[i:], r, n)
				done = i + n
			}
			i += n
			continue
		}
		if c < ' ' || c == '"' || c == '\\' {
			b = append(b, s[done:i]...)
			b = AppendEscape(b, c)
			done = i + 1
		}
		i++
	}
	b = append(b, s[done:]...)
	return append(b, '"'), valid
}

// allPlain reports whether none of the eight bytes is a control character, a
// quote, a backslash or beyond ASCII.
func allPlain(x uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote := x ^ ones*'"'
	slash := x ^ ones*'\\'
	// A borrow reaches the top bit of a byte below the bound, or of one above
	// it in error, which only costs the slow path.
	return (x|(x-ones*' ')|(quote-ones)|(slash-ones))&tops == 0
}

// AppendEscape appends c, a quote, a backslash or a control character, with its
// escape.
func AppendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	default:
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}

// appendUnusual appends the character at the start of s that isn't to stand as
// it is, and returns its length in s. r and n are what utf8.DecodeRune said.
func appendUnusual(b, s []byte, r rune, n int) ([]byte, int) {
	if n == 1 {
		return append(b, "\uFFFD"...), malformed(s)
	}
	r -= 0x10000
	b = appendHex(b, 0xd800+uint16(r>>10))
	return appendHex(b, 0xdc00+uint16(r&0x3ff)), n
}

func appendHex(b []byte, u uint16) []byte {
	return append(b, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}

// malformed returns how many bytes of s, which begins with a byte that starts
// no character, one U+FFFD stands for. As in Java: the longest run that could
// have begun a character, and a surrogate of three bytes as a whole.
func malformed(s []byte) int {
	want := 0
	low, high := byte(0x80), byte(0xbf)
	switch c := s[0]; {
	case c >= 0xc2 && c <= 0xdf:
		want = 2
	case c >= 0xe0 && c <= 0xef:
		want = 3
		if c == 0xe0 {
			low = 0xa0
		}
	case c >= 0xf0 && c <= 0xf4:
		want = 4
		if c == 0xf0 {
			low = 0x90
		} else if c == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for n < want && n < len(s) && s[n] >= low && s[n] <= high {
		low, high = 0x80, 0xbf
		n++
	}
	return n
}

// AppendUTF8 appends s with everything that isn't UTF-8 as U+FFFD.
func AppendUTF8(b, s []byte) []byte {
	if utf8.Valid(s) {
		return append(b, s...)
	}
	for len(s) > 0 {
		_, n := utf8.DecodeRune(s)
		if n == 1 && s[0] >= utf8.RuneSelf {
			n = malformed(s)
			b = append(b, "\uFFFD"...)
		} else {
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return b
}
