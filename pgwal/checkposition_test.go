package pgwal

import (
	"testing"

	"cdc/event"
)

func TestCheckPosition(t *testing.T) {
	for text, good := range map[event.Position]bool{
		`{"lsn":5}`:                       true,
		`{"file":"mysql-bin.1","pos":4}`:  false,
		`{"lsn":"x"}`:                     false,
		`{"lsn":5,"cdc":"{\"start\":0}"}`: false,
	} {
		if err := CheckPosition(text); (err == nil) != good {
			t.Errorf("%s: got %v, want good %v", text, err, good)
		}
	}
}
