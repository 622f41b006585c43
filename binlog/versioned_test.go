package binlog

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"

	"cdc/event"
)

func TestMakesVersioned(t *testing.T) {
	for sql, want := range map[string]bool{
		"create table t (id int) with system versioning":                                                 true,
		"CREATE TABLE t (id int, x int WITH  SYSTEM /* c */ VERSIONING)":                                 true,
		"alter table t add v int, add system versioning":                                                 true,
		"create table t (i int) /*M!100301 with system versioning */ partition by system_time limit 100": true,
		"alter table t drop system versioning":                                                           false,
		"create table t (id int without system versioning)":                                              false,
		"create table t (id int comment 'with system versioning')":                                       false,
		"create table t (`with` int, `system` int, versioning int)":                                      false,
		"alter table t add system int":                                                                   false,
		"alter table t comment='":                                                                        false,
	} {
		if got := makesVersioned([]byte(sql), 0); got != want {
			t.Errorf("%s: %v", sql, got)
		}
	}
}

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
	visible := []columnFact{{Name: "id", Type: "int(11)"}, {Name: "v", Type: "int(11)", Nullable: true}}
	period := func(declared bool) []columnFact {
		return append(visible[:2:2], columnFact{Name: "row_start", Type: "timestamp(6)", Period: declared}, columnFact{Name: "row_end", Type: "timestamp(6)", Period: declared})
	}
	tests := map[string]struct {
		live   *tableFacts
		refuse bool
	}{
		"hidden columns":   {&tableFacts{Columns: visible, Key: []string{"id"}, Primary: true}, true},
		"declared columns": {&tableFacts{Columns: period(true), Key: []string{"id", "row_end"}, Primary: true}, true},
		"gone":             {nil, true},
		"a copy of one":    {&tableFacts{Columns: period(false), Key: []string{"id", "row_end"}, Primary: true}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			look := func(context.Context, tableName) (*tableFacts, error) {
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
