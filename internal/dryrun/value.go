package dryrun

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// column is a column of a table and what the literals of its values look like.
type column struct {
	name string
	typ  *event.Type
	// unit is what a number in a temporal column counts; by the type when it is
	// unitByType.
	unit unit
}

// unit is the unit of a number that stands for a time.
type unit uint8

const (
	unitByType unit = iota // as Debezium's adaptive modes have it
	unitMillis
	unitMicros
	unitNanos
)

// placeholder stands for a value that the log doesn't hold.
const placeholder = "__debezium_unavailable_value"

// reader makes values of literals.
type reader struct {
	b        *event.Batch
	postgres bool
	// encoded: bytes and decimals stand as the JSON converter writes them, in
	// base64.
	encoded bool
}

// value reads one value. The error says what is wrong and not what stood there.
func (r *reader) value(c *column, l *rulefile.Literal) (event.Value, error) {
	if l == nil || l.Kind == rulefile.LiteralNull {
		return event.Null, nil
	}
	if r.unavailable(l) {
		return event.Unavailable, nil
	}
	if l.Kind == rulefile.LiteralNumber && !json.Valid([]byte(l.Text)) { // 0x10, 1_000
		plain := *l
		plain.Text = string(appendNumber(nil, l.Text))
		l = &plain
	}
	switch c.typ.Kind {
	case event.KindBool:
		return boolValue(l)
	case event.KindInt, event.KindUint:
		return r.integer(c.typ.Kind, l)
	case event.KindFloat32, event.KindFloat64:
		return float(c.typ.Kind, l)
	case event.KindDecimal, event.KindBigDecimal:
		return r.decimal(c.typ, l)
	case event.KindBytes, event.KindBits:
		return r.bytes(c.typ.Kind, l)
	case event.KindJSON:
		return r.json(l)
	case event.KindUUID:
		return r.uuid(l)
	case event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		n, err := r.temporal(c, l)
		return event.Of(c.typ.Kind, n), err
	case event.KindList:
		return r.list(c, l)
	default:
		return r.text(l)
	}
}

func (r *reader) unavailable(l *rulefile.Literal) bool {
	if l.Kind == rulefile.LiteralList && len(l.Items) == 1 { // of an array
		l = l.Items[0]
	}
	if l.Kind != rulefile.LiteralText {
		return false
	}
	return l.Text == placeholder || r.encoded && l.Text == base64.StdEncoding.EncodeToString([]byte(placeholder))
}

func wrongKind(l *rulefile.Literal) error {
	return fmt.Errorf("%s stands there", kindName(l.Kind))
}

func boolValue(l *rulefile.Literal) (event.Value, error) {
	switch {
	case l.Kind == rulefile.LiteralBool:
		return event.Bool(strings.EqualFold(l.Text, "true")), nil
	case l.Kind == rulefile.LiteralNumber && (l.Text == "0" || l.Text == "1"):
		return event.Bool(l.Text == "1"), nil
	default:
		return event.Null, wrongKind(l)
	}
}

func (r *reader) integer(k event.Kind, l *rulefile.Literal) (event.Value, error) {
	if l.Kind == rulefile.LiteralBool {
		n := int64(0)
		if strings.EqualFold(l.Text, "true") {
			n = 1
		}
		return event.Int(n), nil
	}
	if l.Kind == rulefile.LiteralText && r.encoded && k == event.KindUint { // precise
		p, err := base64.StdEncoding.DecodeString(l.Text)
		if n := new(big.Int).SetBytes(p); err == nil && n.IsUint64() {
			return event.Uint(n.Uint64()), nil
		}
	}
	if l.Kind != rulefile.LiteralNumber {
		return event.Null, wrongKind(l)
	}
	n, err := strconv.ParseInt(l.Text, 10, 64)
	if err == nil {
		if k == event.KindUint {
			return event.Uint(uint64(n)), nil
		}
		return event.Int(n), nil
	}
	if u, err := strconv.ParseUint(l.Text, 10, 64); err == nil && k == event.KindUint {
		return event.Uint(u), nil
	}
	return event.Null, errors.New("the number isn't an integer of 64 bits")
}

func float(k event.Kind, l *rulefile.Literal) (event.Value, error) {
	var n float64
	switch {
	case l.Kind == rulefile.LiteralNumber:
		var err error
		if n, err = strconv.ParseFloat(l.Text, 64); err != nil {
			return event.Null, errors.New("the number is too large")
		}
	case l.Kind == rulefile.LiteralText && l.Text == "NaN":
		n = math.NaN()
	case l.Kind == rulefile.LiteralText && l.Text == "Infinity":
		n = math.Inf(1)
	case l.Kind == rulefile.LiteralText && l.Text == "-Infinity":
		n = math.Inf(-1)
	default:
		return event.Null, wrongKind(l)
	}
	if k == event.KindFloat32 {
		return event.Float32(float32(n)), nil
	}
	return event.Float64(n), nil
}

func (r *reader) text(l *rulefile.Literal) (event.Value, error) {
	if l.Kind != rulefile.LiteralText {
		err := wrongKind(l)
		if l.Kind == rulefile.LiteralNumber || l.Kind == rulefile.LiteralBool {
			err = fmt.Errorf("%w; write it in quotes", err)
		}
		return event.Null, err
	}
	return r.b.Put(event.KindString, []byte(l.Text)), nil
}

// bytes reads bytes; a bit string may be written by its digits.
func (r *reader) bytes(k event.Kind, l *rulefile.Literal) (event.Value, error) {
	switch {
	case l.Kind == rulefile.LiteralBytes || l.Kind == rulefile.LiteralText && r.encoded:
		p, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(l.Text), ""))
		if err != nil {
			return event.Null, errors.New("the text isn't base64")
		}
		return r.b.Put(k, p), nil
	case l.Kind == rulefile.LiteralText && k == event.KindBits:
		n, ok := new(big.Int).SetString(l.Text, 2)
		if !ok || n.Sign() < 0 {
			return event.Null, errors.New("the text isn't made of 0 and 1")
		}
		p := make([]byte, (len(l.Text)+7)/8)
		n.FillBytes(p)
		reverse(p)
		return r.b.Put(k, p), nil
	case l.Kind == rulefile.LiteralText:
		return r.b.Put(k, []byte(l.Text)), nil
	default:
		return event.Null, wrongKind(l)
	}
}

func reverse(p []byte) {
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
}

// json takes text as it is, and prints anything else.
func (r *reader) json(l *rulefile.Literal) (event.Value, error) {
	if l.Kind == rulefile.LiteralText {
		if !r.encoded && !json.Valid([]byte(l.Text)) { // Debezium has others where a value is missing
			return event.Null, errors.New("the text isn't JSON")
		}
		return r.b.Put(event.KindJSON, []byte(l.Text)), nil
	}
	return r.b.Put(event.KindJSON, appendJSON(nil, l)), nil
}

func (r *reader) uuid(l *rulefile.Literal) (event.Value, error) {
	if l.Kind != rulefile.LiteralText {
		return event.Null, wrongKind(l)
	}
	text := strings.ToLower(l.Text)
	if r.encoded {
		return r.b.Put(event.KindUUID, []byte(l.Text)), nil
	}
	for i := range len(text) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (text[i] == '-') || !dash && !strings.ContainsRune("0123456789abcdef", rune(text[i])) {
			return event.Null, errors.New("the text isn't a UUID")
		}
	}
	if len(text) != 36 {
		return event.Null, errors.New("the text isn't a UUID")
	}
	return r.b.Put(event.KindUUID, []byte(text)), nil
}
