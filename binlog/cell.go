package binlog

import (
	"encoding/binary"
	"math"
	"strings"

	"cdc/binlog/charsets"
	"cdc/binlog/decimal"
	"cdc/binlog/jsonb"
	"cdc/event"
)

// cell decodes one column of a row image.
type cell struct {
	// fixed is the size of a value in bytes; when prefix isn't 0, it is in the
	// prefix bytes before the value.
	fixed  int
	prefix int
	// read decodes a value from exactly its bytes; ok is false when they can't be
	// such a value, or when it has no form: then v stands for it, and fault says
	// why. nil for a column that nobody wants.
	read func(c *cell, b *event.Batch, p []byte) (v event.Value, ok bool)

	// fault says what is wrong with a value that was read with ok false; 0 when
	// its bytes are damaged.
	fault fault

	zero    event.Value // stands for a zero date
	plain   bool        // years of one or two digits stay
	kind    event.Kind
	length  int // of a BINARY or an address
	symbols []string
	decimal decimal.Layout
	text    *charsets.Transcoder
	name    string // for messages
	packed  *packedCell
	parts   []event.Value // room for the elements of a list
	// before is the document that the row held before, for a change of a part of
	// it (readPatch).
	before  []byte
	json    bool
	printer *jsonb.Printer
}

// span returns where the value at the start of p begins and ends; end is beyond
// p when p is too short.
func (c *cell) span(p []byte) (start, end int) {
	if c.prefix == 0 {
		return 0, c.fixed
	}
	if c.prefix == 1 && len(p) > 0 {
		return 1, 1 + int(p[0])
	}
	return c.prefix, c.longEnd(p)
}

// longEnd is where a value ends whose length takes more than one byte.
func (c *cell) longEnd(p []byte) int {
	if len(p) < c.prefix {
		return c.prefix
	}
	switch c.prefix {
	case 2:
		return 2 + int(binary.LittleEndian.Uint16(p))
	case 3:
		return 3 + int(littleUint(p[:3]))
	default:
		return 4 + int(binary.LittleEndian.Uint32(p))
	}
}

// compileCell makes the cell of a column, which t describes in the schema; want
// is false for a column to pass over. ok is false when the map's type can't hold
// values of t's kind.
func (d *decoding) compileCell(m *mapColumn, t *event.Type, fl Flavor, want bool) (c cell, ok bool) {
	c.fixed, c.prefix = m.layout()
	c.json = m.code == codeJSON
	if !want {
		return c, true
	}
	c.kind, c.plain = t.Kind, d.plainYears
	switch m.code { // long: one case for each layout
	case codeTiny, codeShort, codeInt24, codeLong, codeLonglong:
		c.read = intReader(m.code, t)
		ok = t.Kind == event.KindInt || t.Kind == event.KindUint && m.code == codeLonglong
	case codeYear:
		c.read, ok = readYear, t.Kind == event.KindInt
	case codeFloat:
		c.read, ok = readFloat, t.Kind == event.KindFloat32
		if t.Kind == event.KindFloat64 {
			c.read, ok = readWidened, true
		}
	case codeDouble:
		c.read, ok = readDouble, t.Kind == event.KindFloat64
	case codeNewdecimal:
		c.decimal = decimal.New(m.precision(), m.scale(), new(decimal.Room))
		c.read, ok = readDecimal, t.Kind == event.KindDecimal
	case codeDate, codeNewdate, codeTime, codeTime2, codeDatetime, codeDatetime2, codeTimestamp, codeTimestamp2:
		ok = c.compileTemporal(m, t)
	case codeBit:
		c.read, ok = readBits, t.Kind == event.KindBits
		if t.Kind == event.KindBool {
			c.read, ok = readBool, m.meta == 1
		}
	case codeEnum, codeSet:
		c.symbols = t.Symbols
		c.read, ok = readEnum, t.Kind == event.KindString
		if m.code == codeSet {
			c.read = readSet
		}
	case codeJSON:
		c.read, ok, c.printer = readJSON, t.Kind == event.KindJSON, new(jsonb.Printer)
	case codeGeometry:
		c.read, ok = readGeometry, t.Logical == event.LogicalGeometry
		if t.Logical == event.LogicalPoint {
			c.read, ok = readPoint, true
		}
	case codeVector:
		c.read, ok = readVector, t.Logical == event.LogicalVector
	case codeVarchar, codeVarString, codeString, codeBlob:
		return c, c.compileText(d, m, t)
	case codeVarcharCompressed, codeBlobCompressed:
		ok = c.compileText(d, m, t)
		c.packed = &packedCell{read: c.read}
		c.read = readPacked
		return c, ok
	}
	c.zero = zeroDate(t, fl)
	return c, ok
}

func (c *cell) compileTemporal(m *mapColumn, t *event.Type) (ok bool) {
	switch m.code {
	case codeDate, codeNewdate:
		c.read = readDate
		return t.Kind == event.KindDate
	case codeTime:
		c.read = readOldTime
		return t.Kind == event.KindTime
	case codeTime2:
		c.read = readTime
		return t.Kind == event.KindTime
	case codeDatetime:
		c.read = readOldDatetime
		return t.Kind == event.KindLocal
	case codeDatetime2:
		c.read = readDatetime
		return t.Kind == event.KindLocal
	case codeTimestamp:
		c.read = readOldTimestamp
		return t.Kind == event.KindInstant
	default:
		c.read = readTimestamp
		return t.Kind == event.KindInstant
	}
}

// compileText chooses the reader of a column whose values are bytes.
func (c *cell) compileText(d *decoding, m *mapColumn, t *event.Type) (ok bool) {
	switch t.Kind {
	case event.KindString, event.KindJSON:
		switch charset := t.Charset; {
		case strings.HasPrefix(t.Native, "inet"):
			c.read, c.length = readInet, int(m.meta)
			return m.code == codeString && (m.meta == inet4Bytes || m.meta == inet6Bytes)
		case charset == charsets.Binary:
			c.read = readBytes
			return true
		case charset == "": // MariaDB's JSON
			c.text = new(charsets.Transcoder)
		case !charsets.Known(charset):
			return false
		default:
			c.text = d.charsets.Transcoder(charset)
		}
		if c.read = readText; c.text.Same() {
			c.read = readUTF8
		}
		return true
	case event.KindBytes:
		c.read = readBytes
		if m.code == codeString {
			c.read, c.length = readBinary, int(m.meta)
		}
		return true
	case event.KindUUID:
		c.read = readUUID
		return m.code == codeString && m.meta == 16
	case event.KindList: // MariaDB's VECTOR
		c.read = readVector
		return t.Logical == event.LogicalVector && m.code == codeVarchar
	default:
		return false
	}
}

func intReader(code byte, t *event.Type) func(*cell, *event.Batch, []byte) (event.Value, bool) {
	unsigned := t.Flags&event.Unsigned != 0
	switch {
	case code == codeTiny && unsigned:
		return readUint8
	case code == codeTiny:
		return readInt8
	case code == codeShort && unsigned:
		return readUint16
	case code == codeShort:
		return readInt16
	case code == codeInt24 && unsigned:
		return readUint24
	case code == codeInt24:
		return readInt24
	case code == codeLong && unsigned:
		return readUint32
	case code == codeLong:
		return readInt32
	case unsigned:
		return readUint64
	default:
		return readInt64
	}
}

func readInt8(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(int8(p[0]))), true
}

func readUint8(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(p[0])), true
}

func readInt16(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(int16(binary.LittleEndian.Uint16(p)))), true
}

func readUint16(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(binary.LittleEndian.Uint16(p))), true
}

func readInt24(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(p[0]) | int64(p[1])<<8 | int64(int8(p[2]))<<16), true
}

func readUint24(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(p[0]) | int64(p[1])<<8 | int64(p[2])<<16), true
}

func readInt32(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(int32(binary.LittleEndian.Uint32(p)))), true
}

func readUint32(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(binary.LittleEndian.Uint32(p))), true
}

func readInt64(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(int64(binary.LittleEndian.Uint64(p))), true
}

func readUint64(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Uint(binary.LittleEndian.Uint64(p)), true
}

func readFloat(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Float32(math.Float32frombits(binary.LittleEndian.Uint32(p))), true
}

// readWidened reads FLOAT(M,D), which is handed on as a double.
func readWidened(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Float64(float64(math.Float32frombits(binary.LittleEndian.Uint32(p)))), true
}

func readDouble(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Float64(math.Float64frombits(binary.LittleEndian.Uint64(p))), true
}

func readDecimal(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	return c.decimal.Value(b, p)
}
