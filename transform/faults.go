package transform

import "cdc/event"

// rowFault is why a step of a rule can't be done for a row. It is made when the
// step is compiled and never holds a value.
type rowFault struct{ msg, mend string }

func (f *rowFault) Error() string {
	if f.mend == "" {
		return f.msg
	}
	return f.msg + " (" + f.mend + ")"
}

// Unwrap returns event.ErrConfig: the same row fails again until the rule or the
// row is mended.
func (f *rowFault) Unwrap() error { return event.ErrConfig }

// fault makes a rowFault.
func fault(msg, mend string) *rowFault { return &rowFault{msg, mend} }
