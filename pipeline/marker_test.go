package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// The marks of a snapshot by the number of rows in its tables, as recorded from
// Debezium; that of an empty first table follows from its code.
func TestSnapshotMarks(t *testing.T) {
	tests := []struct {
		rows []int
		want string
	}{
		{[]int{1}, "last"},
		{[]int{2}, "first last"},
		{[]int{1, 1}, "first last"},
		{[]int{1, 2}, "first first_in_table last"},
		{[]int{1, 1, 1, 1}, "first last_in_table last_in_table last"},
		{[]int{2, 0, 0}, "first last"},
		{[]int{1, 0}, "last"},
		{[]int{3, 0, 1}, "first - last_in_table last"},
		{[]int{2, 1, 1}, "first last_in_table last_in_table last"},
		{[]int{3, 0, 1, 2}, "first - last_in_table last_in_table first_in_table last"},
		{[]int{0, 3}, "first_in_table - last"},
		{[]int{0, 1, 2}, "last_in_table first_in_table last"},
		{[]int{0, 0}, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.rows), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(0)
				r.source.tables = map[string]int{}
				for i, n := range tt.rows {
					name := fmt.Sprint("t", i)
					r.source.order = append(r.source.order, name)
					r.source.tables[name] = n
				}
				r.start(t)
				r.stop()
				if err := <-r.done; err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, key := range r.sink.written() {
					mark := key[strings.LastIndexByte(key, '/')+1:]
					if mark == "" {
						mark = "-"
					}
					got = append(got, mark)
				}
				if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
					t.Errorf("marks (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// What a view announces goes out before its rows. A statement that no row
// follows is the last of the snapshot, as recorded from Debezium.
func TestAnnounce(t *testing.T) {
	for _, tt := range []struct {
		mode SnapshotMode
		rows int
		want []string
	}{
		{SnapshotInitial, 1, []string{"drop table a", "create table a", "a/1/r/last"}},
		{SnapshotInitial, 0, []string{"drop table a", "create table a (last)"}},
		{SnapshotNoData, 1, []string{"drop table a", "create table a (last)"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(1)
			r.opt.Snapshot = tt.mode
			r.source.ddl = []string{"drop table a", "create table a"}
			r.source.order, r.source.tables = []string{"a"}, map[string]int{"a": tt.rows}
			r.start(t)
			advance(2 * time.Second)
			r.stop()
			if err := <-r.done; err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append(tt.want, "orders/1/c/"), r.sink.written()); diff != "" {
				t.Errorf("%s, %d rows: records (-want +got):\n%s", tt.mode, tt.rows, diff)
			}
		})
	}
}

// A restart of the pipeline brings another Unfit; the count goes on.
func TestUnrepresentable(t *testing.T) {
	s := &Stats{}
	take := func(u *event.Unfit, n int) {
		for range n {
			if err := u.Take(testTable, "id", "has no form"); err != nil {
				t.Fatal(err)
			}
		}
	}
	first, second := &event.Unfit{}, &event.Unfit{}
	New("shop", Parts{}, Options{Stats: s, Unfit: first})
	take(first, 3)
	New("shop", Parts{}, Options{Stats: s, Unfit: first})
	take(first, 1)
	New("shop", Parts{}, Options{Stats: s, Unfit: second})
	take(second, 2)
	if got := s.Unrepresentable(); got != 6 {
		t.Errorf("%d values counted, want 6", got)
	}
	New("shop", Parts{}, Options{Stats: s})
	if got := s.Unrepresentable(); got != 6 {
		t.Errorf("%d values counted, want 6", got)
	}
}
