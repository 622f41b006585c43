//go:build integration

package binlog

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"cdc/internal/testdb"
)

// proxy passes connections on to a server, until it is told to swallow what
// the server says on those that are open.
type proxy struct {
	listener net.Listener
	wg       sync.WaitGroup
	mu       sync.Mutex
	conns    []net.Conn
	swallow  []chan struct{}
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l}
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", to)
			if err != nil {
				t.Error(err)
				return
			}
			p.join(c, s)
		}
	})
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		p.mu.Lock()
		for _, c := range p.conns {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

func (p *proxy) join(client, server net.Conn) {
	silent := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, client, server)
	p.swallow = append(p.swallow, silent)
	p.wg.Go(func() { _, _ = io.Copy(server, client) })
	p.wg.Go(func() {
		buf := make([]byte, 4096)
		for {
			n, err := server.Read(buf)
			if err != nil {
				_ = client.Close()
				return
			}
			select {
			case <-silent:
				continue
			default:
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	})
}

// silence swallows what comes on the connections of now, without closing them.
func (p *proxy) silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.swallow {
		close(c)
	}
	p.swallow = nil
}

// TestSilentServer: a connection on which not even heartbeats come is given up
// and made again, and nothing is lost.
func TestSilentServer(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key)")
		p := newProxy(t, srv.Addr())
		c := configOf(srv, db+".*")
		c.Port = p.listener.Addr().(*net.TCPAddr).Port
		c.HeartbeatInterval = time.Second
		r := start(t, newSource(t, fl, c, &memoryJournal{}), "", all{}).connected()
		srv.Exec(t, db, "insert into t values (1)")
		r.rows(1)
		p.silence()
		srv.Exec(t, db, "insert into t values (2)")
		begin := time.Now()
		want(t, r.rows(2), "c t {id=1}\nc t {id=2}")
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("that took %s", took)
		}
		if n := r.src.Stats().Reconnects; n == 0 {
			t.Error("no reconnect was counted")
		}
	})
}
