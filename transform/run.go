package transform

import (
	"fmt"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Run fills b.Outs: for each row, what the rules that take it make of it. Images
// that rules change are copies, behind those of the rows. An error names rule,
// table and position, and no value; it is permanent and wraps event.ErrConfig.
func (p *Program) Run(b *event.Batch) error {
	x := p.exec(b)
	defer p.done(x)
	var schema *event.Schema
	var pl *plan
	for i := range b.Rows {
		r := &b.Rows[i]
		if r.Schema != schema {
			var err error
			if pl, err = p.plans.Get(r.Schema); err != nil {
				return err
			}
			schema = r.Schema
		}
		x.r, x.index, x.op = r, int32(i), rulefile.OpIndex(r.Op)
		if x.op == len(rulefile.Ops) {
			return fmt.Errorf("table %s, %s: operation %q: %w", r.Schema.Name(), where(b, r), byte(r.Op), event.ErrUnsupported)
		}
		if err := x.take(pl.outputs[x.op]); err != nil {
			return err
		}
	}
	return nil
}

// take hands the row to the outputs that want it: the first one, and those behind it
// as long as they let the row go on.
func (x *exec) take(outputs []output) error {
	taken := false
	for j := range outputs {
		o := &outputs[j]
		if o.rest && taken {
			return nil
		}
		if o.when != nil {
			is, err := x.asks(o)
			if err != nil {
				return err
			}
			if is == answerNo {
				continue
			}
			if is == answerSettled {
				// What it would have hidden mustn't leave by what stands behind it.
				if !o.proceed {
					return nil
				}
				taken = true
				continue
			}
		}
		if o.rule != nil {
			x.count(o.rule).Taken++
		}
		if err := x.produce(o); err != nil {
			return err
		}
		if !o.proceed {
			return nil
		}
		taken = true
	}
	return nil
}

// answer is that of a condition.
type answer uint8

const (
	answerNo answer = iota
	answerYes
	answerSettled // it failed, and the rule has said what becomes of the row
)

// asks answers the condition of a rule.
func (x *exec) asks(o *output) (answer, error) {
	yes, err := o.when(x.b, x.r)
	if err == nil {
		if yes {
			return answerYes, nil
		}
		x.count(o.rule).Filtered++
		return answerNo, nil
	}
	x.failure.rule = o.rule
	if err := x.spare("when", o.rule.When.Place(0), err); err != nil {
		return answerSettled, x.settle(o, err)
	}
	return answerYes, nil
}

// produce makes what leaves of a row that an output has taken.
func (x *exec) produce(o *output) error {
	r := x.r
	if o.silent || unchanged(x.b, r, o.compare, false) || unchanged(x.b, r, o.changes, true) {
		return nil
	}
	if o.make == nil {
		x.b.Outs = append(x.b.Outs, event.Out{
			Row: x.index, Before: r.Before, After: r.After, View: o.view, Target: o.target,
			KeyChanged: r.Flags&event.KeyChanged != 0, NoDelete: o.noDelete, NoCreate: o.noCreate, Alone: o.alone,
		})
		return nil
	}
	x.failure.rule = o.rule
	outs := len(x.b.Outs)
	err := o.make.run(x)
	if err == nil {
		return nil
	}
	x.b.Outs = x.b.Outs[:outs]
	return x.settle(o, err)
}
