package binlog

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"

	"cdc/binlog/decimal"
	"cdc/event"
)

// MySQL's binary JSON. Objects and arrays begin with their number of elements
// and their size; then come the entries of keys and values, which hold small
// values themselves and the offsets of others.
// https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html

const (
	jsonSmallObject = 0
	jsonLargeObject = 1
	jsonSmallArray  = 2
	jsonLargeArray  = 3
	jsonLiteral     = 4
	jsonInt16       = 5
	jsonUint16      = 6
	jsonInt32       = 7
	jsonUint32      = 8
	jsonInt64       = 9
	jsonUint64      = 10
	jsonDouble      = 11
	jsonString      = 12
	jsonOpaque      = 15
)

// maxJSONDepth is what MySQL allows.
const maxJSONDepth = 100

// readJSON prints a document as Debezium prints it from the log: compact, keys
// in the order in which they are stored. An empty value, which only an old or
// lenient server writes, isn't a document.
func readJSON(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	at := len(b.Arena)
	if len(p) == 0 {
		if c.zero.IsNull() {
			return event.Null, true
		}
		return b.Put(event.KindJSON, []byte("{}")), true
	}
	printer := c.printer
	printer.dst, printer.budget, printer.deep = b.Arena, 2*len(p), false
	ok := printer.value(p[0], p[1:], 1)
	arena := printer.dst
	printer.dst = nil
	if !ok {
		if printer.deep {
			c.fault = faultDepth
		}
		return event.Value{}, false
	}
	b.Arena = arena
	return event.Text(event.KindJSON, at, len(b.Arena)-at), true
}

// jsonPrinter prints values. No two values of a real document share bytes, so
// what is printed is paid for from a budget of a byte for each byte of the
// document, and one for each value: bytes made to refer to the same value again
// and again would print without end.
type jsonPrinter struct {
	dst    []byte
	budget int
	deep   bool // the document has too many levels
	groups decimal.Room
}

func (p *jsonPrinter) pay(bytes int) bool {
	p.budget -= bytes
	return p.budget >= 0
}

// value prints the value of that type at the start of data.
func (p *jsonPrinter) value(typ byte, data []byte, depth int) bool {
	if !p.pay(1) {
		return false
	}
	switch typ {
	case jsonSmallObject, jsonLargeObject, jsonSmallArray, jsonLargeArray:
		if depth > maxJSONDepth {
			p.deep = true
			return false
		}
		return p.container(typ, data, depth)
	case jsonString:
		text, ok := sized(data)
		if ok = ok && p.pay(len(text)); ok {
			p.dst = appendJSONString(p.dst, text)
		}
		return ok
	case jsonOpaque:
		return p.opaque(data)
	default:
		return p.scalar(typ, data)
	}
}

func (p *jsonPrinter) scalar(typ byte, data []byte) bool {
	size := scalarSize(typ)
	if size == 0 || len(data) < size {
		return false
	}
	u := littleUint(data[:size])
	switch typ {
	case jsonLiteral:
		if u > 2 {
			return false
		}
		p.dst = append(p.dst, [...]string{"null", "true", "false"}[u]...)
	case jsonInt16:
		p.dst = strconv.AppendInt(p.dst, int64(int16(u)), 10)
	case jsonInt32:
		p.dst = strconv.AppendInt(p.dst, int64(int32(u)), 10)
	case jsonInt64:
		p.dst = strconv.AppendInt(p.dst, int64(u), 10)
	case jsonUint16, jsonUint32, jsonUint64:
		p.dst = strconv.AppendUint(p.dst, u, 10)
	default:
		return p.double(u)
	}
	return true
}

// container prints an object or an array.
func (p *jsonPrinter) container(typ byte, data []byte, depth int) bool {
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
			p.dst = append(appendJSONString(p.dst, key), ':')
		}
		typ, value, ok := c.element(i)
		if !ok || !p.value(typ, value, depth+1) {
			return false
		}
	}
	p.dst = append(p.dst, end)
	return true
}

// jsonContainer is an object or array whose entries are known to be there.
type jsonContainer struct {
	data   []byte
	count  int
	width  int // of an offset: 2 or 4
	header int // bytes of count, size and entries
	keyed  bool
}

func openContainer(typ byte, data []byte) (c jsonContainer, ok bool) {
	c.keyed = typ == jsonSmallObject || typ == jsonLargeObject
	c.width = 2
	if typ == jsonLargeObject || typ == jsonLargeArray {
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

func (c *jsonContainer) offset(p []byte) int {
	if c.width == 2 {
		return int(binary.LittleEndian.Uint16(p))
	}
	return int(binary.LittleEndian.Uint32(p))
}

func (c *jsonContainer) key(i int) (key []byte, ok bool) {
	entry := c.data[2*c.width+i*(2+c.width):]
	start := c.offset(entry)
	end := start + int(binary.LittleEndian.Uint16(entry[c.width:]))
	if start < c.header || end > len(c.data) {
		return nil, false
	}
	return c.data[start:end], true
}

// element returns the type of value i and the bytes at which it begins.
func (c *jsonContainer) element(i int) (typ byte, value []byte, ok bool) {
	at := c.header - (c.count-i)*(1+c.width)
	typ, entry := c.data[at], c.data[at+1:at+1+c.width]
	switch typ {
	case jsonLiteral, jsonInt16, jsonUint16:
		return typ, entry, true
	case jsonInt32, jsonUint32:
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

func appendJSONString(dst, text []byte) []byte {
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
