package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// suggest returns ` (did you mean "x"?)` for the known key nearest to a misspelt
// one, or the list of keys when none is near and there are few.
func suggest[V any](key string, known map[string]V) string {
	best, distance := "", len(key)/2+1
	names := slices.Sorted(maps.Keys(known))
	for _, name := range names {
		if d := editDistance(key, name); d < distance {
			best, distance = name, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf(" (did you mean %q?)", best)
	case len(names) > 0 && len(names) <= 8:
		return fmt.Sprintf(" (known: %s)", strings.Join(names, ", "))
	default:
		return ""
	}
}

// editDistance counts the insertions, deletions and replacements between two
// words.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
