package security

import (
	"fmt"
	"io"
)

// hidden is what a secret shows of itself.
const hidden = "********"

// Secret is a password or another text that must never be printed. Every way of
// printing it (fmt, YAML, JSON, zap) shows asterisks; an empty one shows nothing.
//
// A field that holds one must be exported: package fmt doesn't ask the methods
// of what it finds in an unexported field of a struct.
type Secret string

// Reveal returns the text itself, for the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format hides the text from every verb of package fmt, also from those that
// don't suit a text, which would show it in their complaint.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.String()) // as every Formatter, it has nobody to tell
}

// MarshalText hides the text from JSON and XML encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML hides the text from a YAML encoder.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
