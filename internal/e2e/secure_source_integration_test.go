//go:build integration

package e2e

import (
	"fmt"
	"testing"

	"cdc/internal/testdb"
)

// TestSecureSource: both sides show certificates that the other verifies, from
// the snapshot to the stream; and with anything wrong the error names the server,
// the cause and the mend.
func TestSecureSource(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		testdb.NeedCA(t, db.server)
		db.exec(t, "create table orders (id int primary key)", "insert into orders values (1)")
		db.demandCertificate(t)
		t.Run("verified", func(t *testing.T) {
			p := newPipe(t, db, "orders", "e2e_mark")
			p.source = append(p.source, tlsVerified(db.server, true))
			s := newProject(t, p).start(t).streams(p.name)
			db.exec(t, "insert into orders values (2)")
			db.mark(s, p)
			s.stop()
			wantOps(t, p.brokers, p.topic("orders"), "r1", "c2")
		})
		t.Run("refused", func(t *testing.T) { refused(t, db.mistakes(t)) })
	})
}

// demandCertificate makes the server let the user of the test in with a
// certificate only, so over TLS.
func (d *database) demandCertificate(t testing.TB) {
	t.Helper()
	if d.postgres() {
		d.server.Exec(t, "", fmt.Sprintf("grant certified to %s", d.user))
		owner := *d.server // the user's own connections here have none
		d.admin = owner.DB(t, d.name)
		return
	}
	d.server.Exec(t, "", fmt.Sprintf("alter user '%s'@'%%' require x509", d.user))
}

// mistakes are configurations of TLS that can't work, and what the error says.
func (d *database) mistakes(t testing.TB) map[*pipe][]string {
	t.Helper()
	cert, key := d.server.ClientFiles()
	pair := fmt.Sprintf("cert: %s, key: %s", cert, key)
	there := *d.server
	there.Host, there.Port = elsewhere, forward(t, d.server.Addr())
	moved := *d
	moved.server = &there
	with := func(db *database, tls string) *pipe {
		p := newPipe(t, db, "orders")
		p.source = append(p.source, tls)
		return p
	}
	return map[*pipe][]string{
		with(d, fmt.Sprintf("tls: {mode: verify-full, ca: %s, %s}", foreignCA(t), pair)): {
			d.server.Host, "unknown authority", "tls.ca",
		},
		with(d, fmt.Sprintf("tls: {mode: verify-ca, ca: %s, %s}", foreignCA(t), pair)): {
			d.server.Host, "unknown authority", "tls.ca",
		},
		with(&moved, tlsVerified(d.server, true)): {elsewhere, "127.0.0.1", "tls.mode: verify-ca"},
		with(d, tlsVerified(d.server, false)):     {d.user, "tls.cert"},
		with(d, "tls: {mode: disable}"):           {d.user, "tls.mode"},
	}
}
