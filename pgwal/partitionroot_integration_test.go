//go:build integration

package pgwal

import (
	"slices"
	"strings"
	"testing"
)

// TestViaPartitionRoot: a publication of somebody else may publish the
// changes of partitions as those of the table that they are parts of. The
// snapshot must have the rows of that table too.
func TestViaPartitionRoot(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major,
			"create table c (id int primary key, v text) partition by range (id)",
			"create table c1 partition of c for values from (0) to (10)",
			"create table c2 partition of c for values from (10) to (20)",
			"insert into c values (5, 'a'), (15, E'b\\tb')",
			"create publication theirs for table c with (publish_via_partition_root = true)")
		b.config.Publication = "theirs"
		s := b.source()
		defer end(t, s)
		_, v := b.takeSnapshot(s, nil)
		c := newCollector(s)
		readAll(t, v, c)
		if want, got := []string{"r public.c 5 a", "r public.c 15 b\tb"}, c.all(); !slices.Equal(got, want) {
			t.Fatalf("snapshot: got %q, want %q", got, want)
		}
		end(t, v)
		b.exec("insert into c values (6, 'c')", "update c set id = 16 where id = 6")
		r := b.startSource(s, v.Start(), c)
		c.wait(t, "the stream", func() bool { return len(c.rows) >= 4 })
		if want, got := []string{"c public.c 6 c", "d public.c 6"}, c.all()[2:4]; got[0] != want[0] || !strings.HasPrefix(got[1], "d public.c 6") {
			t.Errorf("stream: got %q, want %q", got, want)
		}
		r.stop(t)
	})
}
