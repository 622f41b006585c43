package jsonb

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"

	"cdc/binlog/decimal"
)

// MySQL's binary JSON. Objects and arrays begin with their number of elements
// and their size; then come the entries of keys and values, which hold small
// values themselves and the offsets of others.
// https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html

const (
	typeSmallObject = 0
	typeLargeObject = 1
	typeSmallArray  = 2
	typeLargeArray  = 3
	typeLiteral     = 4
	typeInt16       = 5
	typeUint16      = 6
	typeInt32       = 7
	typeUint32      = 8
	typeInt64       = 9
	typeUint64      = 10
	typeDouble      = 11
	typeString      = 12
	typeOpaque      = 15
)

// MaxDepth is the number of levels that MySQL allows.
const MaxDepth = 100

var (
	// ErrDamaged says that the bytes, or the text, can't be a document.
	ErrDamaged = errors.New("not a JSON document")
	// ErrDepth says that a document has more levels than MaxDepth.
	ErrDepth = errors.New("JSON of more than 100 levels")
)

// Printer prints binary documents, one after the other. The zero Printer is ready.
type Printer struct{ p printer }

// Append appends a document as Debezium prints it from the log: compact, keys in
// the order in which they are stored. It allocates nothing but room in dst.
func (p *Printer) Append(dst, doc []byte) (text []byte, err error) {
	if len(doc) == 0 {
		return nil, ErrDamaged
	}
	p.p.dst, p.p.budget, p.p.deep = dst, 2*len(doc), false
	return p.p.done(p.p.value(doc[0], doc[1:], 1))
}

// printer prints values. No two values of a real document share bytes, so what is
// printed is paid for from a budget of a byte for each byte of the document, and
// one for each value: bytes made to refer to the same value again and again would
// print without end.
type printer struct {
	dst    []byte
	budget int
	deep   bool // the document has too many levels
	groups decimal.Room
}

// done returns what was printed, or why it couldn't be.
func (p *printer) done(ok bool) (text []byte, err error) {
	text, p.dst = p.dst, nil
	if !ok {
		return nil, p.fault()
	}
	return text, nil
}

func (p *printer) fault() error {
	if p.deep {
		return ErrDepth
	}
	return ErrDamaged
}

func (p *printer) pay(bytes int) bool {
	p.budget -= bytes
	return p.budget >= 0
}

// value prints the value of that type at the start of data.
func (p *printer) value(typ byte, data []byte, depth int) bool {
	if !p.pay(1) {
		return false
	}
	switch typ {
	case typeSmallObject, typeLargeObject, typeSmallArray, typeLargeArray:
		if depth > MaxDepth {
			p.deep = true
			return false
		}
		return p.container(typ, data, depth)
	case typeString:
		text, ok := sized(data)
		if ok = ok && p.pay(len(text)); ok {
			p.dst = appendString(p.dst, text)
		}
		return ok
	case typeOpaque:
		return p.opaque(data)
	default:
		return p.scalar(typ, data)
	}
}

func (p *printer) scalar(typ byte, data []byte) bool {
	size := scalarSize(typ)
	if size == 0 || len(data) < size {
		return false
	}
	var u uint64
	for i, c := range data[:size] {
		u |= uint64(c) << (8 * i)
	}
	switch typ {
	case typeLiteral:
		if u > 2 {
			return false
		}
		p.dst = append(p.dst, [...]string{"null", "true", "false"}[u]...)
	case typeInt16:
		p.dst = strconv.AppendInt(p.dst, int64(int16(u)), 10)
	case typeInt32:
		p.dst = strconv.AppendInt(p.dst, int64(int32(u)), 10)
	case typeInt64:
		p.dst = strconv.AppendInt(p.dst, int64(u), 10)
	case typeUint16, typeUint32, typeUint64:
		p.dst = strconv.AppendUint(p.dst, u, 10)
	default:
		return p.double(u)
	}
	return true
}

// container prints an object or an array.
func (p *printer) container(typ byte, data []byte, depth int) bool {
	c, ok := openContainer(typ, data)
	if !ok || !p.pay(c.header) {
		return false
	}
	open, end := byte('['), byte(']')
	if c.keyed {
		open, end = '{', '}'
	}
	p.dst = append(p.dst, open)
	for i := range c.count {
		if i > 0 {
			p.dst = append(p.dst, ',')
		}
		if c.keyed {
			key, ok := c.key(i)
			if !ok || !p.pay(len(key)) {
				return false
			}
			p.dst = append(appendString(p.dst, key), ':')
		}
		typ, value, ok := c.element(i)
		if !ok || !p.value(typ, value, depth+1) {
			return false
		}
	}
	p.dst = append(p.dst, end)
	return true
}

// container is an object or array whose entries are known to be there.
type container struct {
	data   []byte
	count  int
	width  int // of an offset: 2 or 4
	header int // bytes of count, size and entries
	keyed  bool
}

func openContainer(typ byte, data []byte) (c container, ok bool) {
	c.keyed = typ == typeSmallObject || typ == typeLargeObject
	c.width = 2
	if typ == typeLargeObject || typ == typeLargeArray {
		c.width = 4
	}
	if len(data) < 2*c.width {
		return c, false
	}
	c.count = c.offset(data)
	size := c.offset(data[c.width:])
	if size > len(data) || c.count > size {
		return c, false
	}
	c.header = 2*c.width + c.count*(1+c.width)
	if c.keyed {
		c.header += c.count * (2 + c.width)
	}
	c.data = data[:size]
	return c, c.header <= size
}

func (c *container) offset(p []byte) int {
	if c.width == 2 {
		return int(binary.LittleEndian.Uint16(p))
	}
	return int(binary.LittleEndian.Uint32(p))
}

func (c *container) key(i int) (key []byte, ok bool) {
	entry := c.data[2*c.width+i*(2+c.width):]
	start := c.offset(entry)
	end := start + int(binary.LittleEndian.Uint16(entry[c.width:]))
	if start < c.header || end > len(c.data) {
		return nil, false
	}
	return c.data[start:end], true
}

// element returns the type of value i and the bytes at which it begins.
func (c *container) element(i int) (typ byte, value []byte, ok bool) {
	at := c.header - (c.count-i)*(1+c.width)
	typ, entry := c.data[at], c.data[at+1:at+1+c.width]
	switch typ {
	case typeLiteral, typeInt16, typeUint16:
		return typ, entry, true
	case typeInt32, typeUint32:
		if c.width == 4 {
			return typ, entry, true
		}
	}
	start := c.offset(entry)
	if start < c.header || start > len(c.data) {
		return 0, nil, false
	}
	return typ, c.data[start:], true
}

// sized cuts off bytes that follow their length, which has seven bits a byte,
// the lowest first.
func sized(data []byte) (text []byte, ok bool) {
	var size uint64
	for i := 0; i < len(data) && i < 5; i++ {
		size |= uint64(data[i]&0x7f) << (7 * i)
		if data[i]&0x80 == 0 {
			data = data[i+1:]
			if size > uint64(len(data)) {
				return nil, false
			}
			return data[:size], true
		}
	}
	return nil, false
}

const hexDigits = "0123456789ABCDEF"

func appendString(dst, text []byte) []byte {
	dst = append(dst, '"')
	return append(appendEscaped(dst, text), '"')
}

// appendEscaped is what stands between the quotes.
func appendEscaped(dst, text []byte) []byte {
	for len(text) > 0 {
		n := plainPrefix(text)
		dst = append(dst, text[:n]...)
		if text = text[n:]; len(text) == 0 {
			break
		}
		switch c := text[0]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		text = text[1:]
	}
	return dst
}

// plainPrefix counts the bytes before one that must be escaped.
func plainPrefix(text []byte) int {
	for i, c := range text {
		if c < 0x20 || c == '"' || c == '\\' {
			return i
		}
	}
	return len(text)
}

func appendBase64(dst, data []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, data)
	return append(dst, '"')
}
