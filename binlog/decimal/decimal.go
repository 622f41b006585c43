package decimal

import "cdc/event"

const (
	// MaxPrecision is the greatest number of digits.
	MaxPrecision = 65
	// MaxSmall is the number of digits that an int64 holds.
	MaxSmall = 18

	groupDigits = 9
	maxGroups   = 16 // 65 digits with any scale take at most 9
)

type group struct{ bytes, digits uint8 }

// Room has room for the groups of a layout.
type Room [maxGroups]group

// Layout is how a DECIMAL(precision, scale) lies in a row image.
type Layout struct {
	groups    []group
	Size      int // in bytes
	integers  int // groups before the point
	precision int
	scale     int
}

// New lays out a decimal of at most MaxPrecision digits, in room, which the layout
// keeps.
func New(precision, scale int, room *Room) Layout {
	l := Layout{groups: room[:0], precision: precision, scale: scale}
	whole := precision - scale
	l.add(whole % groupDigits)
	for range whole / groupDigits {
		l.add(groupDigits)
	}
	l.integers = len(l.groups)
	for range scale / groupDigits {
		l.add(groupDigits)
	}
	l.add(scale % groupDigits)
	return l
}

func (l *Layout) add(digits int) {
	if digits == 0 {
		return
	}
	size := [groupDigits + 1]uint8{0, 1, 1, 2, 2, 3, 3, 4, 4, 4}[digits]
	l.groups = append(l.groups, group{bytes: size, digits: uint8(digits)})
	l.Size += int(size)
}

// powerOfTen holds 10^i for the digits of a group.
var powerOfTen = [groupDigits + 1]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// Value returns the decimal in p, which is Size bytes long; ok is false when the
// bytes are none.
func (l *Layout) Value(b *event.Batch, p []byte) (v event.Value, ok bool) {
	if l.precision > MaxSmall {
		at := len(b.Arena)
		arena, ok := l.Append(b.Arena, p)
		if !ok {
			return event.Value{}, false
		}
		b.Arena = arena
		return event.Text(event.KindBigDecimal, at, len(arena)-at), true
	}
	var unscaled uint64
	negative := p[0]&0x80 == 0
	for i, g := range l.groups {
		u, ok := g.read(p, negative, i == 0)
		if !ok {
			return event.Value{}, false
		}
		p = p[g.bytes:]
		unscaled = unscaled*powerOfTen[g.digits] + u
	}
	if negative {
		return event.Decimal(-int64(unscaled), l.scale), true
	}
	return event.Decimal(int64(unscaled), l.scale), true
}

// read returns the digits of the group at the start of p as a number.
func (g group) read(p []byte, negative, first bool) (u uint64, ok bool) {
	for _, c := range p[:g.bytes] {
		u = u<<8 | uint64(c)
	}
	if first {
		u ^= 0x80 << (8 * (g.bytes - 1))
	}
	if negative {
		u ^= 1<<(8*g.bytes) - 1
	}
	return u, u < powerOfTen[g.digits]
}

// Append prints the decimal in p, which is Size bytes long, with all digits of its
// scale; ok is false when the bytes are none.
func (l *Layout) Append(dst, p []byte) (text []byte, ok bool) {
	start := len(dst)
	negative := p[0]&0x80 == 0
	if negative {
		dst = append(dst, '-')
	}
	var seen uint64
	digits := len(dst)
	for i, g := range l.groups {
		if i == l.integers {
			dst = append(l.zeroWhole(dst, digits), '.')
		}
		u, ok := g.read(p, negative, i == 0)
		if !ok {
			return dst, false
		}
		p = p[g.bytes:]
		seen |= u
		if i < l.integers && len(dst) == digits {
			dst = appendWithoutZero(dst, u)
		} else {
			dst = AppendPadded(dst, u, int(g.digits))
		}
	}
	if l.scale == 0 {
		dst = l.zeroWhole(dst, digits)
	}
	if negative && seen == 0 { // no negative zero
		dst = append(dst[:start], dst[start+1:]...)
	}
	return dst, true
}

// zeroWhole puts the zero that stands before the point of a number below one.
func (l *Layout) zeroWhole(dst []byte, digits int) []byte {
	if len(dst) == digits {
		return append(dst, '0')
	}
	return dst
}

func appendWithoutZero(dst []byte, u uint64) []byte {
	if u == 0 {
		return dst
	}
	digits := 1
	for digits < groupDigits && u >= powerOfTen[digits] {
		digits++
	}
	return AppendPadded(dst, u, digits)
}

// AppendPadded prints the lowest digits of u.
func AppendPadded(dst []byte, u uint64, digits int) []byte {
	for range digits {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; digits > 0; digits-- {
		dst[i] = '0' + byte(u%10)
		u /= 10
		i--
	}
	return dst
}
