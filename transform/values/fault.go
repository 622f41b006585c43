package values

import "cdc/event"

// Fault is why a step of a rule can't be done for a row. It is made when the
// step is compiled and never holds a value.
type Fault struct{ msg, mend string }

func (f *Fault) Error() string {
	if f.mend == "" {
		return f.msg
	}
	return f.msg + " (" + f.mend + ")"
}

// Unwrap returns event.ErrConfig: the same row fails again until the rule or the
// row is mended.
func (f *Fault) Unwrap() error { return event.ErrConfig }

// NewFault makes a Fault; mend says what to do, and may be empty.
func NewFault(msg, mend string) *Fault { return &Fault{msg, mend} }
