//go:build integration

package pgwal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

// TestPromotion: on a server that was promoted a position goes on that it
// had received, and one beyond the end of the former timeline is lost.
func TestPromotion(t *testing.T) {
	for _, major := range versions {
		server := testdb.NewPostgres(t, major)
		b := newBedOn(t, server.Server, "create table t (id int primary key)")
		r := b.start("")
		r.wait(t, "the first position", func() bool { return r.position != "" })
		b.exec("insert into t values (1)")
		r.want(t, "c public.t 1")
		before := r.stop(t)

		server.Stop(t)
		if err := os.WriteFile(filepath.Join(server.DataDir(), "recovery.signal"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		server.SetArgs("-c", "restore_command=false")
		server.Start(t)
		b.admin = b.connect()
		eventually(t, "promotion", func() bool { return b.text("select pg_is_in_recovery()::text") == "false" })
		b.exec("insert into t values (2)")
		r = b.start(before)
		r.want(t, "c public.t 2")
		after := r.stop(t)
		if _, id, err := parsePosition(after); err != nil || id.Timeline != 2 {
			t.Errorf("stored %s, %v; want timeline 2", after, err)
		}

		p, id, err := parsePosition(after)
		if err != nil {
			t.Fatal(err)
		}
		id.Timeline = 1
		beyond, err := p.text(id)
		if err != nil {
			t.Fatal(err)
		}
		r = b.start(beyond)
		if err := r.failed(t); !errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), "timeline 1 ended") {
			t.Errorf("got %v, want position lost", err)
		}
	}
}
