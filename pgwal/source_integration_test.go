//go:build integration

package pgwal

import (
	"testing"
)

func TestStreamsWhatIsCommitted(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)")
		r := b.start("")
		r.wait(t, "the first position", func() bool { return r.position != "" })
		b.exec("insert into t values (1, 'a')")
		r.want(t, "c public.t 1 a")
		b.exec("begin", "update t set v = 'b'", "insert into t values (2, 'x')", "commit", "delete from t where id = 2")
		r.want(t, "c public.t 1 a", "u public.t 1 b", "c public.t 2 x", "d public.t 2 null")
		stored, _, err := parsePosition(r.stop(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := b.confirmed(); got != lsn(stored.Start) {
			t.Errorf("the server holds %s as confirmed, want the stored %s", got, lsn(stored.Start))
		}
	})
}
