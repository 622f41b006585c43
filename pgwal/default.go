package pgwal

import (
	"math/big"
	"strings"

	"cdc/event"
)

// parseDefault makes of a default's expression what Debezium makes of it, since
// a column that holds NULL shows its default: a plain or quoted literal is its
// value, a call of a function the zero of the type, and everything else (and
// every type that Debezium doesn't look at) nothing.
func parseDefault(expr string, t *event.Type) *event.Default {
	if !takesDefault(t) {
		return nil
	}
	if isCall(expr) {
		return zeroDefault(t)
	}
	literal, ok := literalOf(expr)
	if !ok {
		return nil
	}
	return literalDefault(literal, t)
}

// takesDefault: the others are types whose defaults Debezium never learnt to
// read.
func takesDefault(t *event.Type) bool {
	switch t.Kind {
	case event.KindBytes, event.KindSkipped:
		return false
	case event.KindDecimal:
		return t.Logical != event.LogicalMoney
	case event.KindInt:
		return t.Native != "oid"
	case event.KindList:
		return t.Logical == event.LogicalInterval
	case event.KindString:
		if t.Logical == event.LogicalEnum || t.Logical == event.LogicalXML {
			return true
		}
		return t.Native == "text" || t.Native == "bpchar" || strings.HasPrefix(t.Native, "character")
	default:
		return true
	}
}

// isCall recognises name(...), also behind one parenthesis, and the functions
// that SQL writes without parentheses.
func isCall(expr string) bool {
	expr = strings.TrimPrefix(expr, "(")
	end := strings.IndexFunc(expr, func(r rune) bool {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		return !letter && !(r >= '0' && r <= '9') && r != '_' && r != '.' && r != '"'
	})
	name := expr
	if end >= 0 {
		name = expr[:end]
	}
	switch name {
	case "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP",
		"CURRENT_USER", "CURRENT_ROLE", "SESSION_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA":
		return true
	}
	return name != "" && end >= 0 && expr[end] == '(' && strings.Contains(expr, ")")
}

// literalOf returns the text of 'text'::type, B'0101'::"bit", true and 1.5. Of
// a quoted text it returns what stands before the second quote, be it one that
// is doubled: that is Debezium's reading.
func literalOf(expr string) (string, bool) {
	if before, rest, ok := strings.Cut(expr, "'"); ok {
		text, after, closed := strings.Cut(rest, "'")
		doubled := strings.HasPrefix(after, "'")
		prefix := before == "" || before == "B" || before == "E"
		return text, closed && prefix && (doubled || after == "" || strings.HasPrefix(after, "::"))
	}
	switch expr {
	case "true", "false":
		return expr, true
	}
	number := strings.TrimSuffix(strings.TrimPrefix(expr, "("), ")")
	return number, number != "" && strings.Trim(number, "+-.0123456789eE") == ""
}

func literalDefault(text string, t *event.Type) *event.Default {
	switch {
	case t.Kind == event.KindBool && (text == "true" || text == "false"):
		text = text[:1]
	case t.Kind == event.KindDecimal:
		rounded, ok := roundHalfUp(text, int(t.Scale))
		if !ok {
			return nil
		}
		if t.Precision >= 0 { // else it has the digits that it was written with
			text = rounded
		}
	}
	read, err := compileText(t, nil)
	if err != nil {
		return nil
	}
	var b event.Batch
	v, err := read(&b, []byte(text))
	if err != nil || v.IsNull() {
		return nil
	}
	return &event.Default{Value: v, Text: b.Arena}
}

// roundHalfUp writes a number with exactly scale digits behind the point.
func roundHalfUp(text string, scale int) (string, bool) {
	if len(text) > 2000 || strings.ContainsAny(text, "eE/") {
		return "", false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", false
	}
	return r.FloatString(scale), true
}

// zeroDefault stands for a value that the server makes when a row is written.
func zeroDefault(t *event.Type) *event.Default {
	zero := func(v event.Value) *event.Default { return &event.Default{Value: v} }
	text := func(s string) *event.Default {
		return &event.Default{Value: event.Text(t.Kind, 0, len(s)), Text: []byte(s)}
	}
	switch t.Kind {
	case event.KindBool:
		return zero(event.Bool(false))
	case event.KindInt, event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		return zero(event.Of(t.Kind, 0))
	case event.KindFloat32:
		return zero(event.Float32(0))
	case event.KindFloat64:
		return zero(event.Float64(0))
	case event.KindDecimal:
		return literalDefault("0", t)
	case event.KindList:
		return literalDefault("00:00:00", t) // of the lists, only an interval has a default
	case event.KindJSON:
		return text("{}")
	case event.KindUUID:
		return text("00000000-0000-0000-0000-000000000000")
	case event.KindString, event.KindBits:
		return text("")
	default:
		return nil
	}
}
