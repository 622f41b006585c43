package golden

import (
	"fmt"
	"slices"
	"testing"
)

// TestTombstonesBehindDeletes: a tombstone that was recorded in another partition
// than its delete is put behind it.
func TestTombstonesBehindDeletes(t *testing.T) {
	c := one(t, map[string]string{})
	c.Config["transforms"], c.Config["transforms.p.type"] = "p", "x.ContentBasedRouter"
	k := &comparison{Case: c, tally: &Tally{}}
	at := func(partition int32, v visible) visible {
		v.Partition = partition
		return v
	}
	tombstone := func(key string) visible {
		return visible{Record: Record{Topic: "p.d.t"}, key: []byte(key), value: []byte("null")}
	}
	del := func(key string) visible {
		v := change(key, "d", `{"id":1}`, "null")
		v.Value = v.value
		return v
	}
	records := map[string][]visible{
		"p.d.t": {at(0, tombstone("1")), at(0, del("2")), at(0, tombstone("2")), at(1, del("1")), at(2, tombstone("3"))},
		"q":     {at(0, del("3"))},
		"r":     {at(0, tombstone("4"))},
	}
	k.behindDeletes(records)
	for topic, want := range map[string][]string{"p.d.t": {"20", "20", "11", "11"}, "q": {"30", "30"}, "r": {"40"}} {
		var got []string
		for _, r := range records[topic] {
			got = append(got, fmt.Sprintf("%s%d", r.key, r.Partition))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", topic, got, want)
		}
	}
	if got := k.tally.argued[tombstoneReason]; got != 2 {
		t.Errorf("%d argued, want 2", got)
	}
}

// TestHalvesOfScripts: a record of a change of the key may be missing, or be more,
// where a script has looked at it.
func TestHalvesOfScripts(t *testing.T) {
	c := one(t, map[string]string{})
	k := &comparison{Case: c, tally: &Tally{}}
	half := change("1", "d", `{"id":1}`, "null", Header{newKeyHeader, []byte("2")})
	if k.takeHalf(half) {
		t.Error("without a script a half may be missing")
	}
	c.Config["transforms"], c.Config["transforms.f.condition"] = "f", "true"
	other := change("1", "u", `{"id":1}`, `{"id":1}`)
	ours, theirs := k.align([]visible{half, other, half}, []visible{other, half, half})
	if len(ours) != len(theirs) || k.takeHalf(other) {
		t.Errorf("%d and %d records are left", len(ours), len(theirs))
	}
}

// TestRowsOfTheSnapshot: without an envelope, the first rows of a topic are those
// that the setup has inserted.
func TestRowsOfTheSnapshot(t *testing.T) {
	c := one(t, map[string]string{"setup.sql": "create table t (id int, j json); insert into t values (1, '{\"a\": 1}')"})
	c.Config["transforms"] = "u"
	k := &comparison{Case: c}
	row := func(text string) visible { return visible{value: []byte(text)} }
	records := map[string][]visible{"p.d.t": {row(`{"id":1}`), row(`{"id":2}`)}}
	if err := k.withSnapshots(records); err != nil {
		t.Fatal(err)
	}
	if list := records["p.d.t"]; !list[0].snapshot || list[1].snapshot {
		t.Errorf("%t, %t", list[0].snapshot, list[1].snapshot)
	}
	s := spotOf(k, records["p.d.t"][0])
	s.part = "value"
	if s = s.at("id", "1", "2"); s.column != "id" || !s.snapshot {
		t.Errorf("column %q, snapshot %t", s.column, s.snapshot)
	}
}
