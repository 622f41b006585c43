package expr

import (
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// The fields of the envelope, as Debezium's add.fields finds them.
func TestMetadata(t *testing.T) {
	type want struct {
		value string
		kind  event.Kind
	}
	const text, whole = event.KindString, event.KindInt
	tests := []struct {
		path            string
		mysql, postgres want // an empty value: there is no such field
	}{
		{"op", want{`"u"`, text}, want{`"u"`, text}},
		{"ts_ms", want{"1700000000123", whole}, want{"1700000000123", whole}},
		{"ts_us", want{"1700000000123456", whole}, want{"1700000000123456", whole}},
		{"ts_ns", want{"1700000000123456000", whole}, want{"1700000000123456000", whole}},
		{"table", want{`"orders"`, text}, want{`"orders"`, text}},
		{"source.table", want{`"orders"`, text}, want{`"orders"`, text}},
		{"db", want{`"shop"`, text}, want{`"app"`, text}},
		{"schema", want{}, want{`"shop"`, text}},
		{"version", want{`"3.0"`, text}, want{`"3.0"`, text}},
		{"connector", want{`"mysql"`, text}, want{`"postgresql"`, text}},
		{"name", want{`"pre"`, text}, want{`"pre"`, text}},
		{"source.ts_ms", want{"1000", whole}, want{"1000", whole}},
		{"source.ts_us", want{"1000000", whole}, want{"1000000", whole}},
		{"source.ts_ns", want{"1000000000", whole}, want{"1000000000", whole}},
		{"snapshot", want{"null", text}, want{"null", text}},
		{"sequence", want{"null", text}, want{`"[\"90\",\"100\"]"`, text}},
		{"txId", want{}, want{"9", whole}},
		{"lsn", want{}, want{"100", whole}},
		{"xmin", want{}, want{"null", whole}},
		{"origin", want{}, want{`"other"`, text}},
		{"origin_lsn", want{}, want{"5", whole}},
		{"server_id", want{"3", whole}, want{}},
		{"gtid", want{`"uuid:7"`, text}, want{}},
		{"file", want{`"binlog.000001"`, text}, want{}},
		{"source.pos", want{"100", whole}, want{}},
		{"row", want{"0", whole}, want{}},
		{"thread", want{"11", whole}, want{}},
		{"query", want{`"UPDATE"`, text}, want{}},
		{"transaction.id", want{`"uuid:7"`, text}, want{`"9:100"`, text}},
		{"transaction.total_order", want{"4", whole}, want{"4", whole}},
		{"transaction.data_collection_order", want{"2", whole}, want{"2", whole}},
		{"nope", want{}, want{}},
		{"source.nope", want{}, want{}},
		{"before.id", want{}, want{}},
		{"topic", want{}, want{}},
		{"ts", want{}, want{}},
	}
	l := testLanguage(t)
	for _, tt := range tests {
		for _, postgres := range []bool{false, true} {
			expect := tt.mysql
			if postgres {
				expect = tt.postgres
			}
			tab := testTable(cdctest.KindsTable(postgres))
			typ, read, ok := l.Metadata(tt.path, tab)
			if ok != (expect.value != "") {
				t.Errorf("%s (postgres %v): found %v", tt.path, postgres, ok)
				continue
			}
			if !ok {
				continue
			}
			b := fullTransaction(tab.Schema)
			v, err := read(b, &b.Rows[0])
			got := want{show(b, v), typ.Kind}
			if err != nil || got != expect || !typ.Nullable() {
				t.Errorf("%s (postgres %v): got %v, %v, want %v", tt.path, postgres, got, err, expect)
			}
		}
	}
}

// TestSnapshotMark: a row of the stream has none, as little as Debezium's has.
func TestSnapshotMark(t *testing.T) {
	tab := testTable(cdctest.KindsTable(false))
	typ, read, ok := testLanguage(t).Metadata("source.snapshot", tab)
	if !ok || typ.Logical != event.LogicalEnum || typ.Default != nil {
		t.Fatalf("got %+v, %v", typ, ok)
	}
	b := fullTransaction(tab.Schema)
	r := b.Rows[0]
	r.Op, r.Flags = event.OpRead, r.Flags|event.SnapshotLast
	if v, err := read(b, &r); err != nil || show(b, v) != `"last"` {
		t.Errorf("got %s, %v", show(b, v), err)
	}
}

// fullTransaction is an update in a transaction of which all is known.
func fullTransaction(s *event.Schema) *event.Batch {
	n := cdctest.NewBatch().Update(s, wholeRow("x"), wholeRow("y"))
	n.Last().Order, n.Last().TableOrder = 4, 2
	b := n.Batch()
	b.Txs[0] = event.Tx{
		GTID: b.Put(event.KindString, []byte("uuid:7")), XID: 9, File: "binlog.000001", Pos: 4, PrevCommit: 90,
		ReplicationOrigin: "other", OriginLSN: 5, Thread: 11, Server: 3,
	}
	b.Origins[0].Query = b.Put(event.KindString, []byte("UPDATE"))
	return b
}

// A transaction without a GTID is named by where it begins.
func TestTransactionWithoutGTID(t *testing.T) {
	tab := testTable(cdctest.KindsTable(false))
	b := fullTransaction(tab.Schema)
	b.Txs[0].GTID = event.Null
	if got, _ := result(t, testLanguage(t), tab, "transaction.id", b, &b.Rows[0]); got != `"file=binlog.000001,pos=4"` {
		t.Errorf("got %s", got)
	}
}
