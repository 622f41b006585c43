package binlog

import (
	"fmt"

	"cdc/binlog/decimal"
	"cdc/event"
)

// The type codes of columns in a table map.
// https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html
const (
	codeTiny       = 1
	codeShort      = 2
	codeLong       = 3
	codeFloat      = 4
	codeDouble     = 5
	codeTimestamp  = 7 // the codes without a 2: before MySQL 5.6
	codeLonglong   = 8
	codeInt24      = 9
	codeDate       = 10
	codeTime       = 11
	codeDatetime   = 12
	codeYear       = 13
	codeNewdate    = 14
	codeVarchar    = 15
	codeBit        = 16
	codeTimestamp2 = 17
	codeDatetime2  = 18
	codeTime2      = 19
	// MariaDB's compressed columns.
	codeBlobCompressed    = 140
	codeVarcharCompressed = 141
	codeVector            = 242
	codeJSON              = 245
	codeNewdecimal        = 246
	codeEnum              = 247
	codeSet               = 248
	codeBlob              = 252
	codeVarString         = 253
	codeString            = 254
	codeGeometry          = 255
)

// readMeta reads what the map says about the type beyond its code. meta is
// then: of a decimal precision<<8|scale; of CHAR and VARCHAR the length in
// bytes; of BIT the length in bits; of ENUM and SET the size in bytes; of blobs
// the size of their length; of temporal types the number of fraction digits.
func (c *mapColumn) readMeta(r *reader) error {
	switch c.code { // long: one case for each layout
	case codeTiny, codeShort, codeLong, codeLonglong, codeInt24, codeYear,
		codeDate, codeNewdate, codeTime, codeDatetime, codeTimestamp:
		return nil
	case codeFloat, codeDouble:
		r.byte()
		return nil
	case codeTime2, codeDatetime2, codeTimestamp2:
		c.meta = uint16(r.byte())
		return c.limitMeta(6)
	case codeBlob, codeJSON, codeGeometry, codeVector, codeBlobCompressed:
		c.meta = uint16(r.byte())
		if c.meta == 0 {
			return c.badMeta()
		}
		return c.limitMeta(4)
	case codeVarchar, codeVarString, codeVarcharCompressed:
		c.meta = r.uint16()
		return nil
	case codeBit:
		bits, bytes := r.byte(), r.byte()
		c.meta = uint16(bytes)*8 + uint16(bits)
		if bits > 7 || c.meta == 0 {
			return c.badMeta()
		}
		return c.limitMeta(64)
	case codeNewdecimal:
		precision, scale := uint16(r.byte()), uint16(r.byte())
		c.meta = precision<<8 | scale
		if precision == 0 || precision > decimal.MaxPrecision || scale > precision {
			return c.badMeta()
		}
		return nil
	case codeString:
		return c.readStringMeta(r.byte(), r.byte())
	default:
		return fmt.Errorf("type code %d: %w", c.code, event.ErrUnsupported)
	}
}

// readStringMeta reads the metadata of CHAR and BINARY, which may be those of an
// ENUM or SET. A length over 255 hides its upper bits in the type.
func (c *mapColumn) readStringMeta(typ, length byte) error {
	switch {
	case typ == codeEnum:
		c.code, c.meta = codeEnum, uint16(length)
		if c.meta == 0 {
			return c.badMeta()
		}
		return c.limitMeta(2)
	case typ == codeSet:
		c.code, c.meta = codeSet, uint16(length)
		if c.meta == 0 {
			return c.badMeta()
		}
		return c.limitMeta(8)
	case typ|0x30 != codeString:
		return fmt.Errorf("type code %d inside a string: %w", typ, event.ErrUnsupported)
	}
	c.meta = uint16(length) | uint16(typ&0x30^0x30)<<4
	return nil
}

func (c *mapColumn) limitMeta(limit uint16) error {
	if c.meta > limit {
		return c.badMeta()
	}
	return nil
}

func (c *mapColumn) badMeta() error {
	return fmt.Errorf("type code %d with metadata %d", c.code, c.meta)
}

// layout says where a value ends: after fixed bytes, or, when prefix isn't 0,
// after a length of prefix bytes and as many bytes as it says.
func (c *mapColumn) layout() (fixed, prefix int) {
	switch c.code { // long: one case for each layout
	case codeTiny, codeYear:
		return 1, 0
	case codeShort:
		return 2, 0
	case codeInt24, codeDate, codeNewdate, codeTime:
		return 3, 0
	case codeLong, codeFloat, codeTimestamp:
		return 4, 0
	case codeLonglong, codeDouble, codeDatetime:
		return 8, 0
	case codeTime2:
		return 3 + fractionBytes(c.meta), 0
	case codeDatetime2:
		return 5 + fractionBytes(c.meta), 0
	case codeTimestamp2:
		return 4 + fractionBytes(c.meta), 0
	case codeBit:
		return int(c.meta+7) / 8, 0
	case codeEnum, codeSet:
		return int(c.meta), 0
	case codeNewdecimal:
		var groups decimal.Room
		return decimal.New(c.precision(), c.scale(), &groups).Size, 0
	case codeVarchar, codeVarString, codeVarcharCompressed, codeString:
		if c.meta > 255 {
			return 0, 2
		}
		return 0, 1
	default: // blobs
		return 0, int(c.meta)
	}
}

func (c *mapColumn) precision() int { return int(c.meta >> 8) }
func (c *mapColumn) scale() int     { return int(c.meta & 0xff) }

func fractionBytes(digits uint16) int { return int(digits+1) / 2 }

// The classes of columns that optional metadata counts by.

func (c *mapColumn) isNumeric() bool {
	switch c.code {
	case codeTiny, codeShort, codeInt24, codeLong, codeLonglong, codeNewdecimal, codeFloat, codeDouble, codeYear:
		return true
	default:
		return false
	}
}

// isCharacter: MySQL counts vectors as text, MariaDB geometries.
func (c *mapColumn) isCharacter(fl Flavor) bool {
	switch c.code {
	case codeString, codeVarString, codeVarchar, codeBlob, codeVarcharCompressed, codeBlobCompressed, codeVector:
		return true
	case codeGeometry:
		return fl == MariaDB
	default:
		return false
	}
}

func (c *mapColumn) isEnumOrSet() bool { return c.code == codeEnum || c.code == codeSet }
