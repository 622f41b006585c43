package transform

import (
	"math"
	"sync"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// Numbers beside a column mean what they say, whatever the column's type.
func TestNumbersTakeTheColumnsType(t *testing.T) {
	s := propTable(false)
	lang, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text string
		want bool
	}{
		{"after.u == 5", false},
		{"after.u == 18446744073709551615u", true},
		{"after.u > -1", true},
		{"after.u >= 9223372036854775808u", true},
		{"after.u in [1, 18446744073709551615u]", true},
		{"after.id == 7.0", true},
		{"after.id > 6.5", true},
		{"after.f == 0.1", true},
		{"after.f > 0.1", false},
		{"after.g == 2", true},
		{"2 == after.g", true},
		{"after.total == 12.5", true},
		{"after.total == 12.500", true},
		{"after.total < 12.500000000000000000001", true},
		{"after.total > 12", true},
		{"after.total in [1, 12.50]", true},
		{`after.total == decimal("12.5")`, true},
		{"after.total == decimal(after.id)", false},
		{"after.total > decimal(after.id)", true},
		{`after.at == timestamp("2023-11-14T22:13:20Z")`, true},
		{`after.day < timestamp("2023-11-14T22:13:20Z")`, true},
		{`after.at.getFullYear() == 2023`, true},
		{`after.raw == b"\x00\xff"`, true},
		{`after["doc"] == "{}"`, true},
		{`source.table == "orders" && source.db == "shop" && source.schema == ""`, true},
	}
	b := cdctest.NewBatch().Insert(s, 7, "x", nil, uint64(math.MaxUint64), float32(0.1), 2.0, "12.50", true,
		[]byte{0, 255}, 1_700_000_000_000_000, 19_000, "{}").Batch()
	for _, tt := range tests {
		c, _ := bindText(t, lang, s, tt.text)
		if c == nil {
			t.Errorf("%s: refused", tt.text)
			continue
		}
		if got, err := closed(t, c, s, b, &b.Rows[0]); got != tt.want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

// With replica identity DEFAULT, key columns of the old row are known all the same.
func TestKeyColumnsOfAnOldRowThatIsNotLogged(t *testing.T) {
	s := pgOrdersTable()
	p := ruled(t, `when: changed("id") || before.id != old("id") || before.id == 2`, "on: [update]", "topic: t")
	b := cdctest.NewBatch()
	b.Update(s, nil, row{1, "x", nil, nil})
	b.Update(s, row{1, nil, nil, nil}, row{2, "x", nil, nil}).Last().Flags |= event.KeyOnly
	b.Update(s, nil, row{2, "x", nil, nil})
	if got := outs(t, p, b.Batch()); len(got) != 2 || got[0] != "1u t nodelete" || got[1] != "2u t nodelete" {
		t.Errorf("got %q", got)
	}
}

func TestUnchangedToastHasNotChanged(t *testing.T) {
	s := pgOrdersTable()
	p := ruled(t, `when: changed("note")`, "on: [update]")
	b := cdctest.NewBatch().Update(s, row{1, "x", nil, "y"}, row{1, "x", nil, event.Unavailable}).Batch()
	if got := outs(t, p, b); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

// Workers bind and run the same program at the same time.
func TestProgramIsSafeForConcurrentUse(t *testing.T) {
	p := ruled(t, `when: op == "c" || changed("status") || after.status.startsWith("ship")`, "on: [insert, update]", "otherwise: pass")
	shared := ordersTable()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				for _, s := range []*event.Schema{shared, ordersTable()} {
					if err := p.Run(orderDayWithStatus(s)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func orderDayWithStatus(s *event.Schema) *event.Batch {
	return cdctest.NewBatch().Insert(s, 1, "a", nil, nil).Update(s, row{1, "a", nil, nil}, row{1, "a", "1", nil}).Delete(s, 1, "a", nil, nil).Batch()
}
