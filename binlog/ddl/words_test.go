package ddl

import "testing"

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
		st := Parse([]byte(sql), "s", 0)
		if got := st.MakesVersioned(); got != want {
			t.Errorf("%s: %v", sql, got)
		}
	}
}
