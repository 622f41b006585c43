package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

const killTitle = `
## kill -9 in the middle of a drain

One row a kill. "Allowed" is what the stored offset did not cover at the kill: changes acknowledged since the
last save, and those in the topic whose acknowledgement the product had not counted yet.

`

// killSection prints one row for each kill.
func killSection(dir string) (string, error) {
	var b strings.Builder
	for _, source := range sources {
		results, err := readResults[killResult](filepath.Join(dir, "kill9-"+source+".jsonl"))
		if err != nil {
			return "", err
		}
		if len(results) > 0 && b.Len() == 0 {
			b.WriteString(killTitle + row([]string{
				"source", "drain", "changes", "killed at", "offset's age ms", "acknowledged since save", "in flight",
				"allowed", "duplicates", "missing", "out of order", "wrong last", "verdict",
			}) + "|" + strings.Repeat("---|", 13) + "\n")
		}
		for i, r := range results {
			b.WriteString(killRows(i+1, r))
		}
	}
	return b.String(), nil
}

func killRows(drain int, r killResult) string {
	var b strings.Builder
	for _, d := range r.Kills {
		verdict := "ok"
		if !r.OK() || d.Duplicates > d.allowed() {
			verdict = "**WRONG**"
		}
		cells := []string{r.Source}
		for _, n := range []int64{int64(drain), r.Changes, d.End, d.OffsetAge} {
			cells = append(cells, fmt.Sprint(n))
		}
		for _, n := range []int{d.Acknowledged, d.InFlight, d.allowed(), d.Duplicates, r.Missing, r.Disordered, r.WrongLast} {
			cells = append(cells, fmt.Sprint(n))
		}
		b.WriteString(row(append(cells, verdict)))
	}
	return b.String()
}
