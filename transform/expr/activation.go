package expr

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

// activation is a row as CEL sees it. All variables but op stand for the row as
// a whole; what of it is read is up to the field (see valueField).
type activation struct {
	batch *event.Batch
	row   *event.Row
	made  int      // bytes of what its calls have made
	texts []copied // that have been read
}

// copied is a text of the arena, as CEL has it.
type copied struct {
	text event.Value
	val  ref.Val
}

// begin is at the begin of an evaluation.
func (a *activation) begin(b *event.Batch, r *event.Row) { a.batch, a.row, a.made = b, r, 0 }

// end lets go of what the evaluation has read.
func (a *activation) end() {
	a.batch, a.row = nil, nil
	clear(a.texts)
	a.texts = a.texts[:0]
}

// shortText is how long texts are that are copied whenever they are read.
const shortText = 32

// value reads a value. A long text of the row is copied once, however often it is read.
func (a *activation) value(get reader) (ref.Val, error) {
	n := len(a.batch.Arena)
	v, err := get(a.batch, a.row)
	switch {
	case err != nil:
		return nil, err
	case !v.HasText():
		return celValue(a.batch.Arena, v)
	case int(v.Int()) >= n: // it has been put there
		val, err := celValue(a.batch.Arena, v)
		a.batch.Arena = a.batch.Arena[:n]
		return val, err
	}
	if v.Len() <= shortText {
		return celValue(a.batch.Arena, v)
	}
	for i := range a.texts {
		if a.texts[i].text == v {
			return a.texts[i].val, nil
		}
	}
	val, err := celValue(a.batch.Arena, v)
	if err == nil {
		a.texts = append(a.texts, copied{v, val})
	}
	return val, err
}

// ResolveName returns the value of a variable.
func (a *activation) ResolveName(name string) (any, bool) {
	if name == "op" {
		return opText(a.row.Op), true
	}
	return a, true
}

// Parent returns nil.
func (a *activation) Parent() cel.Activation { return nil }
