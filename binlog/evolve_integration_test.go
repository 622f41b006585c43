//go:build integration

package binlog

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"cdc/binlog/ddl"
	"cdc/event"
	"cdc/internal/testdb"
)

// definitions are statements that both servers take. A # stands for a word that
// only one of them knows: "#mysql:..." or "#mariadb:...".
var definitions = []string{
	"create table t (id int primary key, a varchar(10) default 'x''y' comment 'it''s', b decimal(5,2) not null default 1.5, unique key u (a))",
	"alter table t add column c int unsigned zerofill after id, add d bigint first",
	"alter table t add (e enum('a','b','c') default 'b', f set('x','y') not null), add index (c)",
	"alter table t modify a text character set latin1, drop index u",
	"alter table t change b bb double not null default -1.25 first, rename column c to cc",
	"alter table t drop primary key, drop column id",
	"alter table t add unique key (d), add unique named (bb, cc)",
	"alter table t modify d bigint not null",
	"alter table t add constraint pk primary key (d), drop index named",
	"alter table t alter column e set default 'c', alter f drop default",
	"alter table t convert to character set utf8mb4",
	"alter table t convert to character set latin1 collate latin1_bin",
	"alter table t default charset utf8mb4, add g varchar(20), add h char, add i char(3) character set ascii",
	"alter table t rename column d to z, rename column z to d #skip",
	"alter table t rename column g to h, rename column h to g",
	"alter table t comment = 'table''s comment', engine=innodb",
	"create unique index more on t (g desc, h)",
	"drop index more on t",
	"alter table t add j json, add k datetime(3) default current_timestamp(3) on update current_timestamp(3), add l timestamp not null default '2020-01-01 10:00:00'",
	"alter table t add m int as (d + 1) virtual, add n int generated always as (d * 2) stored comment 'twice'",
	"alter table t add o bool not null default true, add p integer(5), add q dec(7) default 3, add r bit(3) default b'101', add s year default 2001",
	"alter table t add u tinyblob, add v varbinary(10) default 'ab', add w binary(2), add x tinytext, add y text(300), add y2 blob(70000)",
	"alter table t add aa real, add ab double precision, add ac float(7,3), add ad float(30), add ae character varying(9), add af nchar(4), add ag national varchar(5)",
	"alter table t add ah time(2) default '10:00:00.50', add ai date default '2020-02-29', add aj mediumint(4) unsigned default 7",
	"alter table t add geo point, add ga geometrycollection",
	"alter table t drop n, drop m, algorithm=copy",
	"alter table t modify e enum('a','b','c','d') default 'd', order by d",
	"create table t2 like t",
	"create table t3 (a int, b int, unique (a), unique (b), primary key (b, a)) default charset=utf8mb4 collate utf8mb4_bin comment 'c'",
	"alter table t3 drop primary key",
	"alter table t3 drop column b",
	"create table t4 (id serial, v varchar(5) collate utf8mb4_bin unique, w int unique not null)",
	"alter table t4 modify w int",
	"alter table t4 drop index id, add id2 int auto_increment primary key first, modify id bigint unsigned",
	"create table t5 (id int not null, p int) partition by hash (id) partitions 4",
	"alter table t5 add partition partitions 2",
	"alter table t5 remove partitioning",
	"rename table t5 to t6, t4 to t5",
	"alter table t5 rename to t7, add after_rename int",
	"create table if not exists t7 (other int)",
	"drop table t7",
	"create table if not exists t7 (other int, unique (other)) charset latin1",
	"create table t8 (a int, b varchar(10), unique key x (b(3)), check (a > 0))",
	"create table t9 (a int, p int, foreign key fk (p) references t2 (d) on delete set null on update cascade)#skip",
	"alter table t8 add constraint chk check (a < 100), add index i ((a * 2))#mysql",
	"alter table t8 add unique key fx ((a + 1))#mysql",
	"alter table t8 add vec vector(3), add inv int invisible default 4#mysql",
	"alter table t8 alter column b set invisible, alter index x invisible#mysql",
	"alter table t8 add uu uuid, add i4 inet4, add i6 inet6, add js json, add cc text compressed#mariadb",
	"alter table t8 add column if not exists b int, drop column if exists nothing, add dd varchar(5) default (concat('a','b'))#mariadb",
	"create or replace table t8 (id int primary key, c datetime default now() on update now())#mariadb",
}

// TestDefinitionsLikeTheServer follows each statement on the tables as they were
// before it and wants what the server then has.
func TestDefinitionsLikeTheServer(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		c := controlOf(t, configOf(srv, db+".*"))
		h := newDefinitionBench(t, fl, db)
		h.history.charsets = c.databaseCharset
		ctx := t.Context()
		for i, sql := range definitions {
			if sql = statementFor(fl, sql); sql == "" {
				continue
			}
			srv.Exec(t, db, "set sql_mode=''", sql)
			h.end, h.start = uint64(1000*i+1000), uint64(1000*i+1000)
			st := ddl.Parse([]byte(sql), db, 0)
			list, err := h.evolve(&query{text: []byte(sql), database: []byte(db)}, &st)
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			if err := h.record(list); err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				live, err := c.tableFacts(ctx, fl, one.name)
				if err != nil {
					t.Fatal(err)
				}
				if one.kind == "DROP" && live == nil {
					continue
				}
				if one.facts == nil || !one.facts.Same(live) {
					t.Errorf("%s\n%s", sql, differing(live, one.facts))
					if err := h.history.append(ctx, live, 0, h.spot()); err != nil {
						t.Fatal(err)
					}
				}
				if one.facts != nil {
					if _, err := schemaOf(one.facts, fl); err != nil {
						t.Errorf("%s: %v", sql, err)
					}
				}
			}
		}
	})
}

// differing says in what a table is not as the server has it.
func differing(live, followed *ddl.Table) string {
	if live == nil || followed == nil || len(live.Columns) != len(followed.Columns) {
		return cmp.Diff(live, followed)
	}
	var b strings.Builder
	for i := range live.Columns {
		x, y := live.Columns[i], followed.Columns[i]
		if !x.Same(&y) {
			y.Written = nil
			b.WriteString(cmp.Diff(x, y))
		}
	}
	x, y := *live, *followed
	x.Columns, y.Columns = nil, nil
	return b.String() + cmp.Diff(x, y)
}

func statementFor(fl Flavor, sql string) string {
	sql, only, found := strings.Cut(sql, "#")
	if found && only != fl.String() {
		return ""
	}
	return strings.TrimSpace(sql)
}

func controlOf(t *testing.T, c Config) *control {
	t.Helper()
	e, err := newEndpoint(&c)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := e.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.hangUp)
	return conn
}

// newDefinitionBench is a handler whose catalogue knows nothing.
func newDefinitionBench(t *testing.T, fl Flavor, db string) *handler {
	t.Helper()
	match, err := event.ParseTables([]string{db + ".*"})
	if err != nil {
		t.Fatal(err)
	}
	look := func(context.Context, ddl.Name) (*ddl.Table, error) {
		return nil, nil //nolint:nilnil // no such table
	}
	log := zaptest.NewLogger(t, zaptest.Level(zap.WarnLevel))
	return &handler{
		ctx: t.Context(), fl: fl, log: log, match: match, history: newHistory(&memoryJournal{}, look, all{}, log),
		capture: &event.Capture{}, server: "A", file: "bin.000001",
	}
}
