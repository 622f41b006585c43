package binlog

import (
	"slices"
	"unicode/utf16"
)

// Debezium keeps some lists in Java's hash maps and prints them in the order in
// which those iterate. That order is the same in every run, so it shows in the
// records: tables of a statement, of a transaction, of a snapshot's statements.

// The capacities that a map may begin with.
const (
	mapDefault   = 16 // made empty and filled one by one
	mapOfSingles = 2  // filled from maps of one entry
)

// hashOrder sorts names as a Java map iterates whose keys have these names, were
// put in this order, and which began with that capacity.
func hashOrder(names []string, capacity int) []string {
	for len(names) > capacity*3/4 {
		capacity *= 2
	}
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int { return bucket(a, capacity) - bucket(b, capacity) })
	return sorted
}

func bucket(name string, capacity int) int {
	var h uint32
	for _, unit := range utf16.Encode([]rune(name)) {
		h = 31*h + uint32(unit)
	}
	return int(h^h>>16) & (capacity - 1)
}
