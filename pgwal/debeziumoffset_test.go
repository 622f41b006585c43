package pgwal

import (
	"errors"
	"testing"

	"go.uber.org/zap"

	"cdc/event"
)

// TestDebeziumSnapshot: a position that Debezium stored in the middle of
// its snapshot is no place to go on from: the rows that it hadn't read yet would
// be missed.
func TestDebeziumSnapshot(t *testing.T) {
	for text, complete := range map[event.Position]bool{
		`{"lsn":300,"txId":5,"ts_usec":1,"snapshot":"INITIAL"}`:                                                    false,
		`{"lsn":300,"txId":5,"snapshot":"INITIAL","last_snapshot_record":false,"snapshot_completed":false}`:        false,
		`{"lsn":300,"txId":5,"snapshot":"INITIAL","last_snapshot_record":true,"snapshot_completed":false}`:         false,
		`{"lsn":300,"txId":5,"snapshot":true,"last_snapshot_record":false}`:                                        false,
		`{"lsn":300,"txId":5,"snapshot":"INITIAL","last_snapshot_record":true,"snapshot_completed":true}`:          true,
		`{"lsn":300,"txId":5,"snapshot":true,"last_snapshot_record":true}`:                                         true,
		`{"lsn":300,"txId":5,"snapshot":false}`:                                                                    true,
		`{"lsn_proc":300,"lsn_commit":200,"lsn":300,"txId":5,"last_snapshot_record":false,"messageType":"INSERT"}`: true,
	} {
		_, _, err := parsePosition(text)
		if complete && err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if !complete && !errors.Is(err, event.ErrConfig) {
			t.Errorf("%s: got %v, want ErrConfig", text, err)
		}
	}
}

// TestOtherPublication: the number of changes that were delivered of a cut
// transaction counts those of the publication at that time. Under another one
// the transaction must come again as a whole.
func TestOtherPublication(t *testing.T) {
	c := goodConfig()
	c.Publication = "second"
	s, err := New("test", c, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	cut := position{Start: 100, Commit: 400, Skip: 12, Last: 300, Op: msgInsert}
	for publication, skip := range map[string]uint32{"": 12, "second": 12, "first": 0} {
		text, err := cut.text(identity{System: "1", Publication: publication, Messages: true})
		if err != nil {
			t.Fatal(err)
		}
		st, err := s.newStream(t.Context(), text, selectAll{}, newCollector(s))
		if err != nil {
			t.Fatal(err)
		}
		if st.left.Start != 100 || st.left.Skip != skip || (st.left.Commit != 0) != (skip != 0) {
			t.Errorf("publication %q: goes on at %+v, want to skip %d", publication, st.left, skip)
		}
	}
	// What an earlier version of ours counted didn't have logical messages.
	text, err := cut.text(identity{System: "1", Publication: "second"})
	if err != nil {
		t.Fatal(err)
	}
	st, err := s.newStream(t.Context(), text, selectAll{}, newCollector(s))
	if err != nil || st.left.Skip != 0 || st.left.Start != 100 {
		t.Errorf("a position without messages: %+v, %v", st.left, err)
	}
}
