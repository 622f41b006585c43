package binlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog" //nolint:depguard // what the library logs to, which we silence
	"net"
	"os"
	"strings"
	"time"

	"github.com/go-mysql-org/go-mysql/client"
	gomysql "github.com/go-mysql-org/go-mysql/mysql"

	"cdc/event"
	"cdc/security"
)

// endpoint is a server to connect to.
type endpoint struct {
	addr     string
	user     string
	password string
	tls      *tls.Config // nil: not encrypted
	optional bool        // encrypted only if the server can
	timeout  time.Duration
}

func newEndpoint(c *Config) (*endpoint, error) {
	t, err := c.TLS.Config(c.Host)
	if err != nil {
		return nil, fmt.Errorf("%w: tls: %w", event.ErrConfig, err)
	}
	return &endpoint{
		addr: net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), user: c.User, password: c.Password.Reveal(),
		tls: t, optional: c.TLS.Optional(), timeout: c.ConnectTimeout,
	}, nil
}

// control is a connection for statements. It belongs to one goroutine.
type control struct {
	*client.Conn
	net net.Conn
}

// connect opens a control connection with a session that is the same on every
// server.
func (e *endpoint) connect(ctx context.Context) (*control, error) {
	c, err := e.dial(ctx)
	if err != nil {
		return nil, e.explain(err)
	}
	for _, statement := range []string{
		"SET NAMES utf8mb4", "SET SESSION sql_mode=''", "SET SESSION time_zone='+00:00'",
	} {
		if _, err := c.rows(ctx, statement); err != nil {
			c.hangUp()
			return nil, err
		}
	}
	return c, nil
}

func (e *endpoint) dial(ctx context.Context) (*control, error) {
	c, err := e.handshake(ctx)
	if err != nil && e.optional && e.tls != nil && strings.Contains(err.Error(), "does not support TLS") {
		e.tls = nil
		return e.handshake(ctx)
	}
	return c, err
}

func (e *endpoint) handshake(ctx context.Context) (*control, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	var c control
	stop := func() bool { return true }
	defer func() { stop() }()
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		c.net = conn
		if err == nil {
			deadline, _ := ctx.Deadline()
			err = conn.SetDeadline(deadline)
			// The library looks at ctx only while it dials.
			stop = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
		}
		return conn, err
	}
	conn, err := client.ConnectWithDialer(ctx, "", e.addr, e.user, e.password, "", dial, func(c *client.Conn) error {
		c.SetTLSConfig(e.tls)
		// We read result sets ourselves, in the plain form.
		c.UnsetCapability(gomysql.CLIENT_DEPRECATE_EOF)
		c.UnsetCapability(gomysql.CLIENT_QUERY_ATTRIBUTES)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.Conn = conn
	return &c, c.net.SetDeadline(time.Time{})
}

// errRefused: user or password aren't right. At the first connection that is
// final; later somebody may be changing the password.
var errRefused = errors.New("access denied")

// explain makes of a failed connection an error that names user and server, and
// never the password.
func (e *endpoint) explain(err error) error {
	if my, ok := errors.AsType[*gomysql.MyError](err); ok {
		switch my.Code {
		case 1045, 1698, 1251, 2059, 1130, 1862, 1820, 3118, 3878:
			return fmt.Errorf("%w: %w: server %s refuses user %q: %s: check user and password of the source, that the account may connect from here, and, where it asks for them (REQUIRE SSL, REQUIRE X509), tls.mode, tls.cert and tls.key", event.ErrConfig, errRefused, e.addr, e.user, my.Message)
		}
	}
	if mend := security.Mend(err); mend != "" {
		return fmt.Errorf("%w: encrypted connection to %s: %w: %s", event.ErrConfig, e.addr, err, mend)
	}
	if strings.Contains(err.Error(), "does not support TLS") {
		return fmt.Errorf("%w: encrypted connection to %s: %w: set tls.mode: %s, or give the server a certificate", event.ErrConfig, e.addr, err, security.Disable)
	}
	if strings.Contains(err.Error(), "unknown auth plugin") {
		return fmt.Errorf("%w: server %s wants user %q to authenticate in a way that isn't supported: %w: ALTER USER ... IDENTIFIED WITH caching_sha2_password BY '...'", event.ErrConfig, e.addr, e.user, err)
	}
	return fmt.Errorf("connect to %s as %q: %w", e.addr, e.user, err)
}

// hangUp ends the connection. The server hears of it soon enough, whatever
// comes of saying so.
func (c *control) hangUp() { _ = c.Close() }

// rows runs a statement and returns what it gives.
func (c *control) rows(ctx context.Context, statement string) (*gomysql.Resultset, error) {
	stop := c.interrupt(ctx)
	defer stop()
	r, err := c.Execute(statement)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("%s: %w", firstWords(statement), err)
	}
	if r.Resultset == nil {
		return &gomysql.Resultset{}, nil
	}
	return r.Resultset, nil
}

// interrupt makes the connection fail when ctx ends, until stop is called.
func (c *control) interrupt(ctx context.Context) (stop func()) {
	cancel := context.AfterFunc(ctx, func() { _ = c.net.SetDeadline(time.Unix(1, 0)) })
	return func() { cancel() }
}

// one runs a statement that gives one value; empty when it gives none.
func (c *control) one(ctx context.Context, statement string) (string, error) {
	r, err := c.rows(ctx, statement)
	if err != nil || r.RowNumber() == 0 {
		return "", err
	}
	return r.GetString(0, 0)
}

func firstWords(statement string) string {
	const limit = 60
	statement = strings.Join(strings.Fields(statement), " ")
	if len(statement) > limit {
		statement = statement[:limit] + "..."
	}
	return statement
}

// literal quotes a text for a statement, in our sessions' SQL mode.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(s) + "'"
}

// watched is the connection that the log comes through. Before a read that may
// have to wait, it calls idle.
type watched struct {
	net.Conn
	idle     func() error
	received func(n int)
	timeout  func() time.Duration
	full     bool // the last read filled its buffer: there is probably more
}

// glance is how long a read waits for what is probably there.
const glance = time.Millisecond

func (w *watched) Read(p []byte) (int, error) {
	if w.full {
		n, err := w.read(p, glance)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
	}
	if err := w.idle(); err != nil {
		return 0, err
	}
	return w.read(p, w.timeout())
}

func (w *watched) read(p []byte, limit time.Duration) (int, error) {
	if err := w.Conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	w.full = n == len(p)
	if n > 0 {
		w.received(n)
	}
	return n, err
}

// SetReadDeadline is ours alone.
func (w *watched) SetReadDeadline(time.Time) error { return nil }

// quiet is a logger for the library, which speaks about things that we report
// ourselves.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
