package binlog

import (
	"testing"

	"cdc/event"
)

func TestCheckPosition(t *testing.T) {
	for _, tt := range []struct {
		fl   Flavor
		text event.Position
		good bool
	}{
		{MySQL, `{"file":"bin.000001","pos":4}`, true},
		{MariaDB, `{"file":"bin.000001","pos":4,"gtids":"0-1-5"}`, true},
		{MySQL, `{"file":"bin.000001","pos":4,"gtids":"0-1-5"}`, false},
		{MySQL, `{"lsn":5}`, false},
	} {
		if err := CheckPosition(tt.fl, tt.text); (err == nil) != tt.good {
			t.Errorf("%s %s: got %v, want good %v", tt.fl, tt.text, err, tt.good)
		}
	}
}
