package event

// FloorDiv is a/b, rounded down, for a positive b: moments before the epoch are
// negative, and a second, a day or a millisecond begins before the moment in it.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
