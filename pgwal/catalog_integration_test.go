//go:build integration

package pgwal

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"cdc/event"
	"cdc/internal/testdb"
)

func onServers(t *testing.T, test func(t *testing.T, c *pgx.Conn)) {
	for _, major := range []int{15, 18} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			server := testdb.Postgres(t, major)
			c, err := pgx.Connect(t.Context(), server.DSN(server.Database(t)))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close(context.WithoutCancel(t.Context())) })
			test(t, c)
		})
	}
}

func runSQL(t *testing.T, c *pgx.Conn, statements string) {
	t.Helper()
	if _, err := c.PgConn().Exec(t.Context(), statements).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

func TestLoadFacts(t *testing.T) {
	onServers(t, func(t *testing.T, c *pgx.Conn) {
		runSQL(t, c, `
create type mood as enum('sad', 'o,k'); create domain money2 as numeric(8,2) not null; create domain money3 as money2; create domain hue as mood;
create schema app;
create table app.b(id int generated always as identity, a text default 'x' not null, m mood, d money2, e money3, h hue, g int generated always as (1) stored, gone int, primary key(a, id));
alter table app.b drop gone; comment on column app.b.a is 'the a';
create table app.a(x int, y int, w int); create unique index z on app.a(x); create unique index aa on app.a((x+y)); create unique index c on app.a(y, x) include (w);
create table app.i(id int primary key, n int not null); create unique index i_n on app.i(n); alter table app.i replica identity using index i_n;
create table app.p(id int) partition by list(id); create table app.p1 partition of app.p for values in (1);
create unlogged table app.u(id int); create view app.v as select 1; create table app.other(id int);`)
		facts, err := loadFacts(t.Context(), c, func(schema, table string) bool { return schema == "app" && table != "other" })
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range facts {
			got = append(got, fmt.Sprintf("%s.%s %c%c key %v identity %v partition %v", f.Namespace, f.Table, f.Kind, f.ReplicaIdentity, f.Key, f.IdentityKey, f.Partition))
		}
		if diff := cmp.Diff([]string{
			"app.a rd key [y x] identity [] partition false",
			"app.b rd key [a id] identity [] partition false",
			"app.i ri key [n] identity [n] partition false",
			"app.p pd key [] identity [] partition false",
			"app.p1 rd key [] identity [] partition true",
		}, got); diff != "" {
			t.Errorf("tables (-want +got):\n%s", diff)
		}
		one, err := loadTable(t.Context(), c, facts[1].OID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(facts[1], one); diff != "" {
			t.Errorf("one table alone (-all +alone):\n%s", diff)
		}
		checkColumns(t, one)
		if none, err := loadTable(t.Context(), c, 1); err != nil || none != nil {
			t.Errorf("a table that isn't there: %v, %v", none, err)
		}
	})
}

func checkColumns(t *testing.T, f *tableFacts) {
	t.Helper()
	s, _ := f.schema("db", nil, &event.Capture{})
	var got []string
	for i := range s.Columns {
		c := &s.Columns[i]
		got = append(got, fmt.Sprintf("%s %s %d,%d %q %v %03b", c.Name, c.Type.Native, c.Type.Precision, c.Type.Scale, c.Type.Symbols, c.Type.Default != nil, c.Type.Flags))
	}
	if a := s.Column("a").Type; a.Comment != "the a" || a.Declared.Name != "TEXT" {
		t.Errorf("comment %q, declared %+v", a.Comment, a.Declared)
	}
	if h := s.Column("h").Type; h.Declared.Name != "HUE" {
		t.Errorf("a domain is declared %+v", h.Declared)
	}
	if diff := cmp.Diff([]string{
		"id integer 0,0 [] false 1000",
		"a text 0,0 [] true 000",
		`m mood 0,0 ["sad" "o,k"] false 001`,
		"d numeric(8,2) 8,2 [] false 000",
		"e numeric(8,2) 8,2 [] false 001",
		`h mood 0,0 ["sad" "o,k"] false 001`,
	}, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// The server's own arithmetic is the witness for texts of values that it makes up.
func TestTextAgainstServer(t *testing.T) {
	const many = 2000
	micros := func(at string) string {
		return "(extract(epoch from date_trunc('second', " + at + "))::numeric * 1000000 + extract(microseconds from " + at + ")::bigint % 1000000)::bigint::text"
	}
	onServers(t, func(t *testing.T, c *pgx.Conn) {
		runSQL(t, c, "set lc_monetary to 'C'; set timezone to utc; set intervalstyle to postgres; set datestyle to iso; set bytea_output to hex; set extra_float_digits to 3; select setseed(0.5)")
		for _, x := range []struct{ typ, value, want string }{
			{"date", "date '1970-01-01' + (random() * 4000000 - 2400000)::int", "(v - date '1970-01-01')::text"},
			{"time", "time '00:00' + random() * interval '24 hours'", "(extract(epoch from v)::numeric * 1000000)::bigint::text"},
			{"timestamp", "timestamp '1970-01-01' + (random() * 4000000 - 2400000) * interval '1 day'", micros("v")},
			{"timestamp(3)", "timestamp(3) '1970-01-01' + (random() * 40000 - 24000) * interval '1 day'", micros("v")},
			{"timestamptz", "timestamptz '1970-01-01Z' + (random() * 4000000 - 2400000) * interval '1 day'", micros("v")},
			{
				"interval", "random() * 1000 * interval '1 hour' + (random() * 100 - 50)::int * interval '1 day' - (random() * 100)::int * interval '1 month'",
				"format('[%s %s %s]', extract(month from v)::bigint + extract(year from v)::bigint * 12, extract(day from v), extract(hour from v)::bigint * 3600000000 + extract(minute from v)::bigint * 60000000 + (extract(seconds from v)::numeric * 1000000)::bigint)",
			},
			{"int[]", "array[(random() * 1e9)::int, null, -(random() * 1e9)::int]", "format('[%s null %s]', v[1], v[3])"},
			{"text[]", `array[chr(32 + (random() * 90)::int) || '"\', md5(random()::text), '', 'null']`, "format('[%s]', array_to_string(v, ' '))"},
			{"point", "point(round((random() * 1e6)::numeric), -0.5)", "format('[%s %s 0101000000%s000000000000e0bf null]', v[0], v[1], (select string_agg(substr(encode(float8send(v[0]), 'hex'), 17 - 2 * i, 2), '' order by i) from generate_series(1, 8) i))"},
			{"money", "((random() * 1e15)::bigint)::money / 7", "(v::numeric * 100)::bigint::text"},
			{"int8", "(random() * 1e19 - 5e18)::bigint", "v::text"},
			{"numeric(30,4)", "(random() * 10 ^ (random() * 25 - 4))::numeric(30,4)", "trunc(v * 10000)::text"},
			{"bit(64)", "(random() * 1e18)::bigint::bit(64)", "(v::bigint)::text"},
			{"bytea", "decode(md5(random()::text), 'hex')", "encode(v, 'hex')"},
			{"float8", "random() * 10 ^ (random() * 600 - 300)", "v::text"},
			{"float4", "(random() * 10 ^ (random() * 60 - 30))::float4", "v::text"},
			{"uuid", "gen_random_uuid()", "v::text"},
		} {
			t.Run(x.typ, func(t *testing.T) {
				runSQL(t, c, fmt.Sprintf("create temp table s as select (%s)::%s v from generate_series(1, %d)", x.value, x.typ, many))
				defer runSQL(t, c, "drop table s")
				column := columnOfServer(t, c)
				read, err := compileText(&column.Type, nil)
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				var text, want string
				rows, err := c.Query(t.Context(), "select v::text, "+x.want+" from s")
				if err != nil {
					t.Fatal(err)
				}
				if _, err = pgx.ForEachRow(rows, []any{&text, &want}, func() error {
					n++
					var b event.Batch
					v, err := read(&b, []byte(text))
					if err != nil {
						return fmt.Errorf("%q: %w", text, err)
					}
					if got := plainNumber(v, b.Arena, want); got != want {
						t.Errorf("%s is %s here, %s there", text, got, want)
					}
					return nil
				}); err != nil || n != many {
					t.Fatal(n, err)
				}
			})
		}
	})
}

// columnOfServer is the one column of the table s.
func columnOfServer(t *testing.T, c *pgx.Conn) *event.Column {
	t.Helper()
	f := columnFact{Name: "v"}
	err := c.QueryRow(t.Context(), "select atttypid, atttypmod from pg_attribute where attrelid = 's'::regclass and attnum = 1").Scan(&f.TypeOID, &f.Mod)
	f.BaseOID, f.BaseMod = f.TypeOID, f.Mod
	ty, ok := f.eventType()
	if err != nil || !ok {
		t.Fatal(err, ok)
	}
	return &event.Column{Name: "v", Type: ty}
}

// plainNumber shows a value in the way in which the server was asked to.
func plainNumber(v event.Value, arena []byte, want string) string {
	switch v.Kind() {
	case event.KindDecimal:
		return strconv.FormatInt(v.Int(), 10)
	case event.KindBigDecimal:
		return strings.TrimLeft(strings.Replace(string(v.Bytes(arena)), ".", "", 1), "0")
	case event.KindBits:
		var n uint64
		for i, c := range v.Bytes(arena) {
			n |= uint64(c) << (8 * i)
		}
		return strconv.FormatUint(n, 10)
	case event.KindFloat32, event.KindFloat64:
		bits := 64
		if v.Kind() == event.KindFloat32 {
			bits = 32
		}
		if f, err := strconv.ParseFloat(want, bits); err == nil && f == v.Float() {
			return want
		}
		return strconv.FormatFloat(v.Float(), 'g', -1, bits)
	default:
		return show(v, arena)
	}
}
