package encode

import (
	"bytes"

	"cdc/event"
)

// Headers returns the headers that every data record carries, in order. When a
// record has a key header, that one comes before them. connector and name are
// those of Config; runID is a UUID, new for every run of a pipeline.
func Headers(connector, name, runID string) []event.Header {
	const prefix = "__debezium.context."
	return []event.Header{
		{Key: prefix + "connectorLogicalName", Value: []byte(name)},
		{Key: prefix + "taskId", Value: []byte("0")},
		{Key: prefix + "connectorName", Value: []byte(connector)},
		{Key: prefix + "runId", Value: []byte(runID)},
	}
}

// appendHeader appends a value as Connect's SimpleHeaderConverter prints it
// inside a struct: numbers bare, a decimal as Java's BigDecimal.toString, in
// text only backslash and quote escaped.
func (c *column) appendHeader(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	switch v.Kind() {
	case event.KindNull:
		return append(b, c.headNull...), nil
	case event.KindString, event.KindJSON, event.KindUUID:
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		return appendSimpleString(b, v.Bytes(arena)), nil
	case event.KindFloat32, event.KindFloat64:
		f := v.Float()
		return appendJavaFloat(b, f, c.floatBits(v)), nil
	case event.KindDecimal, event.KindBigDecimal:
		if c.decimal == variableScale {
			return c.appendDecimal(b, v, arena)
		}
		var room [maxDecimalText]byte
		d, err := parseValue(v, arena, &room)
		if err == nil {
			d, err = d.at(c.scale)
		}
		if err != nil {
			return b, err
		}
		return appendJavaDecimal(b, d, c.scale), nil
	default:
		return c.append(b, v, arena, limit)
	}
}

// appendSimpleString appends s quoted, with backslash and quote escaped and
// nothing else.
func appendSimpleString(b, s []byte) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		i := bytes.IndexAny(s, `"\`)
		if i < 0 {
			i = len(s)
		}
		b = appendUTF8(b, s[:i])
		if i < len(s) {
			b = append(b, '\\', s[i])
			i++
		}
		s = s[i:]
	}
	return append(b, '"')
}

// appendJavaDecimal appends d, whose digits are those of the unscaled number,
// as BigDecimal.toString prints it.
func appendJavaDecimal(b []byte, d plainDecimal, scale int) []byte {
	digits := d.digits()
	if d.neg && digits[0] != '0' {
		b = append(b, '-')
	}
	exponent := len(digits) - 1 - scale
	switch {
	case scale == 0:
		return append(b, digits...)
	case scale > 0 && exponent >= -6:
		if missing := scale + 1 - len(digits); missing > 0 {
			digits = append(bytes.Repeat([]byte{'0'}, missing), digits...)
		}
		point := len(digits) - scale
		b = append(append(b, digits[:point]...), '.')
		return append(b, digits[point:]...)
	}
	b = append(b, digits[0])
	if len(digits) > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	if exponent == 0 {
		return b
	}
	b = append(b, 'E')
	if exponent > 0 {
		b = append(b, '+')
	}
	return appendInt(b, int64(exponent))
}
