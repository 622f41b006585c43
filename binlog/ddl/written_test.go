package ddl

import "testing"

// TestWritten: what closes a statement, be it the end of a comment that counts
// as text, isn't part of it.
func TestWritten(t *testing.T) {
	for text, want := range map[string]string{
		"alter table t add c int /* more */ ; ":                       "alter table t add c int",
		"create table t (a int)\n/*!50100 PARTITION BY KEY () */":     "create table t (a int)\n/*!50100 PARTITION BY KEY ()",
		"create table t (a int /*!80023 INVISIBLE */) comment='*/'":   "create table t (a int /*!80023 INVISIBLE */) comment='*/'",
		"/*!40101 create table t (a int) */":                          "create table t (a int)",
		"SET STATEMENT max_statement_time=1 FOR drop table t -- gone": "drop table t",
	} {
		st := Parse([]byte(text), "d", 0)
		if got := st.Written(); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
