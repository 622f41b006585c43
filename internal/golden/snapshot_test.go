package golden

import "testing"

// row is a record of a snapshot, or of the stream, in the topic of a table.
func row(table, op, after string) visible {
	return visible{
		Record: Record{Topic: "p.public." + table},
		value:  []byte(`{"after":` + after + `,"source":{"table":"` + table + `","snapshot":"true"},"op":"` + op + `"}`),
	}
}

func TestCopyOfPartition(t *testing.T) {
	const scripts = "create table m (id int) partition by range (id); create table public.m_1 partition of m for values from (0) to (9)"
	for _, tt := range []struct {
		name, viaRoot string
		recorded      map[string]int
		table, op     string
		want          bool
	}{
		{"root", "", map[string]int{"p.public.m": 1, "p.public.m_1": 1}, "m", "r", true},
		{"partition", "", map[string]int{"p.public.m": 1, "p.public.m_1": 1}, "m_1", "r", false},
		{"stream", "", map[string]int{"p.public.m": 1, "p.public.m_1": 1}, "m", "c", false},
		{"root alone", "", map[string]int{"p.public.m": 1}, "m", "r", false},
		{"published root", "true", nil, "m", "r", false},
		{"its partition", "true", nil, "m_1", "r", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := place(t, "postgres", scripts, "")
			s.Config["publish.via.partition.root"] = tt.viaRoot
			s.Recorded.Records = tt.recorded
			if got := s.copyOfPartition(row(tt.table, tt.op, `{"id":1}`)); got != tt.want {
				t.Errorf("a copy: %t, want %t", got, tt.want)
			}
		})
	}
}

// TestWithoutInherited keeps a table's own rows, also one that looks like one of
// an heir.
func TestWithoutInherited(t *testing.T) {
	s := place(t, "postgres", "create table p (id int, v text); create table c (w int, primary key (id)) inherits (public.p)", "")
	all := map[string][]visible{
		"p.public.p": {row("p", "r", `{"id":1}`), row("p", "r", `{"id":2}`), row("p", "r", `{"id":2}`), row("p", "c", `{"id":3}`)},
		"p.public.c": {row("c", "r", `{"id":2,"w":1}`), row("c", "c", `{"id":3,"w":1}`)},
	}
	s.withoutInherited(all)
	if len(all["p.public.p"]) != 3 || len(all["p.public.c"]) != 2 {
		t.Errorf("%d rows of the parent are left, want 3; %d of the heir, want 2", len(all["p.public.p"]), len(all["p.public.c"]))
	}
}
