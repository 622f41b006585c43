package ddl

import (
	"errors"
	"testing"

	"cdc/binlog/flavor"
)

// FuzzFollow: whatever stands in a statement, the interpreter ends, with a
// table or an error.
func FuzzFollow(f *testing.F) {
	for _, sql := range []string{
		"create table t (id int primary key, a varchar(10) default 'x''y' comment \"c\", unique key u (a(3), (a+1)), key (a)) charset latin1",
		"alter table t add (b int, c enum('a','b') not null default 'a'), drop column a, rename column id to k, add primary key (b)",
		"alter table t modify a decimal(5,2) default -1.5e-3 after b, convert to character set utf8mb4, rename to s.u",
		"alter table t alter a set default (1+2), change a b bit(3) default b'101' first, drop index u",
		"create unique index i on t (a desc, b)", "drop index i on t",
		"alter table t add constraint c unique (a), add foreign key (a) references p (x) on delete set null, partition by hash (id)",
	} {
		f.Add(sql, false)
	}
	base := &Table{Database: "s", Table: "t", Charset: "utf8mb4", Key: []string{"id"}, Primary: true, Columns: []Column{
		{Name: "id", Type: "int"}, {Name: "a", Type: "varchar(10)", Charset: "utf8mb4", Nullable: true}, {Name: "b", Type: "int"},
	}, Unique: []Index{{Name: "u", Columns: []string{"a"}}}}
	f.Fuzz(func(t *testing.T, sql string, maria bool) {
		fl := flavor.MySQL
		if maria {
			fl = flavor.MariaDB
		}
		st := Parse([]byte(sql), "s", 0)
		var got *Table
		err := ErrNotUnderstood
		switch st.Kind {
		case Create:
			got, err = st.Define(fl, st.Tables[0], "utf8mb4")
		case Alter:
			got, err = st.Follow(fl, base)
		}
		if err != nil {
			return
		}
		if got.Info(fl, true) == nil || errors.Is(err, ErrNotUnderstood) {
			t.Error("no table")
		}
	})
}
