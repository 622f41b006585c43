package binlog

import "testing"

func TestReplicaID(t *testing.T) {
	derived := (&Config{}).ReplicaID("shop")
	if derived < 1<<31 || derived == (&Config{}).ReplicaID("crm") {
		t.Errorf("derived %d, want a large one of its own", derived)
	}
	if got := (&Config{ServerID: 7}).ReplicaID("shop"); got != 7 {
		t.Errorf("got %d, want the configured 7", got)
	}
}
