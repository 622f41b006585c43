//go:build integration

package pgwal

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
	"cdc/security"
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

func TestStreamsEncrypted(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		server := testdb.NewPostgres(t, major) // one whose authority is known
		b := newBedOn(t, server.Server, "create table t (id int primary key, v text)", "insert into t select i, 'x' from generate_series(1, 1000) i")
		for _, tls := range []security.TLS{
			{Mode: security.Prefer},
			{Mode: security.Require},
			{Mode: security.VerifyCA, CA: b.server.CAFile},
			{Mode: security.VerifyFull, CA: b.server.CAFile},
		} {
			b.config.TLS = tls
			s := b.source()
			_, v := b.takeSnapshot(s, nil)
			c := newCollector(s)
			readAll(t, v, c)
			end(t, v)
			r := b.startSource(s, v.Start(), c)
			b.exec("update t set v = v || 'y'") // bulk, so that the low water mark is set below TLS
			r.wait(t, "snapshot and updates", func() bool { return len(r.rows) == 2000 })
			used := b.text("select bool_and(ssl)::text from pg_stat_ssl s join pg_stat_replication r using (pid) where application_name = 'cdc test'")
			if used != "true" {
				t.Errorf("%s: encrypted is %s", tls.Mode, used)
			}
			r.stop(t)
		}
		b.config.TLS = security.TLS{Mode: security.VerifyFull}
		if err := b.start("").failed(t); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "tls.ca") {
			t.Errorf("got %v, want an unknown authority refused", err)
		}
		b.config.TLS = security.TLS{Mode: security.VerifyFull, CA: "/nonexistent.pem"}
		if err := b.start("").failed(t); !errors.Is(err, event.ErrConfig) {
			t.Errorf("got %v, want an unreadable file refused", err)
		}
	})
}
