package security

// hidden is what a secret shows of itself.
const hidden = "********"

// Secret is a password or another text that must never be printed. Every way of
// printing it (fmt, YAML, JSON, zap) shows asterisks; an empty one shows nothing.
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

// GoString hides the text from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the text from JSON and YAML encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML hides the text from a YAML encoder.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
