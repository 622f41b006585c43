package binlog

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/binlog/gtid"
	"cdc/event"
)

// TestHashOrder: as Java iterates, taken from recordings.
func TestHashOrder(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"gold_snapshot.a gold_snapshot.b_empty gold_snapshot.c_one gold_snapshot.d", "gold_snapshot.d gold_snapshot.b_empty gold_snapshot.c_one gold_snapshot.a"},
		{"gold_snapshot.a gold_snapshot.b gold_snapshot.c", "gold_snapshot.c gold_snapshot.a gold_snapshot.b"},
		{"gold_names.Order_Items", "gold_names.Order_Items"},
	} {
		if got := strings.Join(hashOrder(strings.Fields(tt.in), mapOfSingles), " "); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	names := []string{"gold_names.Order Items", "gold_names.größe$", "gold_names.x-y.z"}
	if got := hashOrder(names, mapOfSingles); got[0] != names[0] || got[1] != names[2] {
		t.Errorf("got %q", got)
	}
	if got := hashOrder([]string{"gold_ddl_tables.a", "gold_ddl_tables.nosuch"}, mapDefault); got[0] != "gold_ddl_tables.nosuch" {
		t.Errorf("got %q", got)
	}
	if got := hashOrder([]string{"gold_ddl_tables.a", "gold_ddl_tables.a2"}, mapDefault); got[0] != "gold_ddl_tables.a2" {
		t.Errorf("got %q", got)
	}
}

func (b *bench) wantMarks(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.out.marks); diff != "" {
		b.t.Errorf("marks (-want +got):\n%s", diff)
	}
}

// TestTransactionMarks: every transaction has them, with what is counted of the
// tables that are captured.
func TestTransactionMarks(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	b.h.capture.Transactions = true
	b.out.hungry = false
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.tableMap(71, "other"), l.insert(70, 1, 2), l.insert(71, 3), l.insert(70, 4), l.xid())
	b.feed(l.gtid(2), l.query("BEGIN"), l.tableMap(71, "other"), l.insert(71, 3), l.xid())
	b.feed(l.gtid(3), l.query("create table elsewhere.x (id int)"))
	b.drain()
	b.wantMarks("0 BEGIN @1", "3 END 3 shop.t=3 @1", "3 BEGIN @2", "3 END 0 @2")
	if len(b.out.points) != 1 {
		t.Errorf("%d batches", len(b.out.points))
	}
}

// TestTransactionMarksAcrossBatches: a transaction that is cut, and read on
// after a restart, begins and ends once, and its numbers go on.
func TestTransactionMarksAcrossBatches(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	b.h.capture.Transactions = true
	part := [][]byte{l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, many(3000)...)}
	rest := [][]byte{l.insert(70, 1), l.xid()}
	b.feed(part...)
	if len(b.out.rows) != 3000 {
		t.Fatalf("%d rows are out", len(b.out.rows))
	}
	at := b.position()
	b.wantMarks("0 BEGIN @1")

	for name, again := range map[string]func() *bench{
		"connection": func() *bench {
			b.h.resume("A")
			return b
		},
		"process": func() *bench {
			n := newBench(t, "shop.t")
			n.h.capture.Transactions = true
			n.h.server, n.h.resumeSkip, n.h.resumeInside = at.server, at.skip, at.inside
			return n
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := again()
			n.out.rows, n.out.marks = nil, nil
			n.feed(part...)
			n.feed(rest...)
			n.wantMarks("1 END 3001 shop.t=3001 @1")
			if len(n.out.rows) != 1 || n.out.rows[0].Order != "3001/3001" {
				t.Errorf("got %+v", n.out.rows)
			}
		})
	}
}

// TestTransactionOrder: a change of the key takes two numbers.
func TestTransactionOrder(t *testing.T) {
	var n tally
	s, other := &event.Schema{Database: "shop", Table: "t"}, &event.Schema{Database: "shop", Table: "o"}
	rows := []event.Row{{Schema: s}, {Schema: s, Flags: event.KeyChanged}, {Schema: other}, {Schema: s}}
	var got [][2]uint32
	for i := range rows {
		n.count(&rows[i])
		got = append(got, [2]uint32{rows[i].Order, rows[i].TableOrder})
	}
	if diff := cmp.Diff([][2]uint32{{1, 1}, {2, 2}, {4, 1}, {5, 4}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestTransactionSkipped: what never leaves isn't counted.
func TestTransactionSkipped(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	b.h.fl, b.h.progress = MariaDB, newProgress(gtid.NewSet(MariaDB))
	*b.h.capture = event.Capture{Transactions: true, Skipped: []event.Op{event.OpCreate}}
	b.feed(l.mariaGTID(1, 0), l.tableMap(70, "t"), l.insert(70, 1, 2), l.xid(), l.mariaGTID(2, 1), l.query("truncate table t"))
	b.drain()
	b.wantMarks("0 BEGIN @1", "2 END 0 @1", "0 BEGIN @2")
	if r := b.out.rows; r[0].Order != "" || r[2].Order != "1/1" || r[2].Index != 0 {
		t.Errorf("got %+v", r)
	}
	b.h.capture.Skipped = nil
	b.feed(l.mariaGTID(3, 0), l.tableMap(70, "t"), l.insert(70, 1, 2), l.xid(), l.mariaGTID(4, 1), l.query("truncate table t"))
	b.drain()
	if r := b.out.rows[len(b.out.rows)-1]; r.Order != "1/1" || r.Index != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestTransactionMarksMariaDB: a statement that stands alone begins a
// transaction and doesn't end it.
func TestTransactionMarksMariaDB(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	b.h.fl, b.h.progress, b.h.capture.Transactions = MariaDB, newProgress(gtid.NewSet(MariaDB)), true
	b.feed(l.mariaGTID(1, 1), l.query("create table elsewhere.x (id int)"), l.mariaGTID(2, 0), l.tableMap(70, "t"), l.insert(70, 1), l.xid())
	b.wantMarks("0 BEGIN @1", "0 BEGIN @2", "1 END 1 shop.t=1 @2")
}

func (l *log) mariaGTID(seq uint64, flags byte) []byte {
	body := binary.LittleEndian.AppendUint64(nil, seq)
	return l.event(evMariaGTID, append(binary.LittleEndian.AppendUint32(body, 0), flags, 0, 0, 0, 0, 0, 0))
}

// TestQueryText: rows carry the statement that they come from, in every batch.
func TestQueryText(t *testing.T) {
	for _, on := range []bool{true, false} {
		b, l := newBench(t, "shop.t"), newLog()
		b.h.capture.Query = on
		b.feed(l.gtid(1), l.query("BEGIN"), l.event(evRowsQuery, append([]byte{9}, "insert é"...)), l.tableMap(70, "t"), l.insert(70, many(3000)...), l.insert(70, 1),
			l.event(evMariaAnnotate, []byte("delete")), l.insert(70, 2), l.xid())
		b.feed(l.gtid(2), l.query("BEGIN"), l.insert(70, 3), l.xid())
		var got []string
		for i, r := range b.out.rows {
			if i == 0 || r.Query != got[len(got)-1] {
				got = append(got, r.Query)
			}
		}
		want := []string{"insert é", "delete", ""}
		if !on {
			want = []string{""}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
