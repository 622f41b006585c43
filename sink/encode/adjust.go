package encode

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf16"

	"cdc/event"
)

// adjuster makes names of schemas or fields fit for Avro.
type adjuster struct {
	mode string
	// fields: a dot isn't allowed.
	fields bool

	mu sync.Mutex
	// by are the originals of the names that were made.
	by map[string]string
}

func newAdjuster(mode string, fields bool) *adjuster {
	return &adjuster{mode: or(mode, modeNone), fields: fields, by: map[string]string{}}
}

// schemaName adjusts the name of a schema. Two names that would become one are
// an error: consumers would take one table for the other.
func (a *adjuster) schemaName(name string) (string, error) {
	adjusted := a.adjust(name)
	if a.mode == modeNone {
		return adjusted, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if other, taken := a.by[adjusted]; taken && other != name {
		return "", fmt.Errorf("%w: encode: the schema names %q and %q both become %q (events.schema_name_adjustment_mode: %s); use avro_unicode, which tells them apart, or rename a table",
			event.ErrConfig, other, name, adjusted, a.mode)
	}
	a.by[adjusted] = name
	return adjusted, nil
}

// adjust replaces the characters that Avro doesn't take. It looks at UTF-16, as
// Java does.
func (a *adjuster) adjust(name string) string {
	if a.mode == modeNone || name == "" {
		return name
	}
	var b strings.Builder
	for i, unit := range utf16.Encode([]rune(name)) {
		switch {
		case a.allowed(unit, i == 0):
			b.WriteByte(byte(unit))
		case a.mode == modeAvroUnicode:
			fmt.Fprintf(&b, "_u%s", hexUnit(unit))
		default:
			b.WriteByte('_')
			if i == 0 && unit >= '0' && unit <= '9' {
				b.WriteByte(byte(unit))
			}
		}
	}
	return b.String()
}

func (a *adjuster) allowed(unit uint16, first bool) bool {
	letter := unit|0x20 >= 'a' && unit|0x20 <= 'z'
	if letter || unit == '_' && a.mode == modeAvro {
		return true
	}
	return !first && (unit >= '0' && unit <= '9' || unit == '.' && !a.fields)
}

// hexUnit is the number of a character in hexadecimal, with two zeros before a
// number of one or two digits.
func hexUnit(unit uint16) string {
	digits := fmt.Sprintf("%x", unit)
	if len(digits) <= 2 {
		return "00" + digits
	}
	return digits
}
