package golden

import (
	"slices"
	"testing"
)

func TestSplitMySQL(t *testing.T) {
	const script = "insert into t values ('a;\\'b', \"c;\", `d;`);\n-- a; comment\nselect 1 /* x; */, 2 /* y */;\n;\n# z\n" +
		"delimiter //\ncreate trigger t begin set @a = 1; end//\ndelimiter ;\nselect 'delimiter x'; -- the end"
	want := []string{
		"insert into t values ('a;\\'b', \"c;\", `d;`)",
		"-- a; comment\nselect 1 /* x; */ , 2 /* y */",
		"# z\ncreate trigger t begin set @a = 1; end",
		"select 'delimiter x'",
	}
	if got := SplitMySQL(script); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
