package cdctest

import "testing"

// LeastAllocs is how many allocations a run can't do without. The race detector has a
// pool forget a quarter of what it is given, so one run alone tells nothing.
func LeastAllocs(run func()) float64 {
	least := testing.AllocsPerRun(1, run)
	for tries := 0; least > 0 && tries < 1000; tries++ {
		least = min(least, testing.AllocsPerRun(1, run))
	}
	return least
}
