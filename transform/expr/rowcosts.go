package expr

import (
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types/ref"
)

// rowCosts counts what calls in loops over the row cost, where CEL takes them to cost
// always the same.
type rowCosts struct {
	// counted are the overloads of which CEL knows it.
	counted map[string]cost.FunctionTracker
}

// bytesPerCost are the bytes that a function goes over in about the time of one simple
// operation.
const bytesPerCost = 10

// CallCost is that of one call; nil leaves it to CEL.
func (r rowCosts) CallCost(_, overload string, args []ref.Val, _ ref.Val) *uint64 {
	n, long := 0, false
	for _, a := range args {
		n += weight(a) / bytesPerCost
		d, ok := a.(decimal)
		long = long || ok && (d.big != nil || d.scale > 18)
	}
	if _, ok := r.counted[overload]; ok && !long {
		return nil
	}
	c := uint64(1 + n) //nolint:gosec // never negative
	return &c
}
