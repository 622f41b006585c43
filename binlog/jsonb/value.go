package jsonb

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"cdc/binlog/decimal"
)

// scalarSize is the size of a scalar of that type; 0 for other types.
func scalarSize(typ byte) int {
	switch typ {
	case typeLiteral:
		return 1
	case typeInt16, typeUint16:
		return 2
	case typeInt32, typeUint32:
		return 4
	case typeInt64, typeUint64, typeDouble:
		return 8
	default:
		return 0
	}
}

// double prints a number as Java's Double.toString does, but without an
// exponent: what Java would print with one is printed with every digit that the
// binary number has.
func (p *printer) double(u uint64) bool { return p.float(math.Float64frombits(u)) }

func (p *printer) float(f float64) bool {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return false // JSON has no such numbers
	}
	if a := math.Abs(f); a != 0 && (a < 1e-3 || a >= 1e7) {
		p.dst = strconv.AppendFloat(p.dst, f, 'f', binaryFractionDigits(f), 64)
		return true
	}
	at := len(p.dst)
	p.dst = strconv.AppendFloat(p.dst, f, 'f', -1, 64)
	if !slices.Contains(p.dst[at:], '.') {
		p.dst = append(p.dst, ".0"...)
	}
	return true
}

// binaryFractionDigits is the number of digits behind the point of f's exact
// decimal expansion: as many as its mantissa has bits there.
func binaryFractionDigits(f float64) int {
	u := math.Float64bits(f)
	exponent := int(u >> 52 & 0x7ff)
	mantissa := u & (1<<52 - 1)
	if exponent == 0 {
		exponent = 1
	} else {
		mantissa |= 1 << 52
	}
	return max(0, 1075-exponent-bits.TrailingZeros64(mantissa))
}

// The SQL types whose values have a form of their own here, by their numbers in the
// log.
const (
	sqlTimestamp = 7
	sqlDate      = 10
	sqlTime      = 11
	sqlDatetime  = 12
	sqlDecimal   = 246
)

// opaque prints a value of an SQL type that JSON doesn't have.
func (p *printer) opaque(data []byte) bool {
	if len(data) == 0 {
		return false
	}
	typ := data[0]
	data, ok := sized(data[1:])
	if !ok || !p.pay(len(data)) {
		return false
	}
	switch typ {
	case sqlDecimal:
		return p.decimal(data)
	case sqlDate, sqlDatetime, sqlTimestamp:
		return p.datetime(data, typ == sqlDate)
	case sqlTime:
		return p.time(data)
	default:
		p.dst = appendBase64(p.dst, data)
		return true
	}
}

func (p *printer) decimal(data []byte) bool {
	if len(data) < 2 {
		return false
	}
	precision, scale := int(data[0]), int(data[1])
	if precision == 0 || precision > decimal.MaxPrecision || scale > precision {
		return false
	}
	layout := decimal.New(precision, scale, &p.groups)
	if len(data)-2 < layout.Size {
		return false
	}
	var ok bool
	p.dst, ok = layout.Append(p.dst, data[2:])
	return ok
}

// datetime prints packed bits like those of a DATETIME, with a fraction of 24
// bits.
func (p *printer) datetime(data []byte, dateOnly bool) bool {
	if len(data) < 8 {
		return false
	}
	packed := binary.LittleEndian.Uint64(data)
	u, micros := packed>>24, packed&(1<<24-1)
	months := u >> 22 & (1<<17 - 1)
	p.dst = append(p.dst, '"')
	p.dst = append(decimal.AppendPadded(p.dst, months/13, 4), '-')
	p.dst = append(decimal.AppendPadded(p.dst, months%13, 2), '-')
	p.dst = decimal.AppendPadded(p.dst, u>>17&31, 2)
	if !dateOnly {
		p.dst = append(p.dst, ' ')
		p.clock(u>>12&31, u>>6&63, u&63, micros)
	}
	p.dst = append(p.dst, '"')
	return true
}

func (p *printer) time(data []byte) bool {
	if len(data) < 8 {
		return false
	}
	packed := int64(binary.LittleEndian.Uint64(data))
	p.dst = append(p.dst, '"')
	if packed < 0 {
		packed = -packed
		p.dst = append(p.dst, '-')
	}
	u := uint64(packed)
	p.clock(u>>36&0x3ff, u>>30&63, u>>24&63, u&(1<<24-1))
	p.dst = append(p.dst, '"')
	return true
}

// clock prints a time of day with as many fraction digits as it needs.
func (p *printer) clock(hour, minute, second, micros uint64) {
	width := 2
	if hour > 99 {
		width = 3
	}
	p.dst = append(decimal.AppendPadded(p.dst, hour, width), ':')
	p.dst = append(decimal.AppendPadded(p.dst, minute, 2), ':')
	p.dst = decimal.AppendPadded(p.dst, second, 2)
	if micros == 0 || micros >= 1_000_000 {
		return
	}
	p.dst = decimal.AppendPadded(append(p.dst, '.'), micros, 6)
	for p.dst[len(p.dst)-1] == '0' {
		p.dst = p.dst[:len(p.dst)-1]
	}
}
