package binlog

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cdc/binlog/charsets"
	"cdc/binlog/decimal"
	"cdc/binlog/jsonb"
	"cdc/event"
)

// textCell turns a value of the text protocol (nil for NULL) into the value
// that the stream gives for it.
type textCell func(b *event.Batch, raw []byte) (event.Value, error)

// compileText makes the textCell of a column of s. The connection's time zone
// must be +00:00, and text must come as it is stored (character_set_results).
func (d *decoding) compileText(s *event.Schema, c *event.Column, fl Flavor) (textCell, error) {
	t := &textReader{cell: cell{name: c.Name, kind: c.Type.Kind, plain: d.plainYears, zero: zeroDate(&c.Type, fl)}}
	parse := t.parser(d, &c.Type)
	if parse == nil {
		return nil, fmt.Errorf("column %q: type %s: %w", c.Name, c.Type.Native, event.ErrUnsupported)
	}
	return func(b *event.Batch, raw []byte) (event.Value, error) {
		if raw == nil {
			return event.Null, nil
		}
		v, ok := parse(b, raw)
		if ok {
			return v, nil
		}
		f := t.fault
		if t.fault = 0; f == 0 {
			return event.Value{}, fmt.Errorf("column %q: text of %d bytes isn't a value of type %s", c.Name, len(raw), c.Type.Native)
		}
		return v, d.take(s, c.Name, f)
	}, nil
}

type textFunc func(b *event.Batch, raw []byte) (v event.Value, ok bool)

// textReader reads text with the help of what reads the log.
type textReader struct {
	cell
	json jsonb.Reader
}

func (t *textReader) parser(d *decoding, typ *event.Type) textFunc {
	switch typ.Kind { // long: one case for each kind
	case event.KindInt:
		if typ.Logical == event.LogicalYear {
			return parseYear
		}
		return parseInt
	case event.KindUint:
		return parseUint
	case event.KindFloat32:
		return parseFloat32
	case event.KindFloat64:
		if strings.HasPrefix(strings.ToLower(typ.Native), "float") {
			return parseWidened
		}
		return parseFloat64
	case event.KindDecimal:
		return decimalParser(int(typ.Precision), int(typ.Scale))
	case event.KindBool:
		return parseBool
	case event.KindBits:
		return func(b *event.Batch, raw []byte) (event.Value, bool) { return putReversed(b, raw), true }
	case event.KindJSON:
		return t.parseJSON
	case event.KindString:
		t.text = new(charsets.Transcoder)
		if charsets.Known(typ.Charset) {
			t.text = d.charsets.Transcoder(typ.Charset)
		}
		return t.with(pick(typ.Charset == charsets.Binary, readBytes, pick(t.text.Same(), readUTF8, readText)))
	case event.KindBytes:
		return t.with(readBytes)
	case event.KindList:
		return t.with(pick(typ.Logical == event.LogicalVector, readVector, pick(typ.Logical == event.LogicalPoint, readPoint, readGeometry)))
	case event.KindUUID:
		return parseUUIDText
	case event.KindDate:
		return t.parseDate
	case event.KindTime:
		return parseTime
	case event.KindLocal, event.KindInstant:
		return t.parseDatetime
	default:
		return nil
	}
}

// with reads text that is as it is in the log.
func (t *textReader) with(read func(*cell, *event.Batch, []byte) (event.Value, bool)) textFunc {
	return func(b *event.Batch, raw []byte) (event.Value, bool) { return read(&t.cell, b, raw) }
}

func parseInt(_ *event.Batch, raw []byte) (event.Value, bool) {
	i, err := strconv.ParseInt(string(raw), 10, 64)
	return event.Int(i), err == nil
}

func parseUint(_ *event.Batch, raw []byte) (event.Value, bool) {
	u, err := strconv.ParseUint(string(raw), 10, 64)
	return event.Uint(u), err == nil
}

// parseYear reads a year; 0000 is 1900, as the stream has it.
func parseYear(_ *event.Batch, raw []byte) (event.Value, bool) {
	y, ok := digits(raw)
	if y == 0 {
		y = 1900
	}
	return event.Int(int64(y)), ok
}

func parseBool(_ *event.Batch, raw []byte) (event.Value, bool) {
	return event.Bool(len(raw) > 0 && raw[len(raw)-1] != 0), len(raw) == 1
}

// parseFloat32 reads a FLOAT, which is asked for as a DOUBLE (scan.go), since the
// server's text of it has six digits only.
func parseFloat32(_ *event.Batch, raw []byte) (event.Value, bool) {
	f, err := strconv.ParseFloat(string(raw), 32)
	return event.Float32(float32(f)), err == nil || math.IsInf(f, 0)
}

func parseWidened(_ *event.Batch, raw []byte) (event.Value, bool) {
	f, err := strconv.ParseFloat(string(raw), 32)
	return event.Float64(f), err == nil
}

func parseFloat64(_ *event.Batch, raw []byte) (event.Value, bool) {
	f, err := strconv.ParseFloat(string(raw), 64)
	return event.Float64(f), err == nil
}

func parseUUIDText(b *event.Batch, raw []byte) (event.Value, bool) {
	at := len(b.Arena)
	for _, c := range raw {
		if 'A' <= c && c <= 'F' {
			c += 'a' - 'A'
		}
		b.Arena = append(b.Arena, c)
	}
	return event.Text(event.KindUUID, at, len(raw)), len(raw) == 36
}

// decimalParser reads decimals that are printed with all digits of their scale.
func decimalParser(precision, scale int) textFunc {
	return func(b *event.Batch, raw []byte) (event.Value, bool) {
		negative := len(raw) > 0 && raw[0] == '-'
		if negative {
			raw = raw[1:]
		}
		whole, fraction, _ := bytes.Cut(raw, []byte("."))
		whole = bytes.TrimLeft(whole, "0") // ZEROFILL
		if len(fraction) != scale || len(whole) > precision-scale || !allDigits(whole) || !allDigits(fraction) {
			return event.Value{}, false
		}
		if precision > decimal.MaxSmall {
			return putDecimal(b, negative, whole, fraction), true
		}
		var unscaled int64
		for _, part := range [2][]byte{whole, fraction} {
			for _, c := range part {
				unscaled = unscaled*10 + int64(c-'0')
			}
		}
		if negative {
			unscaled = -unscaled
		}
		return event.Decimal(unscaled, scale), true
	}
}

func putDecimal(b *event.Batch, negative bool, whole, fraction []byte) event.Value {
	at := len(b.Arena)
	if negative && len(bytes.Trim(fraction, "0"))+len(whole) > 0 {
		b.Arena = append(b.Arena, '-')
	}
	if len(whole) == 0 {
		b.Arena = append(b.Arena, '0')
	}
	b.Arena = append(b.Arena, whole...)
	if len(fraction) > 0 {
		b.Arena = append(append(b.Arena, '.'), fraction...)
	}
	return event.Text(event.KindBigDecimal, at, len(b.Arena)-at)
}

func allDigits(p []byte) bool {
	for _, c := range p {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
