package offsets_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/offsets"
)

// TestJournalsOfOneName: pipelines of one name and with different topic
// prefixes have offsets of their own in one topic, and must have histories of
// their own beside them.
func TestJournalsOfOneName(t *testing.T) {
	opts := kafkaOpts(t)
	open := func(prefix string) *offsets.KafkaJournal {
		j, err := offsets.OpenKafkaJournal(t.Context(), opts, "tables", "shop", prefix)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeIt(t, j) })
		return j
	}
	live, staging := open("live"), open("staging")
	for j, entry := range map[*offsets.KafkaJournal]string{live: "of live", staging: "of staging"} {
		if err := j.Append(t.Context(), []byte(entry)); err != nil {
			t.Fatal(err)
		}
	}
	if err := staging.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"of live"}, replay(t, live)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
