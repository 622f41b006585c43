package pgwal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cdc/event"
	"cdc/security"
)

// sessionSettings travel in the start-up packet of every connection, so that
// nothing that ALTER ROLE or ALTER DATABASE sets changes how values print.
func sessionSettings(pipeline string) map[string]string {
	return map[string]string{
		"application_name":   applicationName(pipeline),
		"client_encoding":    "UTF8",
		"DateStyle":          "ISO, YMD",
		"IntervalStyle":      "postgres",
		"TimeZone":           "UTC",
		"extra_float_digits": "3",
		"bytea_output":       "hex",
	}
}

// applicationName tells the sessions of this pipeline from others.
func applicationName(pipeline string) string {
	name := "cdc " + pipeline
	return name[:min(len(name), maxName)]
}

// connConfig makes the settings of a connection. Nothing is taken from the
// environment that the configuration says.
func (s *Source) connConfig() (*pgconn.Config, error) {
	c, err := pgconn.ParseConfig("sslmode=disable target_session_attrs=any")
	if err != nil {
		return nil, fmt.Errorf("prepare connection: %w", err)
	}
	secure, err := s.cfg.TLS.Config(s.cfg.Host)
	if err != nil {
		return nil, fmt.Errorf("%w: tls: %w", event.ErrConfig, err)
	}
	c.Host, c.Port, c.Database = s.cfg.Host, uint16(s.cfg.Port), s.cfg.Database
	c.User, c.Password = s.cfg.User, s.cfg.Password.Reveal()
	c.ConnectTimeout = s.cfg.ConnectTimeout
	c.RuntimeParams = sessionSettings(s.pipeline)
	c.TLSConfig, c.Fallbacks = secure, nil
	if secure != nil && s.cfg.TLS.Optional() {
		c.Fallbacks = []*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port}}
	}
	return c, nil
}

// connect opens an ordinary connection.
func (s *Source) connect(ctx context.Context) (*pgx.Conn, error) {
	c, err := s.connConfig()
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("prepare connection: %w", err)
	}
	config.Config = *c
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // few queries, each once
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, s.explain("connect", err)
	}
	return conn, nil
}

// connectReplication opens a connection that takes replication commands, and
// the wire that its bytes come through.
func (s *Source) connectReplication(ctx context.Context) (*pgconn.PgConn, *wire, error) {
	c, err := s.connConfig()
	if err != nil {
		return nil, nil, err
	}
	w := newWire(nil)
	c.BuildFrontend = w.frontend
	c.RuntimeParams["replication"] = "database"
	c.RuntimeParams["lc_monetary"] = "C" // not of others, which ask for the server's
	conn, err := pgconn.ConnectConfig(ctx, c)
	if err != nil {
		return nil, nil, s.explain("connect for replication", err)
	}
	return conn, w, nil
}

// SQLSTATE codes, see https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	codeProtocol        = "08P01"
	codeAuthorization   = "28000"
	codePassword        = "28P01"
	codeNoDatabase      = "3D000"
	codePrivilege       = "42501"
	codeUndefinedObject = "42704"
	codeTooMany         = "53300"
	codeLimit           = "53400"
	codeNotReady        = "55000"
	codeInUse           = "55006"
	codeFileMissing     = "58P01"
	codeUndefinedTable  = "42P01"
)

// explain says what an error of the server means for the configuration and how
// to mend it. Errors that may pass come back with the verb only.
func (s *Source) explain(verb string, err error) error {
	if mend := security.Mend(err); mend != "" {
		return fmt.Errorf("%w: %s: %w; %s", event.ErrConfig, verb, err, mend)
	}
	if strings.Contains(err.Error(), "server refused TLS connection") {
		return fmt.Errorf("%w: %s: %w; set tls.mode: %s, or ALTER SYSTEM SET ssl = on", event.ErrConfig, verb, err, security.Disable)
	}
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return fmt.Errorf("%s: %w", verb, err)
	}
	if server.Code == codeTooMany { // it may pass: our own last connection may be dying
		return fmt.Errorf("%s: %w; if it stays so: ALTER SYSTEM SET max_wal_senders = <more>, or max_connections, and restart the server", verb, err)
	}
	mend := s.mend(server)
	if mend == "" {
		return fmt.Errorf("%s: %w", verb, err)
	}
	if server.Code == codeAuthorization || server.Code == codePassword {
		verb = fmt.Sprintf("%s to %s as %q", verb, net.JoinHostPort(s.cfg.Host, fmt.Sprint(s.cfg.Port)), s.cfg.User)
	}
	return fmt.Errorf("%w: %s: %s (SQLSTATE %s); %s", event.ErrConfig, verb, server.Message, server.Code, mend)
}

func (s *Source) mend(e *pgconn.PgError) string {
	role := quoteName(s.cfg.User)
	switch e.Code {
	case codePassword:
		return "check user and password"
	case codeAuthorization:
		return "check user and password, that pg_hba.conf lets this user in from this machine, and, where it asks for them (hostssl, clientcert), tls.mode, tls.cert and tls.key"
	case codeNoDatabase:
		return "check database"
	case codeLimit:
		return "drop a slot that nobody needs, or ALTER SYSTEM SET max_replication_slots = <more> and restart the server"
	case codeProtocol:
		if strings.Contains(e.Message, "startup parameter") {
			return "this looks like a connection pooler (PgBouncer); replication needs the address of the server itself"
		}
	case codePrivilege:
		if strings.Contains(e.Message, "replication") || strings.Contains(e.Message, "walsender") || strings.Contains(e.Message, "WAL sender") {
			return "run: ALTER ROLE " + role + " WITH LOGIN REPLICATION"
		}
		return "grant the role " + role + " what it lacks"
	}
	return ""
}

// quoteName quotes an identifier.
func quoteName(name string) string { return pgx.Identifier{name}.Sanitize() }

// quoteTable quotes a qualified name.
func quoteTable(schema, table string) string { return pgx.Identifier{schema, table}.Sanitize() }

// quoteText quotes a string literal for commands that take no parameters.
func quoteText(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "\x00", ""), "'", "''") + "'"
}
