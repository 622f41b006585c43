package expr

import (
	"strings"
	"sync"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// What every variable is for every kind of row. The columns of the table are in
// the order of the ways in which a row can be incomplete.
func TestWhatIsMissing(t *testing.T) {
	const fails, gone, toast, null = "no image", "not logged", "unavailable", "NULL"
	tests := []struct {
		text string
		// insert, snapshot row, truncate, delete, delete with its key only, update,
		// update without a row before, update of the key
		want [8]string
	}{
		{`after.note`, [8]string{"null", "null", fails, fails, fails, toast, toast, `"b"`}},
		{`after.id`, [8]string{"7", "7", fails, fails, fails, "7", "7", "8"}},
		{`before.id`, [8]string{fails, fails, fails, "7", "7", "7", "7", "7"}},
		{`before.status`, [8]string{fails, fails, fails, `"x"`, gone, `"x"`, gone, `"x"`}},
		{`row.id`, [8]string{"7", "7", fails, "7", "7", "7", "7", "8"}},
		{`row.status`, [8]string{`"x"`, `"x"`, fails, `"x"`, gone, `"y"`, `"y"`, `"y"`}},
		{`key.id`, [8]string{"7", "7", fails, "7", "7", "7", "7", "8"}},
		{`old("id")`, [8]string{"null", "null", "null", "7", "7", "7", "7", "7"}},
		{`old("status")`, [8]string{"null", "null", "null", `"x"`, gone, `"x"`, gone, `"x"`}},
		{`changed("id")`, [8]string{"false", "false", "false", "false", "false", "false", "false", "true"}},
		{`changed("status")`, [8]string{"false", "false", "false", "false", "false", "true", gone, "true"}},
		{`changed("note")`, [8]string{"false", "false", "false", "false", "false", "false", "false", "true"}},
		{`before == null`, [8]string{"true", "true", "true", "false", "false", "false", gone, "false"}},
		{`value.after == null`, [8]string{"false", "false", "true", "true", "true", "false", "false", "false"}},
		{`row == null`, [8]string{"false", "false", "true", "false", "false", "false", "false", "false"}},
		{`has(after.note)`, [8]string{"false", "false", "false", "false", "false", toast, toast, "true"}},
		{`after.?note.orValue("-")`, [8]string{`"-"`, `"-"`, `"-"`, `"-"`, `"-"`, toast, toast, `"b"`}},
		{`before.?status.orValue("-")`, [8]string{`"-"`, `"-"`, `"-"`, `"x"`, gone, `"x"`, gone, `"x"`}},
		{`row.?id.orValue(0)`, [8]string{"7", "7", "0", "7", "7", "7", "7", "8"}},
		{`coalesce(after.note, before.status, "-")`, [8]string{`"-"`, `"-"`, `"-"`, `"x"`, gone, toast, toast, `"b"`}},
		{`after.note + "!"`, [8]string{null, null, fails, fails, fails, toast, toast, `"b!"`}},
		{`sha256(after.note).size()`, [8]string{null, null, fails, fails, fails, toast, toast, "64"}},
		{`source.snapshot`, [8]string{`"false"`, `"last"`, `"false"`, `"false"`, `"false"`, `"false"`, `"false"`, `"false"`}},
		{`source.lsn`, [8]string{"100", "101", "102", "103", "104", "105", "106", "107"}},
		{`source.sequence`, [8]string{
			`"[null,\"100\"]"`, `"[null,\"101\"]"`, `"[null,\"102\"]"`, `"[null,\"103\"]"`, `"[null,\"104\"]"`, `"[null,\"105\"]"`, `"[null,\"106\"]"`, `"[null,\"107\"]"`,
		}},
		{`op`, [8]string{`"c"`, `"r"`, `"t"`, `"d"`, `"d"`, `"u"`, `"u"`, `"u"`}},
		{`transaction.id`, [8]string{"null", "null", "null", "null", "null", `"9:105"`, "null", "null"}},
		{`transaction.?total_order.orValue(0)`, [8]string{"0", "0", "0", "0", "0", "3", "0", "0"}},
		{`source.txId`, [8]string{"9", "9", "9", "9", "9", "9", "9", "9"}},
		{`source.xmin`, [8]string{"null", "null", "null", "null", "null", "null", "null", "null"}},
		{`date(ts) + " " + topic`, [8]string{
			`"1970-01-01 pre.shop.orders"`, `"1970-01-01 pre.shop.orders"`, `"1970-01-01 pre.shop.orders"`, `"1970-01-01 pre.shop.orders"`,
			`"1970-01-01 pre.shop.orders"`, `"1970-01-01 pre.shop.orders"`, `"1970-01-01 pre.shop.orders"`, `"1970-01-01 pre.shop.orders"`,
		}},
	}
	l, tab := testLanguage(t), testTable(cdctest.PostgresTable("shop.orders",
		cdctest.Key("id", event.KindInt), cdctest.Col("status", event.KindString), cdctest.Col("note", event.KindString)))
	b := incompleteRows(tab.Schema)
	for _, tt := range tests {
		for i := range b.Rows {
			got := reason(t, l, tab, tt.text, b, &b.Rows[i])
			if got != tt.want[i] {
				t.Errorf("%s of row %d (%c): %s, want %s", tt.text, i, b.Rows[i].Op, got, tt.want[i])
			}
		}
	}
}

func incompleteRows(s *event.Schema) *event.Batch {
	b := cdctest.NewBatch()
	b.Insert(s, 7, "x", nil)
	b.Read(s, 7, "x", nil).Last().Flags |= event.SnapshotLast
	b.Truncate(s)
	b.Delete(s, 7, "x", "b")
	b.Delete(s, 7, nil, nil).Last().Flags |= event.KeyOnly
	b.Update(s, cdctest.Row{7, "x", "b"}, cdctest.Row{7, "y", event.Unavailable})
	b.Last().Order, b.Last().TableOrder = 3, 2
	b.Update(s, nil, cdctest.Row{7, "y", event.Unavailable})
	b.Update(s, cdctest.Row{7, "x", "a"}, cdctest.Row{8, "y", "b"})
	b.Batch().Txs[0].XID = 9
	return b.Batch()
}

// reason is the value of an expression for a row, or why it has none.
func reason(t *testing.T, l *Language, tab *Table, text string, b *event.Batch, r *event.Row) string {
	t.Helper()
	var rep rulefile.Report
	c := l.CheckValue(rulefile.NewExpr("r.yaml", text), tab, &rep)
	if c == nil {
		t.Fatalf("%s: %v", text, rep.Err())
	}
	get, _, err := c.Compile(tab, r.Op)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	v, err := get(b, r)
	if err == nil {
		return show(b, v)
	}
	for part, word := range map[string]string{
		"has no image": "no image", "only the key of the old row": "not logged", "stored out of line": "unavailable", "NULL": "NULL",
	} {
		if strings.Contains(err.Error(), part) {
			if c.Fails(r.Op) == nil && word == "no image" {
				t.Errorf("%s: %c fails always, and Fails doesn't say so", text, r.Op)
			}
			return word
		}
	}
	return err.Error()
}

// Arrays and composed values can be compared and passed on, nothing else.
func TestComposedValues(t *testing.T) {
	s := cdctest.PostgresTable("shop.orders", cdctest.Key("id", event.KindInt), cdctest.Col("tags", event.KindList))
	l, tab := testLanguage(t), testTable(s)
	b := cdctest.NewBatch()
	b.Update(s, cdctest.Row{1, "ab"}, cdctest.Row{1, "ab"}).Update(s, cdctest.Row{1, nil}, cdctest.Row{1, "ab"})
	tests := []struct{ text, want string }{
		{`after.tags == null`, "false false"},
		{`before.tags == after.tags`, "true false"},
		{`before.tags != after.tags && after.id + 0 == 1`, "false true"},
		{`[1].all(x, before.tags == after.tags)`, "true false"},
		{`changed("tags")`, "false true"},
		{`has(before.tags)`, "true false"},
	}
	for _, tt := range tests {
		got := reason(t, l, tab, tt.text, b.Batch(), &b.Batch().Rows[0]) + " " + reason(t, l, tab, tt.text, b.Batch(), &b.Batch().Rows[1])
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.text, got, tt.want)
		}
	}
	var rep rulefile.Report
	if c := l.CheckValue(rulefile.NewExpr("r.yaml", "row.tags"), tab, &rep); c == nil || c.Type().Kind != event.KindList {
		t.Errorf("row.tags: %v", rep.Err())
	}
	if c := l.Check(rulefile.NewExpr("r.yaml", `"x" in after.tags`), tab, &rep); c != nil {
		t.Error("an array can be searched")
	}
	want := `r.yaml:1:5: "in" can't be applied to string, an array or composed value (such a column can be compared with null or with itself, and taken as it is)`
	if got := rep.Err(); got == nil || got.Error() != want {
		t.Errorf("got %v", got)
	}
}

// Many goroutines check, compile and evaluate with one language.
func TestConcurrentUse(t *testing.T) {
	l := testLanguage(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 20 {
				tab := testTable(cdctest.KindsTable(i%2 == 0))
				b := sampleRow(tab.Schema)
				for text, want := range map[string]string{`after.id * 2`: "14", `sha256(after.status).size()`: "64", `source.connector`: `"` + tab.connector() + `"`} {
					if got := reason(t, l, tab, text, b, &b.Rows[0]); got != want {
						t.Errorf("%s: %s", text, got)
					}
				}
			}
		})
	}
	wg.Wait()
}
