package pgwal

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cdc/event"
)

// textCell reads one column from the text that PostgreSQL prints for it; raw
// is never an SQL NULL, and not kept. It appends to the arena of b only when it
// succeeds. Its errors say what the text isn't and never quote it.
type textCell func(b *event.Batch, raw []byte) (event.Value, error)

// textError says what a text isn't.
type textError string

func (e textError) Error() string { return string(e) }

// The most common complaints.
const (
	errInt     textError = "the text is not an integer of 64 bits"
	errFloat   textError = "the text is not a floating point number"
	errBool    textError = "the text is not a boolean"
	errUTF8    textError = "the text is not UTF-8 (client_encoding must be UTF8, and a database in SQL_ASCII can't be read)"
	errBytes   textError = "the text is not bytes in hexadecimal (bytea_output must be hex)"
	errUUID    textError = "the text is not a UUID"
	errBits    textError = "the text is not a bit string"
	errNumeric textError = "the text is not a number"
)

// unfitFunc takes a value that has no form; nil takes it and tells nobody.
type unfitFunc func(reason string) error

func (f unfitFunc) take(reason string) error {
	if f == nil {
		return nil
	}
	return f(reason)
}

// compileText makes the reader of a type. It belongs to one goroutine.
func compileText(t *event.Type, unfit unfitFunc) (textCell, error) {
	switch t.Logical {
	case event.LogicalArray:
		return arrayCell(t, unfit)
	case event.LogicalInterval:
		return intervalCell(unfit), nil
	case event.LogicalMoney:
		return moneyCell(int(t.Scale)), nil
	case event.LogicalZonedTime:
		return timetzCell, nil
	case event.LogicalHstore:
		return hstoreCell(), nil
	case event.LogicalPoint:
		return pointCell, nil
	case event.LogicalGeometry, event.LogicalGeography:
		return geometryCell, nil
	case event.LogicalVector:
		return vectorCell(32), nil
	case event.LogicalDoubleVector:
		return vectorCell(64), nil
	case event.LogicalSparseVector:
		return sparseCell(), nil
	case event.LogicalUnknown:
		return unknownCell, nil
	default:
		return compileKind(t)
	}
}

// compileKind makes the reader of a type whose kind says all.
func compileKind(t *event.Type) (textCell, error) {
	switch t.Kind {
	case event.KindBool:
		if strings.HasPrefix(t.Native, "bit") {
			return bitCell, nil
		}
		return boolCell, nil
	case event.KindInt:
		return intCell, nil
	case event.KindFloat32:
		return float32Cell, nil
	case event.KindFloat64:
		return float64Cell, nil
	case event.KindDecimal:
		if t.Precision < 0 {
			return numericCell, nil
		}
		return decimalCell(int(t.Scale)), nil
	case event.KindString:
		return stringCell, nil
	case event.KindBytes:
		return bytesCell, nil
	case event.KindJSON:
		return jsonCell, nil
	case event.KindUUID:
		return uuidCell, nil
	case event.KindBits:
		return bitsCell, nil
	case event.KindDate:
		return dateCell, nil
	case event.KindTime:
		return timeCell, nil
	case event.KindLocal:
		return localCell, nil
	case event.KindInstant:
		return instantCell, nil
	default:
		return nil, textError("no reader for a column of type " + t.Native)
	}
}

// unknownCell keeps the text of a type that has no form of its own.
func unknownCell(b *event.Batch, raw []byte) (event.Value, error) {
	return b.Put(event.KindBytes, raw), nil
}

func boolCell(_ *event.Batch, raw []byte) (event.Value, error) {
	if len(raw) == 1 && (raw[0] == 't' || raw[0] == 'f') {
		return event.Bool(raw[0] == 't'), nil
	}
	return event.Value{}, errBool
}

// bitCell reads bit(1) and bit varying(1), whose empty string is no truth value.
func bitCell(_ *event.Batch, raw []byte) (event.Value, error) {
	switch {
	case len(raw) == 0:
		return event.Null, nil
	case len(raw) == 1 && (raw[0] == '0' || raw[0] == '1'):
		return event.Bool(raw[0] == '1'), nil
	default:
		return event.Value{}, errBits
	}
}

func intCell(_ *event.Batch, raw []byte) (event.Value, error) {
	i, ok := parseInt(raw)
	if !ok {
		return event.Value{}, errInt
	}
	return event.Int(i), nil
}

// parseInt reads an int64 in decimal digits with an optional minus sign.
func parseInt(p []byte) (int64, bool) {
	neg := len(p) > 0 && p[0] == '-'
	if neg {
		p = p[1:]
	}
	if len(p) == 0 || len(p) > 19 {
		return 0, false
	}
	var n uint64 // 19 digits fit
	for _, c := range p {
		c -= '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	if neg {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}

// maxFloatText bounds what strconv gets to see: PostgreSQL prints at most 24
// characters, and up to 32 are converted to a string without an allocation.
const maxFloatText = 32

func float32Cell(_ *event.Batch, raw []byte) (event.Value, error) {
	f, ok := parseFloat(raw, 32)
	if !ok {
		return event.Value{}, errFloat
	}
	return event.Float32(float32(f)), nil
}

func float64Cell(_ *event.Batch, raw []byte) (event.Value, error) {
	f, ok := parseFloat(raw, 64)
	if !ok {
		return event.Value{}, errFloat
	}
	return event.Float64(f), nil
}

func parseFloat(raw []byte, bits int) (float64, bool) {
	if len(raw) > maxFloatText {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), bits)
	return f, err == nil
}

func stringCell(b *event.Batch, raw []byte) (event.Value, error) {
	if !utf8.Valid(raw) {
		return event.Value{}, errUTF8
	}
	return b.Put(event.KindString, raw), nil
}

func jsonCell(b *event.Batch, raw []byte) (event.Value, error) {
	if !utf8.Valid(raw) {
		return event.Value{}, errUTF8
	}
	return b.Put(event.KindJSON, raw), nil
}

func bytesCell(b *event.Batch, raw []byte) (event.Value, error) {
	if len(raw) < 2 || raw[0] != '\\' || raw[1] != 'x' || len(raw)%2 != 0 {
		return event.Value{}, errBytes
	}
	at, size := len(b.Arena), len(raw)/2-1
	arena := slices.Grow(b.Arena, size)[:at+size]
	if _, err := hex.Decode(arena[at:], raw[2:]); err != nil {
		return event.Value{}, errBytes
	}
	b.Arena = arena
	return event.Text(event.KindBytes, at, size), nil
}

// uuidCell checks the shape only: the server prints lower case.
func uuidCell(b *event.Batch, raw []byte) (event.Value, error) {
	if len(raw) != 36 {
		return event.Value{}, errUUID
	}
	for i, c := range raw {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		digit := c-'0' <= 9 || c-'a' <= 5
		if dash != (c == '-') || !dash && !digit {
			return event.Value{}, errUUID
		}
	}
	return b.Put(event.KindUUID, raw), nil
}

// bitsCell reads a bit string as a number, most significant bit first, and
// keeps it little-endian in as many bytes as its highest set bit needs: what
// Debezium makes of it.
func bitsCell(b *event.Batch, raw []byte) (event.Value, error) {
	for len(raw) > 0 && raw[0] == '0' {
		raw = raw[1:]
	}
	at := len(b.Arena)
	arena := b.Arena
	for end := len(raw); end > 0; end -= 8 {
		var octet byte
		for _, c := range raw[max(0, end-8):end] {
			if c != '0' && c != '1' {
				return event.Value{}, errBits
			}
			octet = octet<<1 | (c - '0')
		}
		arena = append(arena, octet)
	}
	b.Arena = arena
	return event.Text(event.KindBits, at, len(arena)-at), nil
}
