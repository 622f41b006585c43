package binlog

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cdc/binlog/ddl"
	"cdc/event"
)

func TestKeyProofOf(t *testing.T) {
	for sql, want := range map[string]keyProof{
		"create table t (id int, `unique` int comment 'unique')": keyNone,
		"create or replace table t as select 1 a /* unique */":   keyNone,
		"create table t (id int primary key)":                    keyNone,
		"create table t (id int Unique)":                         keyUnsure,
		"create table t (id serial)":                             keyUnsure,
		"create table t like u":                                  keyUnsure,
		"create table if not exists t (id int)":                  keySame,
		"create table if not exists t (id int, unique (id))":     keyUnsure,
		"alter table t add c int":                                keySame,
		"alter table t add c int /*!50100 unique */":             keyUnsure,
		"alter table t add unique key (c)":                       keyUnsure,
		"create unique index i on t (c)":                         keyUnsure,
		"create index i on t (c)":                                keySame,
		"alter table t comment='":                                keyUnsure,
	} {
		st := ddl.Parse([]byte(sql), "shop", 0)
		if got := keyProofOf(&st); got != want {
			t.Errorf("%s: %q", sql, got)
		}
	}
}

// TestKeylessVersion: rows of a version that neither history nor catalogue
// knows, of a table map without a key.
func TestKeylessVersion(t *testing.T) {
	columns := func(key ...string) *ddl.Table {
		return &ddl.Table{Key: key, Columns: []ddl.Column{{Name: "old", Type: "int", Nullable: true}}}
	}
	tests := map[string]struct {
		known      *ddl.Table // what is in the history of an older version
		gone       bool       // the table, by now
		statements []string
		refused    bool
	}{
		"nothing known":                    {refused: true},
		"no key before":                    {known: columns()},
		"a key before":                     {known: columns("old"), refused: true},
		"no key before, altered twice":     {known: columns(), statements: []string{"alter table t drop old", "alter table t add v int"}},
		"no key before, then an index":     {known: columns(), statements: []string{"create unique index i on t (v)", "alter table t drop old"}, refused: true},
		"the same of a table that is gone": {known: columns(), gone: true, statements: []string{"alter table t add unique (v)"}, refused: true},
		"made":                             {statements: []string{"create table t (id int not null, v int)"}},
		"made, and gone":                   {gone: true, statements: []string{"create table t (id int not null, v int)"}},
		"made with an index, and gone":     {gone: true, statements: []string{"create table t (id int, v int unique)"}, refused: true},
		"made again":                       {known: columns("old"), gone: true, statements: []string{"drop table t", "create table t (id int, v int)"}},
		"made unless it was there":         {known: columns("old"), statements: []string{"create table if not exists t (id int, v int)"}, refused: true},
		"like another":                     {gone: true, statements: []string{"create table t like x"}, refused: true},
		"renamed from one without":         {gone: true, statements: []string{"create table t0 (id int, v int)", "rename table t0 to t"}},
		"renamed from one with":            {gone: true, statements: []string{"create table t0 (id int, v int unique)", "alter table t0 rename t"}, refused: true},
		"renamed from one that is unknown": {known: columns(), gone: true, statements: []string{"rename table x.t to t"}, refused: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, l := newBench(t), newLog()
			b.h.history.look = func(_ context.Context, n ddl.Name) (*ddl.Table, error) {
				if tt.gone {
					return nil, nil //nolint:nilnil // no such table
				}
				return &ddl.Table{Database: n.Database, Table: n.Table, Columns: []ddl.Column{{Name: "new", Type: "int", Nullable: true}}}, nil
			}
			if tt.known != nil {
				tt.known.Database, tt.known.Table = "shop", "t"
				if err := b.h.history.append(t.Context(), tt.known, 0, spot{"A", "bin.000001", 4}); err != nil {
					t.Fatal(err)
				}
			}
			for i, sql := range tt.statements {
				b.feed(l.gtid(uint64(i+1)), l.query(sql))
			}
			body := mapBody(70, "t")
			keyless := body[:len(body)-3]
			b.refuses(l, keyless, tt.refused)

			// A restart knows the same.
			look := b.h.history.look
			b.h.history = newHistory(b.journal, look, all{}, b.h.log)
			if err := b.h.history.load(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.h.resume("A")
			b.refuses(l, keyless, tt.refused)
			b.feed(l.event(evTableMap, mapBody(71, "t"))) // a primary key needs no proof
		})
	}
}

// refuses feeds a table map, and wants it to be refused or to have no key.
func (b *bench) refuses(l *log, body []byte, want bool) {
	b.t.Helper()
	err := b.h.event(l.event(evTableMap, body))
	if want {
		if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), "!shop.t") || !strings.Contains(err.Error(), "bin.000001:") {
			b.t.Errorf("got %v", err)
		}
		return
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if key := b.h.maps[70].v.schema.Key; len(key) != 0 {
		b.t.Errorf("key %v", key)
	}
}

// TestKeylessLater: what comes behind a place proves nothing about it.
func TestKeylessLater(t *testing.T) {
	at := func(pos uint64) spot { return spot{"A", "bin.000001", pos} }
	e := func(pos uint64, key keyProof) entry {
		return entry{Server: "A", File: "bin.000001", Pos: pos, Key: key, Facts: &ddl.Table{}}
	}
	// 40 was written by a run that went back.
	h := tableHistory{entries: []entry{e(20, keyUnsure), e(50, keyNone), e(60, keySame), e(70, keyUnsure), e(40, keyNone)}}
	for pos, want := range map[uint64]bool{10: false, 20: false, 30: false, 40: true, 55: true, 65: true, 70: false, 90: false} {
		if got := h.keyless(at(pos)); got != want {
			t.Errorf("at %d: %v", pos, got)
		}
	}
}
