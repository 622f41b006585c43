package pgwal

import (
	"testing"

	"go.uber.org/zap"
)

// TestReplaceable: only a slot like ours that the server has given up, and that
// nobody holds, may be dropped.
func TestReplaceable(t *testing.T) {
	c := goodConfig()
	s, err := New("test", c, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	lost := slotState{Plugin: outputPlugin, Type: "logical", Database: c.Database, WALStatus: "lost"}
	for name, tt := range map[string]struct {
		change func(*slotState)
		want   bool
	}{
		"lost":             {func(*slotState) {}, true},
		"invalidated":      {func(st *slotState) { st.WALStatus, st.Reason = "reserved", "idle_timeout" }, true},
		"live":             {func(st *slotState) { st.WALStatus = "reserved" }, false},
		"unreserved":       {func(st *slotState) { st.WALStatus = "unreserved" }, false},
		"in use":           {func(st *slotState) { st.ActivePID = 7 }, false},
		"physical":         {func(st *slotState) { st.Type, st.Plugin, st.Database = "physical", "", "" }, false},
		"another plugin":   {func(st *slotState) { st.Plugin = "test_decoding" }, false},
		"another database": {func(st *slotState) { st.Database = "another" }, false},
	} {
		st := lost
		tt.change(&st)
		if got := s.replaceable(&st); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
