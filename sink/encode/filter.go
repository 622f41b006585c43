package encode

import (
	"unicode/utf8"

	"cdc/event"
)

// filter changes the text of a column.
type filter struct {
	// constant stands for every value, NULL too; nil for none.
	constant []byte
	// hash is what a text is replaced by; nil for none.
	hash *hashing
	// cut is how many characters of UTF-16, or bytes, are left at most; -1 for
	// all.
	cut int
}

// apply makes of the text b[at:] what the filter makes of it.
func (f *filter) apply(b []byte, at int) []byte {
	if f.constant != nil {
		return append(b[:at], f.constant...)
	}
	if f.hash != nil {
		b = f.hash.apply(b, at)
	}
	if f.cut >= 0 && len(b)-at > f.cut {
		b = b[:at+cutUnits(b[at:], f.cut)]
	}
	return b
}

// cutUnits is the length of the longest beginning of text that takes at most n
// code units in UTF-16. It ends between characters.
func cutUnits(text []byte, n int) int {
	i := 0
	for i < len(text) {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		n--
		if r > 0xffff {
			n--
		}
		if n < 0 {
			return i
		}
		i += size
	}
	return i
}

// Hidable reports whether masks and hashes change the values of a type; others
// leave as they are, as in Debezium. connector is that of Config.
func Hidable(connector string, t *event.Type) bool { return character(t, connector == "postgresql") }

// character reports whether masks and hashes apply to a type: those that the
// database's driver calls character types.
func character(t *event.Type, postgres bool) bool {
	if t.Kind != event.KindString {
		return false
	}
	switch t.Logical {
	case event.LogicalEnum, event.LogicalSet:
		return true
	case event.LogicalNone, event.LogicalExpanded, event.LogicalSpread, event.LogicalAny: // as the column was before the rule
	default:
		return false
	}
	if !postgres {
		return true
	}
	name := t.Native
	for i := range len(name) {
		if name[i] == '(' {
			name = name[:i]
			break
		}
	}
	switch name {
	case "text", "character varying", "varchar", "character", "bpchar", "char", "name", `"char"`:
		return true
	default:
		return false
	}
}

// unset is the length of a column that has none.
const unset = -1

// columnLength is the length of a column in Debezium's model.
func columnLength(t *event.Type) int {
	switch {
	case t.Declared.Name != "":
		return int(t.Declared.Length)
	case t.Length > 0:
		return int(t.Length)
	default:
		return unset
	}
}
