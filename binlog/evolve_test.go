package binlog

import (
	"context"
	"strings"
	"testing"

	"cdc/binlog/ddl"
)

// follows is a bench whose catalogue knows nothing but what is in it at first.
func follows(t *testing.T, tables ...string) (*bench, *log) {
	t.Helper()
	b, l := newBench(t, tables...), newLog()
	look := b.h.history.look
	f, err := look(t.Context(), ddl.Name{Database: "shop", Table: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.h.history.append(t.Context(), f, 0, spot{"A", "bin.000001", 4}); err != nil {
		t.Fatal(err)
	}
	b.h.history.look = func(context.Context, ddl.Name) (*ddl.Table, error) {
		return nil, nil //nolint:nilnil // no such table
	}
	b.h.capture.SchemaChanges = true
	b.feed(l.gtid(1))
	return b, l
}

// columns prints a table as the history has it.
func (b *bench) columns(name string) string {
	f := b.h.history.before(ddl.Name{Database: "shop", Table: name}, spot{"A", "bin.999999", 4})
	if f == nil {
		return ""
	}
	var list []string
	for i := range f.Columns {
		list = append(list, f.Columns[i].Name+" "+f.Columns[i].Type)
	}
	return strings.Join(list, ", ") + " key " + strings.Join(f.Key, ",")
}

// TestFollow: what a table is behind statements, without a catalogue.
func TestFollow(t *testing.T) {
	for name, tt := range map[string]struct {
		statements []string
		table      string
		want       string
	}{
		"swapped by a tool": {[]string{
			"create table _t_gho like t", "alter table _t_gho add w int after id", "rename table t to _t_del, _t_gho to t", "drop table _t_del",
		}, "t", "id int, w int, v int key id"},
		"swapped, and back": {[]string{
			"create table x (k int primary key)", "rename table t to y, x to t", "rename table t to x, y to t",
		}, "t", "id int, v int key id"},
		"names that change places": {[]string{"alter table t rename column id to v, rename column v to id"}, "t", "v int, id int key v"},
		"dropped with its database": {[]string{
			"drop database shop", "create table if not exists t (n int)",
		}, "t", "n int key "},
		"made if it weren't there": {[]string{"create table if not exists t (n int)"}, "t", "id int, v int key id"},
		"gone":                     {[]string{"drop table t"}, "t", ""},
		"gone by its name":         {[]string{"alter table t rename to elsewhere.t"}, "t", ""},
		"two keys": {[]string{
			"alter table t drop primary key, add unique a (v), add unique b (id)",
		}, "t", "id int, v int key id"},
		"statement of a client": {[]string{"/* x */ ALTER TABLE `shop`.`t` ADD (`a,b` ENUM('x)','y''z') NOT NULL DEFAULT 'x)' COMMENT ';')"}, "t", "id int, v int, a,b enum('x)','y''z') key id"},
		"partitions":            {[]string{"alter table t partition by hash (id) partitions 4", "alter table t drop partition p"}, "t", "id int, v int key id"},
	} {
		t.Run(name, func(t *testing.T) {
			b, l := follows(t, "shop.t")
			for _, sql := range tt.statements {
				b.feed(l.query(sql))
			}
			if got := b.columns(tt.table); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestToldStatements: which statements the schema change topic has, and how.
func TestToldStatements(t *testing.T) {
	for sql, want := range map[string]string{
		"alter table t add w int;":                                       "DDL shop t alter table t add w int",
		"/* a */ alter table t add w int /* b */":                        "DDL shop t alter table t add w int",
		"alter table shop.t add w int, rename to t9":                     "DDL shop t9 alter table shop.t add w int, rename to t9",
		"set statement lock_wait_timeout=1 for drop table t":             "DDL shop t drop table `shop`.`t`",
		"drop table t cascade":                                           "DDL shop t drop table `shop`.`t` CASCADE",
		"rename tables other.x to other.y":                               "",
		"create index i on t (v)":                                        "DDL shop  create index i on t (v)",
		"create table other (id int)":                                    "",
		"create database shop charset utf8mb4":                           "DDL shop  create database shop charset utf8mb4",
		"create database elsewhere":                                      "",
		"create definer=`a`@`b` sql security definer view x as select 1": "",
		"create event e on schedule every 1 day do select 1":             "DDL shop  create event e on schedule every 1 day do select 1",
		"grant select on t to u":                                         "", "analyze table t": "", "truncate table t": "", "drop user u": "", "# Dummy event replacing event type 160": "",
	} {
		b, l := follows(t, "shop.t", "shop.t9")
		b.feed(l.query(sql))
		b.drain()
		got := strings.TrimSuffix(strings.TrimPrefix(strings.Join(b.out.marks, "\n"), "0 "), " @1")
		if got != want && !(want == "" && got == "") {
			t.Errorf("%s\ngot  %q\nwant %q", sql, got, want)
		}
	}
}

func TestDatabasesIn(t *testing.T) {
	for patterns, want := range map[string]string{
		"shop.*": "shop", "shop*.orders,!shop_old.*": "shop shop2", "/shop\\.(a|b)/": "shop", "*.*,!x.t": "shop shop2 x", "": "",
	} {
		d := databasesIn(strings.Split(patterns, ","))
		var got []string
		for _, name := range []string{"shop", "shop2", "shop_old", "x"} {
			if d.has(name) {
				got = append(got, name)
			}
		}
		if text := strings.Join(got, " "); text != want && !(patterns == "*.*,!x.t" && text == "shop shop2 shop_old x") {
			t.Errorf("%s: %s", patterns, text)
		}
	}
}
