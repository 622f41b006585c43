package binlog

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/event"
)

// versionedMap is that of t(id int primary key, v int) with the columns that
// MariaDB adds.
func versionedMap() *tableMap {
	return &tableMap{Database: "shop", Table: "t", flavor: MariaDB, named: true, key: []int{0, 3}, columns: []mapColumn{
		{code: codeLong, name: "id"},
		{code: codeLong, name: "v", nullable: true},
		{code: codeTimestamp2, meta: 6, name: "row_start"},
		{code: codeTimestamp2, meta: 6, name: "row_end"},
	}}
}

func TestVersionedMap(t *testing.T) {
	visible := []ddl.Column{{Name: "id", Type: "int(11)"}, {Name: "v", Type: "int(11)", Nullable: true}}
	period := func(declared bool) []ddl.Column {
		return append(visible[:2:2], ddl.Column{Name: "row_start", Type: "timestamp(6)", Period: declared}, ddl.Column{Name: "row_end", Type: "timestamp(6)", Period: declared})
	}
	tests := map[string]struct {
		live   *ddl.Table
		refuse bool
	}{
		"hidden columns":   {&ddl.Table{Columns: visible, Key: []string{"id"}, Primary: true}, true},
		"declared columns": {&ddl.Table{Columns: period(true), Key: []string{"id", "row_end"}, Primary: true}, true},
		"gone":             {nil, true},
		"a copy of one":    {&ddl.Table{Columns: period(false), Key: []string{"id", "row_end"}, Primary: true}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			look := func(context.Context, ddl.Name) (*ddl.Table, error) {
				if tt.live != nil {
					tt.live.Database, tt.live.Table = "shop", "t"
				}
				return tt.live, nil
			}
			j := &memoryJournal{}
			for range 2 { // the second time it is the history that knows
				h := newHistory(j, look, all{}, zap.NewNop())
				if err := h.load(t.Context()); err != nil {
					t.Fatal(err)
				}
				_, err := h.resolve(t.Context(), versionedMap(), spot{"A", "bin.000001", 4})
				if refused := errors.Is(err, event.ErrUnsupported) && strings.Contains(err.Error(), "!shop.t"); refused != tt.refuse || err != nil && !refused {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}

// TestHandlerVersioned: the statement is refused before a row comes, and only
// for captured tables.
func TestHandlerVersioned(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	b.feed(l.gtid(1), l.query("create table other (id int) with system versioning"))
	for _, sql := range []string{"create table t (id int) with system versioning", "alter table t add system versioning"} {
		err := b.h.event(l.query(sql))
		if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), `"!shop.t"`) {
			t.Errorf("%s: got %v", sql, err)
		}
	}
}
