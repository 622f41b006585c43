package transform

import (
	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// checkOutputs checks the output expressions of a rule as far as that goes without a
// table, and refuses one that would fail for every row of an operation that it is worked
// out for.
func checkOutputs(lang *expr.Language, r *rulefile.Rule, rep *rulefile.Report) {
	for i := range r.Computed {
		takes := r.On &^ rulefile.Truncates
		if r.Delete != rulefile.DeleteRewrite && r.Emit != rulefile.EmitEnvelope {
			takes &^= rulefile.Deletes // of such a row only the key leaves
		}
		checkOutput(lang, r, r.Computed[i].Expr, rep, takes)
	}
	for i := range r.Headers {
		if e := r.Headers[i].Expr; e != nil {
			checkOutput(lang, r, e, rep, r.On&^rulefile.Truncates)
		}
	}
	if r.Topic == nil {
		return
	}
	for _, p := range r.Topic.Parts {
		if p.Expr != nil {
			checkOutput(lang, r, p.Expr, rep, r.On)
		}
	}
}

// checkOutput checks one that is worked out for some operations.
func checkOutput(lang *expr.Language, r *rulefile.Rule, e *rulefile.Expr, rep *rulefile.Report, takes rulefile.OpSet) {
	v := lang.CheckValue(e, nil, rep)
	if v == nil {
		return
	}
	for i, op := range rulefile.Ops {
		if !takes.Has(i) || op == event.OpDelete && !leavesGone(r) || op == event.OpUpdate && r.Outbox != nil {
			continue
		}
		if trap := v.Fails(op); trap != nil {
			rep.Add(trap.At, adviceRow(trap), "%s has no image %s, so %s can't be worked out for the records of one", article(rulefile.OpWords[i]), trap.Image, trap.Read)
			return
		}
	}
}

// leavesGone reports whether anything leaves of a row that goes.
func leavesGone(r *rulefile.Rule) bool {
	switch {
	case r.Unwrap != nil:
		return r.Unwrap.Mode != "drop"
	case r.Delete == rulefile.DeleteDrop:
		return false
	default:
		return r.Emit == rulefile.EmitEnvelope || r.Delete == rulefile.DeleteRewrite || r.Tombstone != rulefile.TombstoneDrop
	}
}
