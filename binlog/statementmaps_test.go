package binlog

import (
	"fmt"
	"strings"
	"testing"
)

// TestMapsOfOneStatement: a statement on several tables sends all its
// table maps first. None of them may be forgotten before its rows have come,
// however many tables the server has.
func TestMapsOfOneStatement(t *testing.T) {
	b, l := newBench(t, "shop.t", "shop.u"), newLog()
	for id := range uint64(maxMaps - 1) {
		b.feed(l.gtid(id+1), l.query("BEGIN"), l.tableMap(id, fmt.Sprintf("other%d", id)), l.insert(id, 1), l.xid())
	}
	b.feed(l.gtid(maxMaps), l.query("BEGIN"), l.tableMap(100_000, "t"), l.tableMap(100_001, "u"), l.insert(100_000, 1), l.insert(100_001, 2), l.xid())
	b.drain()
	b.want("c t {id=1 v=1}\nc u {id=2 v=2}")

	for id := range uint64(2 * maxMaps) {
		b.feed(l.gtid(maxMaps+id+1), l.query("BEGIN"), l.tableMap(200_000+id, "other"), l.insert(200_000+id, 1), l.xid())
	}
	if n := len(b.h.maps); n > maxMaps+2 {
		t.Errorf("%d table maps are remembered", n)
	}
}

// TestNamesInLowerCase: a server with lower_case_table_names=1 writes
// statements into the log as they were typed, and everything else in lower case.
func TestNamesInLowerCase(t *testing.T) {
	for _, lower := range []bool{true, false} {
		b, l := newBench(t, "shop.t"), newLog()
		b.h.lower = lower
		b.feed(l.gtid(1), l.query("TRUNCATE TABLE Shop.T"))
		b.feed(l.gtid(2), l.query("truncate `T`"))
		b.drain()
		want := ""
		if lower {
			want = strings.Repeat("t t {}\n", 2)
		}
		rows, _ := b.out.take()
		if got := brief(rows); strings.Count(got, "t t") != strings.Count(want, "t t") {
			t.Errorf("lower %v: got %q", lower, got)
		}
	}
}
