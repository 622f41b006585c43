package transform

import (
	"sync"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

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
