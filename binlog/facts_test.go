package binlog

import (
	"testing"

	"cdc/binlog/ddl"
)

// FuzzSchemaOf: a table that a statement has made becomes a schema, or is refused.
func FuzzSchemaOf(f *testing.F) {
	for _, sql := range []string{
		"create table t (id int primary key, a varchar(10) default 'x''y' comment \"c\", unique key u (a(3), (a+1)), key (a)) charset latin1",
		"create table t (b int, c enum('a','b') not null default 'a', d binary(4) default 0x61, e bit(3) default b'101', f timestamp default now())",
		"create table t (a decimal(5,2) default -1.5e-3, p point, v vector(3), u uuid, g set('a','b') default 'a,b', y year default 1999)",
	} {
		f.Add(sql, false)
		f.Add(sql, true)
	}
	f.Fuzz(func(t *testing.T, sql string, maria bool) {
		fl := MySQL
		if maria {
			fl = MariaDB
		}
		st := ddl.Parse([]byte(sql), "s", 0)
		if st.Kind != ddl.Create {
			return
		}
		made, err := st.Define(fl, st.Tables[0], "utf8mb4")
		if err != nil {
			return
		}
		if s, err := schemaOf(made, fl); err == nil && len(s.Columns) != len(made.Columns) {
			t.Errorf("%d columns of %d", len(s.Columns), len(made.Columns))
		}
	})
}
