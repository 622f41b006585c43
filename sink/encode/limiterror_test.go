package encode

import (
	"errors"
	"testing"

	"cdc/event"
)

// TestLimitError: that the limit of a topic can't be had is told apart
// from a row that can't be encoded.
func TestLimitError(t *testing.T) {
	broken := errors.New("unknown server error")
	e, err := New(Config{Connector: "mysql", Name: "p", Limit: func(string) (int, error) { return 0, broken }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.compile(planKey{&event.Schema{Database: "d", Table: "t"}, &event.Target{Topic: "p.d.t"}})
	if !errors.Is(err, broken) || !errors.Is(err, event.ErrDelivery) {
		t.Errorf("got %v, want ErrDelivery and the broker's error", err)
	}
}
