package encode

import (
	"fmt"
	"strings"
	"testing"

	"cdc/event"
)

// blocks returns what each value of the frame says of its transaction.
func blocks(f *event.Frame) []string {
	var list []string
	for i := range f.Records {
		_, block, ok := strings.Cut(string(f.Value(i)), `"transaction":`)
		if !ok {
			list = append(list, "-")
			continue
		}
		block, _, _ = strings.Cut(block, `,"op"`)
		list = append(list, block)
	}
	return list
}

func wantBlocks(t *testing.T, f *event.Frame, want ...string) {
	t.Helper()
	if got := blocks(f); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("transaction blocks:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func block(id string, total, ofTable int) string {
	return fmt.Sprintf(`{"id":"%s","total_order":%d,"data_collection_order":%d}`, id, total, ofTable)
}

// ordered is a batch of two inserts of one statement, a key change and an
// insert outside of transactions.
func ordered() *builder {
	b := newBuilder(idName())
	b.batch.Origins = append(b.batch.Origins, event.Origin{})
	a := b.text(event.KindString, "a")
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), a)).add(event.OpCreate, 0, nil, vals(event.Int(2), a))
	b.add(event.OpUpdate, event.KeyChanged, vals(event.Int(2), a), vals(event.Int(20), a))
	b.add(event.OpCreate, 0, nil, vals(event.Int(3), a))
	for i := range 3 {
		b.batch.Rows[i].Order, b.batch.Rows[i].TableOrder = uint32(i+5), uint32(i+2)
		b.batch.Rows[i].Off = uint64(300 + i/2)
	}
	b.batch.Rows[3].Origin = 1
	return b
}

func TestTransactionBlock(t *testing.T) {
	b := ordered()
	b.batch.Txs[0].Pos = 77
	f := b.encode(t, mysqlConf)
	const at = "file=bin.000001,pos=77"
	wantBlocks(t, f, block(at, 5, 2), block(at, 6, 3), block(at, 7, 4), "-", block(at, 8, 5), "null")

	const gtid = "c4251f86-e6c0-11f1-a13c-02fc00000001:990121"
	b.batch.Txs[0].GTID = b.text(event.KindString, gtid)
	wantBlocks(t, b.encode(t, mysqlConf), block(gtid, 5, 2), block(gtid, 6, 3), block(gtid, 7, 4), "-", block(gtid, 8, 5), "null")

	b.batch.Outs[2].NoDelete = true
	wantBlocks(t, b.encode(t, mysqlConf), block(gtid, 5, 2), block(gtid, 6, 3), block(gtid, 8, 5), "null")
}

// In PostgreSQL the id of a transaction names the event, too.
func TestTransactionBlockPostgres(t *testing.T) {
	f := ordered().encode(t, pgConf)
	wantBlocks(t, f, block("571:300", 5, 2), block("571:300", 6, 3), block("571:301", 7, 4), "-", block("571:301", 8, 5), "null")
}

func TestQuery(t *testing.T) {
	b := ordered()
	b.batch.Origins[0].Query = b.text(event.KindString, "insert into t values(1,'a') /* \"é\" */")
	f := b.encode(t, mysqlConf)
	const want = `,"query":"insert into t values(1,'a') /* \"é\" */"},"transaction"`
	for i := range f.Records {
		text := string(f.Value(i))
		if text == "" {
			continue
		}
		if last := i == len(f.Records)-1; strings.Contains(text, want) == last || strings.Contains(text, `,"query":null}`) != last {
			t.Errorf("record %d: query is wrong in %s", i, text)
		}
	}
}

func TestTransactionAllocatesNothing(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		batch := benchBatch(100, 10, event.OpUpdate)
		for i := range batch.batch.Origins {
			batch.batch.Origins[i].Query = batch.text(event.KindString, "update t set v = v + 1")
		}
		for i := range batch.batch.Rows {
			batch.batch.Rows[i].Order, batch.batch.Rows[i].TableOrder = uint32(i+1), uint32(i+1)
		}
		e, f := mustNew(t, c), new(event.Frame)
		allocs := testing.AllocsPerRun(10, func() {
			f.Reset()
			if err := e.Encode(f, &batch.batch); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 0 {
			t.Errorf("%s: %v allocations for 100 rows", c.Connector, allocs)
		}
	}
}
