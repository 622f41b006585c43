//go:build integration && !race

package e2e

// raceEnabled says that the race detector is on.
const raceEnabled = false

// divisor makes loads smaller where everything is slower.
const divisor = 1
