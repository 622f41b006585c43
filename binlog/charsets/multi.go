package charsets

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// multiByte decodes a character set of East Asia, in which a byte from 0x80 on
// may begin a character of two to four bytes. Its tables are those of package
// encoding, save where the servers have another character (runsOf). They are
// never written to after they are made. A zero stands for no character.
type multiByte struct {
	// singles hold the characters of one byte from 0x80 on, pairs those of two:
	// 256 for each first byte from 0x80 on.
	singles [128]uint16
	pairs   []uint16
	// leads is true for a first byte (less 0x80) of a character of two bytes.
	leads [128]bool
	// triples hold the characters that begin with 0x8f in the sets of Unix, 128
	// for each second byte from 0x80 on.
	triples []uint16
	// quads hold the characters of four bytes of GB 18030 that lie in the basic
	// plane, in order.
	quads []uint16
}

const (
	quadsInPlane = 39_420  // of GB 18030 in the basic plane
	quadsBeyond  = 189_000 // where those of the other planes begin
	eucTriple    = 0x8f
)

// isMultiByte reports whether a character set is one of multiByte.
func isMultiByte(charset string) bool { return packageEncoding(charset) != nil }

func packageEncoding(charset string) encoding.Encoding {
	switch charset {
	case "gbk", "gb2312":
		return simplifiedchinese.GBK
	case "gb18030":
		return simplifiedchinese.GB18030
	case "big5":
		return traditionalchinese.Big5
	case "sjis", "cp932":
		return japanese.ShiftJIS
	case "ujis", "eucjpms":
		return japanese.EUCJP
	case "euckr":
		return korean.EUCKR
	default:
		return nil
	}
}

// Tables keeps the tables of the large character sets, each of which is made when
// it is first wanted. The zero Tables has none yet.
type Tables struct {
	mu   sync.Mutex
	sets map[string]*multiByte
}

func (m *Tables) get(charset string) *multiByte {
	m.mu.Lock()
	defer m.mu.Unlock()
	set := m.sets[charset]
	if set == nil {
		set = newMultiByte(charset)
		if m.sets == nil {
			m.sets = map[string]*multiByte{}
		}
		m.sets[charset] = set
	}
	return set
}

func newMultiByte(charset string) *multiByte {
	b := tableBuilder{decoder: packageEncoding(charset).NewDecoder()}
	m := &multiByte{pairs: make([]uint16, 128*256)}
	shift := charset == "sjis" || charset == "cp932"
	for lead := range 128 {
		m.leads[lead] = lead > 0 && lead < 0x7f && (!shift || lead <= 0x1f || lead >= 0x60)
		if m.singles[lead] = b.char(byte(lead) | 0x80); !m.leads[lead] {
			continue
		}
		for trail := 0x40; trail < 256; trail++ {
			m.pairs[lead<<8|trail] = b.char(byte(lead)|0x80, byte(trail))
		}
	}
	switch charset {
	case "ujis", "eucjpms":
		m.triples = make([]uint16, 128*128)
		for i := range m.triples {
			m.triples[i] = b.char(eucTriple, byte(i>>7)|0x80, byte(i&0x7f)|0x80)
		}
	case "gb18030":
		m.quads = make([]uint16, quadsInPlane)
		for i := range m.quads {
			m.quads[i] = b.char(byte(0x81+i/12600), byte(0x30+i/1260%10), byte(0x81+i/10%126), byte(0x30+i%10))
		}
		const smallM = 7457 // 81 35 f4 37: its character has moved since the servers' version
		m.quads[smallM] = 0xe7c7
	}
	for _, r := range runsOf(charset) {
		m.put(r)
	}
	return m
}

func (m *multiByte) put(r codeRun) {
	for i := range r.count {
		code := int(r.first) + i
		char := uint16(r.char) + uint16(i)
		if code > 0xffff {
			m.triples[(code>>8&0x7f)<<7|code&0x7f] = char
		} else {
			m.pairs[code&0x7fff] = char
		}
	}
}

// tableBuilder asks package encoding for one character at a time.
type tableBuilder struct {
	decoder  *encoding.Decoder
	src, dst [8]byte
}

// char returns the character of some bytes; 0 when they aren't one of the basic
// plane.
func (b *tableBuilder) char(code ...byte) uint16 {
	b.decoder.Reset()
	n := copy(b.src[:], code)
	written, read, err := b.decoder.Transform(b.dst[:], b.src[:n], true)
	r, size := utf8.DecodeRune(b.dst[:written])
	if err != nil || read != n || size != written || r == utf8.RuneError || r > 0xffff {
		return 0
	}
	return uint16(r)
}

// append appends text as UTF-8. ok is false when some bytes aren't a character;
// U+FFFD stands for each of them.
func (m *multiByte) append(dst, src []byte) (text []byte, ok bool) {
	ok = true
	for len(src) > 0 {
		n := plainASCII(src)
		dst = append(dst, src[:n]...)
		if src = src[n:]; len(src) == 0 {
			break
		}
		char, size := m.char(src)
		if char == 0 {
			char, ok = utf8.RuneError, false
		}
		dst = utf8.AppendRune(dst, char)
		src = src[size:]
	}
	return dst, ok
}

// char returns the character at the start of src, which isn't ASCII, and its
// size; 0 when there is none, with the bytes to pass over.
func (m *multiByte) char(src []byte) (char rune, size int) {
	lead := src[0] & 0x7f
	if m.triples != nil && src[0] == eucTriple {
		if len(src) < 3 || src[1] < 0x80 || src[2] < 0x80 {
			return 0, 1
		}
		return rune(m.triples[int(src[1]&0x7f)<<7|int(src[2]&0x7f)]), 3
	}
	if !m.leads[lead] {
		return rune(m.singles[lead]), 1
	}
	if len(src) < 2 {
		return 0, 1
	}
	if m.quads != nil && src[1] <= '9' {
		return m.quad(src)
	}
	if char = rune(m.pairs[int(lead)<<8|int(src[1])]); char == 0 && src[1] < utf8.RuneSelf {
		return 0, 1
	}
	return char, 2
}

func (m *multiByte) quad(src []byte) (char rune, size int) {
	if len(src) < 4 || src[1] < '0' || src[2] < 0x81 || src[2] == 0xff || src[3] < '0' || src[3] > '9' {
		return 0, 1
	}
	i := ((int(src[0]-0x81)*10+int(src[1]-'0'))*126+int(src[2]-0x81))*10 + int(src[3]-'0')
	switch {
	case i < quadsInPlane:
		return rune(m.quads[i]), 4
	case i >= quadsBeyond && i-quadsBeyond <= utf8.MaxRune-0x10000:
		return rune(i - quadsBeyond + 0x10000), 4
	default:
		return 0, 4
	}
}
