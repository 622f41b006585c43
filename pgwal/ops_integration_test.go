//go:build integration

package pgwal

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdc/event"
)

// toasted are columns whose values are kept outside of the row.
var toasted = []struct{ typ, value string }{
	{"text", "repeat('a', 2100)"},
	{"jsonb", "jsonb_build_object('k', repeat('b', 2100))"},
	{"bytea", "decode(repeat('ab', 2100), 'hex')"},
	{"text[]", "array[repeat('d', 2100)]"},
	{"int[]", "array(select generate_series(1, 600))"},
	{"int[][]", "(select array_agg(array[n, n]) from generate_series(1, 600) n)"},
	{"numeric", "repeat('9', 8000)::numeric"},
	{"xml", "('<x>' || repeat('h', 2100) || '</x>')::xml"},
	{"uuid[]", "array(select gen_random_uuid() from generate_series(1, 150))"},
	{"hstore", "hstore('k', repeat('k', 2100))"},
	{"varbit", "repeat('1', 20000)::varbit"},
	{"tsvector", "array_to_tsvector(array(select 'lexeme' || n from generate_series(1, 300) n))"},
	{"int4range[]", "array(select int4range(n, n + 1) from generate_series(1, 300) n)"},
}

// Unchanged values of every type are unavailable, or those of the old row where
// the log has that as a whole.
func TestToastOfEveryType(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create extension hstore")
		for _, table := range []string{"d", "f"} {
			columns := []string{"id int primary key", "n int"}
			values := []string{"1", "1"}
			for i, c := range toasted {
				columns = append(columns, fmt.Sprintf("c%d %s", i, c.typ))
				values = append(values, c.value)
			}
			b.exec("create table " + table + " (" + strings.Join(columns, ", ") + ")")
			for i := range toasted {
				b.exec(fmt.Sprintf("alter table %s alter c%d set storage external", table, i))
			}
			b.exec("insert into " + table + " values (" + strings.Join(values, ", ") + ")")
		}
		b.exec("alter table f replica identity full")
		s := b.source()
		k := b.keep(s, "")
		eventually(t, "the stream", func() bool { return s.Stats().Connected })
		b.exec("update d set n = 2", "update f set n = 2")
		eventually(t, "the updates", func() bool { return len(k.rows()) == 2 })
		for _, r := range k.rows() {
			full := r.Schema.Table == "f"
			for i, v := range r.after()[2:] {
				switch {
				case !full && v.Kind() != event.KindUnavailable:
					t.Errorf("%s: kind %d", toasted[i].typ, v.Kind())
				case full && (v.IsNull() || !v.Equal(r.Arena, r.Image(r.Before, r.Schema)[2+i], r.Arena)):
					t.Errorf("%s: not the value of the old row", toasted[i].typ)
				}
			}
		}
	})
}

// A connection that breaks in the middle of a transaction changes neither the
// numbers of its rows nor its marks; nor does a start of a new process.
func TestMarksOverARestart(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table a (id int primary key, v text)", "create table z (id int primary key)")
		b.config.Capture.Transactions = true
		first := b.start("")
		eventually(t, "the stream", func() bool { return first.source.Stats().Connected })
		b.exec(`do $$ begin
			insert into z values (0);
			for i in 1..400 loop
				insert into a values (i, repeat('x', 1000));
				perform pg_logical_emit_message(true, 'p', 'm');
				insert into z values (i);
			end loop;
			perform pg_logical_emit_message(false, 'alone', 'at once');
		end $$`)
		first.set(func() { first.onBatch = func(n int) { first.shut = n > 100 } })
		first.wait(t, "the first part", func() bool { return first.shut })
		from := first.stored()
		first.halt()
		done := len(first.all())
		p, _, err := parsePosition(from)
		if err != nil || p.Skip == 0 {
			t.Fatalf("stored %s, %v, want a cut", from, err)
		}
		next := b.start(from)
		next.wait(t, "the end", func() bool {
			return slices.ContainsFunc(next.marks, func(m string) bool { return strings.Contains(m, "end 1201 ") })
		})
		rows := append(first.raw[:done:done], next.raw...)
		checkNumbers(t, rows)
		begins := 0
		for _, m := range slices.Concat(first.marks, next.marks) {
			if strings.HasSuffix(m, " begin") {
				begins++
			}
		}
		if begins != 1 || !slices.ContainsFunc(next.marks, func(m string) bool {
			return strings.HasSuffix(m, "end 1201 public.z=401 public.a=400 LOGICAL_DECODING_MESSAGE=400")
		}) {
			t.Errorf("%d begins, last marks %q", begins, next.marks[max(0, len(next.marks)-3):])
		}
	})
}

// checkNumbers: rows of a and z in turn, with a message in between.
func checkNumbers(t *testing.T, rows []event.Row) {
	t.Helper()
	if len(rows) != 801 {
		t.Fatalf("%d rows", len(rows))
	}
	of := map[string]uint32{}
	order := uint32(0)
	for i := range rows {
		r := &rows[i]
		of[r.Schema.Table]++
		if order++; i > 0 && r.Schema.Table == "z" {
			order++ // the message
		}
		if r.Order != order || r.TableOrder != of[r.Schema.Table] {
			t.Fatalf("row %d of %s is number %d, %d of its table; want %d, %d", i, r.Schema.Table, r.Order, r.TableOrder, order, of[r.Schema.Table])
		}
	}
}

// Messages of a transaction that is rolled back never come; others come once,
// also over a restart.
func TestMessagesOfTheServer(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table a (id int primary key)")
		b.config.MessagePrefixExclude = []string{"secret.*"}
		first := b.start("")
		eventually(t, "the stream", func() bool { return first.source.Stats().Connected })
		b.exec("select pg_logical_emit_message(true, 'audit', 'hello')",
			"select pg_logical_emit_message(false, 'audit', 'outside')",
			"begin; select pg_logical_emit_message(true, 'lost', 'x'); select pg_logical_emit_message(false, 'kept', 'y'); rollback",
			"select pg_logical_emit_message(true, 'secret.a', 'x')",
			`begin; insert into a values (1); select pg_logical_emit_message(true, '', '\x00ff'::bytea); commit`)
		first.wait(t, "the last message", func() bool { return len(first.marks) == 4 && len(first.rows) == 1 })
		for i, part := range []string{`message "audit" "hello" true`, `message "audit" "outside" false`, `message "kept" "y" false`, `message "" "\x00\xff" true`} {
			if !strings.Contains(first.marks[i], part) {
				t.Errorf("mark %d is %s, want %s", i, first.marks[i], part)
			}
		}
		next := b.start(first.stop(t))
		b.exec("insert into a values (2)")
		next.want(t, "c public.a 2")
		if len(next.marks) != 0 {
			t.Errorf("came again: %q", next.marks)
		}
	})
}

// With publish_via_partition_root the rows of partitions are those of their root,
// in snapshot and stream, also of partitions that are new.
func TestPublishViaPartitionRoot(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major,
			"create table m (id int, v text, d date, primary key (id, d)) partition by range (d)",
			"create table m20 (d date not null, v text, id int not null)", // in another order
			"alter table m attach partition m20 for values from ('2020-01-01') to ('2021-01-01')",
			"create table o (id int primary key)",
			"insert into m values (1, 'a', '2020-05-05')")
		b.config.PublishViaPartitionRoot = true
		s := b.source()
		_, v := b.takeSnapshot(s, nil)
		c := newCollector(s)
		readAll(t, v, c)
		end(t, v)
		r := b.startSource(s, v.Start(), c)
		b.exec("insert into m values (2, 'b', '2020-06-06')",
			"create table m21 partition of m for values from ('2021-01-01') to ('2022-01-01')",
			"update m set d = '2021-01-02' where id = 2", "insert into m values (3, 'c', '2021-03-03')", "truncate m")
		r.want(t, "r public.m 1 a 18387", "c public.m 2 b 18419", "d public.m 2 null 18419", "c public.m 2 b 18629", "c public.m 3 c 18689", "t public.m")
	})
}

// Generated columns are in snapshot and stream where they are published, and else
// in neither; so is a column that the publication leaves out.
func TestGeneratedColumns(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table g (id int primary key, a int not null default 7, s int generated always as (a * 2) stored, hidden text)",
			"insert into g (id, a) values (1, 10)")
		forms := map[string]string{
			"none": "create publication p_none for table g",
			"list": "create publication p_list for table g (id, a)",
		}
		want := map[string]string{"none": "1 10 null", "list": "1 10"}
		if major >= 18 {
			forms["stored"] = "create publication p_stored for table g with (publish_generated_columns = stored)"
			forms["listed"] = "create publication p_listed for table g (id, s, a)"
			want["stored"], want["listed"] = "1 10 20 null", "1 10 20"
		}
		for name, form := range forms {
			b.exec(form)
			c := *b
			c.config.Publication, c.config.Slot = "p_"+name, b.config.Slot+"_"+name
			s := c.source()
			_, v := c.takeSnapshot(s, nil)
			read := newCollector(s)
			readAll(t, v, read)
			end(t, v)
			r := c.startSource(s, v.Start(), newCollector(s))
			b.exec("update g set a = 10")
			r.want(t, "u public.g "+want[name])
			if got := read.all(); len(got) != 1 || got[0] != "r public.g "+want[name] {
				t.Errorf("%s: read %q, want %s", name, got, want[name])
			}
			if !read.raw[0].Schema.Equal(r.raw[0].Schema) {
				t.Errorf("%s: the snapshot reads\n%+v\nthe stream\n%+v", name, read.raw[0].Schema, r.raw[0].Schema)
			}
			r.stop(t)
		}
	})
}

// What the catalogue has forgotten meanwhile.
func TestTablesThatAreGone(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create type mood as enum ('sad', 'ok')", "create domain hue as mood",
			"create table a (id int primary key, m mood not null default 'sad', h hue[])", "create table b (id int primary key, m mood)")
		first := b.start("")
		eventually(t, "the stream", func() bool { return first.source.Stats().Connected })
		from := first.stop(t)
		b.exec("insert into a values (1, 'ok', '{sad}')", "alter table a rename column h to hh", "alter table a add n int not null default 5",
			"insert into a values (2, 'sad', '{}', 6)", "alter table a rename to a2", "drop table b")
		next := b.start(from)
		next.wait(t, "rows", func() bool { return len(next.rows) == 2 })
		b.exec("insert into a2 values (3, 'ok', null, 7)")
		next.wait(t, "the row after the rename", func() bool { return len(next.rows) == 3 })
		for i, name := range []string{"public.a", "public.a", "public.a2"} {
			s := next.raw[i].Schema
			if s.Name() != name || keyNames(s) != "id" || s.Column("m").Type.Nullable() || s.Column("m").Type.Default == nil {
				t.Errorf("row %d: %+v", i, s)
			}
		}
		if c := next.raw[0].Schema.Column("h"); c == nil || c.Type.Elem.Logical != event.LogicalEnum {
			t.Errorf("the column that was renamed: %+v", c)
		}
	})
}

// A label that is added while the stream runs comes as a value, and is listed
// from the next start on.
func TestLabelsThatAreAdded(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create type mood as enum ('sad', 'ok')", "create table a (id int primary key, m mood, l mood[])", "insert into a values (1, 'ok')")
		s := b.source()
		_, v := b.takeSnapshot(s, nil)
		c := newCollector(s)
		readAll(t, v, c)
		end(t, v)
		b.exec("alter type mood add value 'glad' before 'ok'")
		r := b.startSource(s, v.Start(), c)
		b.exec("insert into a values (2, 'glad')")
		r.want(t, "r public.a 1 ok null", "c public.a 2 glad null")
		for i, row := range r.raw {
			for _, got := range [][]string{row.Schema.Column("m").Type.Symbols, row.Schema.Column("l").Type.Elem.Symbols} {
				if !slices.Equal(got, []string{"sad", "ok"}) {
					t.Errorf("row %d: labels %q", i, got)
				}
			}
		}
		next := b.start(r.stop(t))
		b.exec("insert into a values (3, 'glad')")
		next.want(t, "c public.a 3 glad null")
		if got := next.raw[0].Schema.Column("m").Type.Symbols; !slices.Equal(got, []string{"sad", "glad", "ok"}) {
			t.Errorf("after the next start: labels %q", got)
		}
	})
}

// An index that isn't the primary key's makes the record key, and somebody is told.
func TestReplicaIdentityIndex(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table i (id int primary key, v text, b int not null)", "create unique index i_b on i (b)",
			"alter table i replica identity using index i_b")
		r := b.start("")
		eventually(t, "the stream", func() bool { return r.source.Stats().Connected })
		b.exec("insert into i values (1, 'x', 5)", "update i set b = 6", "delete from i")
		r.want(t, "c public.i 1 x 5", "u public.i null null 5 -> 1 x 6", "d public.i null null 6")
		if key := keyNames(r.raw[0].Schema); key != "b" || r.raw[1].Flags&event.KeyChanged == 0 {
			t.Errorf("key %s, flags %b", key, r.raw[1].Flags)
		}
		if notes := r.source.Stats().Notes; len(notes) != 1 || !strings.Contains(notes[0], `ALTER TABLE "public"."i" REPLICA IDENTITY DEFAULT`) {
			t.Errorf("notes %q", notes)
		}
	})
}
