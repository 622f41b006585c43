package expr

import (
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// The fields of the envelope, as Debezium's add.fields finds them.
func TestMetadata(t *testing.T) {
	type want struct {
		value    string
		kind     event.Kind
		nullable bool
	}
	const text, whole = event.KindString, event.KindInt
	tests := []struct {
		path            string
		mysql, postgres want // an empty value: there is no such field
	}{
		{"op", want{`"u"`, text, false}, want{`"u"`, text, false}},
		{"ts_ms", want{"1700000000123", whole, true}, want{"1700000000123", whole, true}},
		{"ts_us", want{"1700000000123456", whole, true}, want{"1700000000123456", whole, true}},
		{"ts_ns", want{"1700000000123456000", whole, true}, want{"1700000000123456000", whole, true}},
		{"table", want{`"orders"`, text, true}, want{`"orders"`, text, false}},
		{"source.table", want{`"orders"`, text, true}, want{`"orders"`, text, false}},
		{"db", want{`"shop"`, text, false}, want{`"app"`, text, false}},
		{"schema", want{}, want{`"shop"`, text, false}},
		{"version", want{`"3.0"`, text, false}, want{`"3.0"`, text, false}},
		{"connector", want{`"mysql"`, text, false}, want{`"postgresql"`, text, false}},
		{"name", want{`"pre"`, text, false}, want{`"pre"`, text, false}},
		{"source.ts_ms", want{"1000", whole, false}, want{"1000", whole, false}},
		{"source.ts_us", want{"1000000", whole, true}, want{"1000000", whole, true}},
		{"source.ts_ns", want{"1000000000", whole, true}, want{"1000000000", whole, true}},
		{"snapshot", want{`"false"`, text, true}, want{`"false"`, text, true}},
		{"sequence", want{"null", text, true}, want{`"[\"90\",\"100\"]"`, text, true}},
		{"txId", want{}, want{"9", whole, true}},
		{"lsn", want{}, want{"100", whole, true}},
		{"xmin", want{}, want{"null", whole, true}},
		{"origin", want{}, want{`"other"`, text, true}},
		{"origin_lsn", want{}, want{"5", whole, true}},
		{"server_id", want{"3", whole, false}, want{}},
		{"gtid", want{`"uuid:7"`, text, true}, want{}},
		{"file", want{`"binlog.000001"`, text, false}, want{}},
		{"source.pos", want{"100", whole, false}, want{}},
		{"row", want{"0", whole, false}, want{}},
		{"thread", want{"11", whole, true}, want{}},
		{"query", want{`"UPDATE"`, text, true}, want{}},
		{"transaction.id", want{`"uuid:7"`, text, true}, want{`"9:100"`, text, true}},
		{"transaction.total_order", want{"4", whole, true}, want{"4", whole, true}},
		{"transaction.data_collection_order", want{"2", whole, true}, want{"2", whole, true}},
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
			got := want{show(b, v), typ.Kind, typ.Nullable()}
			if err != nil || got != expect {
				t.Errorf("%s (postgres %v): got %v, %v, want %v", tt.path, postgres, got, err, expect)
			}
		}
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
