package charsets

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Transcoder turns text of a character set into UTF-8 and appends it. The zero
// transcoder is that of UTF-8 itself.
type Transcoder struct {
	// high holds the characters of the bytes from 0x80 on, low the few below that
	// aren't ASCII.
	high *[128]rune
	low  *[128]rune
	// wide appends text of a set of two or four bytes a character.
	wide  func(dst, src []byte) ([]byte, bool)
	multi *multiByte
}

// Known reports whether there is a transcoder of the character set.
func Known(charset string) bool {
	switch charset {
	case "utf8mb4", "utf8mb3", "ascii", "swe7":
		return true
	}
	return wideAppender(charset) != nil || isMultiByte(charset) || highHalf(charset) != ""
}

// Transcoder makes the transcoder of a character set that is Known.
func (m *Tables) Transcoder(charset string) *Transcoder {
	t := new(Transcoder)
	switch charset {
	case "utf8mb4", "utf8mb3", "ascii": // the server, too, copies what it has let into an ascii column
		return t
	case "swe7":
		t.high, t.low = new([128]rune), swedish()
		return t
	}
	if t.wide = wideAppender(charset); t.wide != nil {
		return t
	}
	if isMultiByte(charset) {
		t.multi = m.get(charset)
		return t
	}
	high := [128]rune([]rune(highHalf(charset)))
	for i, r := range high {
		if r == '?' || r == utf8.RuneError { // no character
			high[i] = 0
		}
	}
	t.high = &high
	return t
}

func swedish() *[128]rune {
	low := new([128]rune)
	for i := range low {
		low[i] = rune(i)
	}
	for i, r := range map[byte]rune{'@': 'É', '[': 'Ä', '\\': 'Ö', ']': 'Å', '^': 'Ü', '`': 'é', '{': 'ä', '|': 'ö', '}': 'å', '~': 'ü'} {
		low[i] = r
	}
	return low
}

// Same reports whether text is in the log as it is handed on.
func (t *Transcoder) Same() bool { return t.high == nil && t.wide == nil && t.multi == nil }

// Append appends src as UTF-8. ok is false when some bytes aren't a character of
// the set: U+FFFD stands for them then, as it does in Debezium.
func (t *Transcoder) Append(dst, src []byte) (text []byte, ok bool) {
	switch {
	case t.high != nil:
		return t.bytewise(dst, src)
	case t.wide != nil:
		return t.wide(dst, src)
	case t.multi != nil:
		return t.multi.append(dst, src)
	case utf8.Valid(src):
		return append(dst, src...), true
	default:
		return appendMended(dst, src), false
	}
}

func (t *Transcoder) bytewise(dst, src []byte) (text []byte, ok bool) {
	ok = true
	for len(src) > 0 {
		if t.low == nil {
			n := plainASCII(src)
			dst = append(dst, src[:n]...)
			if src = src[n:]; len(src) == 0 {
				break
			}
		}
		var r rune
		if c := src[0]; c >= utf8.RuneSelf {
			r = t.high[c-utf8.RuneSelf]
			if r == 0 {
				r, ok = utf8.RuneError, false
			}
		} else {
			r = t.low[c]
		}
		dst = utf8.AppendRune(dst, r)
		src = src[1:]
	}
	return dst, ok
}

// plainASCII counts the bytes before one that isn't ASCII.
func plainASCII(p []byte) int {
	const tops = 0x8080808080808080
	n := 0
	for len(p)-n >= 8 && binary.LittleEndian.Uint64(p[n:])&tops == 0 {
		n += 8
	}
	for n < len(p) && p[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// IsASCII reports whether all bytes are.
func IsASCII(p []byte) bool {
	const tops = 0x8080808080808080
	n := len(p)
	if n < 8 {
		var all byte
		for _, c := range p {
			all |= c
		}
		return all < utf8.RuneSelf
	}
	all := binary.LittleEndian.Uint64(p[n-8:]) // the rest, and what it needs to be eight
	for ; len(p) >= 8; p = p[8:] {
		all |= binary.LittleEndian.Uint64(p)
	}
	return all&tops == 0
}

// appendMended appends text that isn't UTF-8 all through, with U+FFFD for each
// run of bytes that begins a character and doesn't end it.
func appendMended(dst, src []byte) []byte {
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 && !utf8.FullRune(src[:1]) {
			for n < len(src) && !utf8.FullRune(src[:n+1]) {
				n++
			}
		}
		dst = utf8.AppendRune(dst, r)
		src = src[n:]
	}
	return dst
}

func wideAppender(charset string) func(dst, src []byte) ([]byte, bool) {
	switch charset {
	case "utf16", "ucs2":
		return func(dst, src []byte) ([]byte, bool) { return appendUnits(dst, src, binary.BigEndian) }
	case "utf16le":
		return func(dst, src []byte) ([]byte, bool) { return appendUnits(dst, src, binary.LittleEndian) }
	case "utf32":
		return appendUTF32
	default:
		return nil
	}
}

func appendUnits(dst, src []byte, order binary.ByteOrder) (text []byte, ok bool) {
	ok = len(src)%2 == 0
	for len(src) >= 2 {
		r := rune(order.Uint16(src))
		src = src[2:]
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if len(src) >= 2 {
				pair = utf16.DecodeRune(r, rune(order.Uint16(src)))
			}
			if r = pair; r == utf8.RuneError {
				ok = false
			} else {
				src = src[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	if len(src) > 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst, ok
}

func appendUTF32(dst, src []byte) (text []byte, ok bool) {
	ok = len(src)%4 == 0
	for ; len(src) >= 4; src = src[4:] {
		r := rune(binary.BigEndian.Uint32(src))
		ok = ok && utf8.ValidRune(r)
		dst = utf8.AppendRune(dst, r)
	}
	if len(src) > 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst, ok
}
