package binlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/binlog/gtid"
	"cdc/event"
)

// PlanSnapshot notes that a snapshot begins. Nothing stays on the server when
// the process dies, so there is nothing to clean up after an interrupted one.
func (s *Source) PlanSnapshot(context.Context, []byte) ([]byte, error) {
	return []byte(`{"kind":"binlog"}`), nil
}

// OpenView opens a consistent view of the captured tables. It tries again when
// the server can't be reached or the lock doesn't come, until ctx ends.
func (s *Source) OpenView(ctx context.Context, _ []byte, sel event.Selector) (event.View, error) {
	e, err := newEndpoint(&s.config)
	if err != nil {
		return nil, err
	}
	retry := newRetry()
	for {
		v, err := s.openView(ctx, e, sel)
		if err == nil {
			return v, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if isPermanent(err) {
			return nil, err
		}
		wait := retry.NextBackOff()
		s.log.Warn("opening the snapshot failed, trying again", zap.String("cause", err.Error()), zap.Duration("wait", wait))
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (s *Source) openView(ctx context.Context, e *endpoint, sel event.Selector) (*view, error) {
	c, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{c: c, flavor: s.flavor, decoding: s.config.decoding(), gen: sel.Generation()}
	if err := s.fill(ctx, e, v, sel); err != nil {
		return nil, errors.Join(s.granted(err), v.Close(ctx))
	}
	return v, nil
}

// fill opens the view itself and describes its tables.
func (s *Source) fill(ctx context.Context, e *endpoint, v *view, sel event.Selector) error {
	srv, err := v.c.ask(ctx)
	if err != nil {
		return err
	}
	found := append(s.settings(srv), s.grants(ctx, v.c, srv)...)
	if err := failed(found); err != nil {
		return err // now, and not when the tables are read
	}
	if err := s.checkTables(ctx, v.c); err != nil {
		return err
	}
	s.warnings(found)
	if err := v.prepare(ctx, srv); err != nil {
		return err
	}
	o := opener{source: s, endpoint: e, server: srv, view: v}
	names, err := o.open(ctx)
	if err != nil {
		return err
	}
	if v.start, err = v.at.text(); err != nil {
		return err
	}
	if err := v.c.all(ctx, "SAVEPOINT "+savepoint); err != nil {
		return err
	}
	return s.describe(ctx, e, v, srv, names, sel)
}

// describe reads the facts of the tables, starts a new history with them, and
// asks which of them are wanted. It has a connection of its own: in the view's
// transaction it would keep every table from being altered until the end. A
// table that was altered since the view was opened can't be read in it.
func (s *Source) describe(ctx context.Context, e *endpoint, v *view, srv *server, names []ddl.Name, sel event.Selector) error {
	c, err := e.connect(ctx)
	if err != nil {
		return err
	}
	defer c.hangUp()
	list, err := s.schemas(ctx, c, names)
	if err != nil {
		return err
	}
	if s.config.Capture.SchemaChanges {
		if v.announced, err = s.statements(ctx, c, srv, list); err != nil {
			return err
		}
	}
	if err := s.journal.Reset(ctx); err != nil {
		return fmt.Errorf("reset schema history: %w", err)
	}
	h := newHistory(s.journal, nil, sel, s.log)
	at := spot{v.at.server, v.at.file, v.at.pos}
	for _, d := range list {
		if err := h.append(ctx, d.facts, 0, at); err != nil {
			return err
		}
		want, ok, err := sel.Select(d.schema)
		if err != nil {
			return fmt.Errorf("table %s: %w", d.schema.Name(), permanent(err))
		}
		if ok {
			v.tables = append(v.tables, d.schema)
			v.want = append(v.want, want)
			v.estimates = append(v.estimates, c.estimate(ctx, d.schema))
		}
	}
	return nil
}

// view is an open consistent view.
type view struct {
	c      *control
	flavor Flavor
	// decoding is how values are read.
	decoding *decoding
	gen      uint32 // of the rules that chose the columns
	at       *position
	start    event.Position
	tables   []*event.Schema
	want     [][]bool
	// announced are the statements that make the tables.
	announced []*event.SchemaChange
	// estimates are the server's guesses of the number of rows.
	estimates []int64
}

func (c *control) estimate(ctx context.Context, s *event.Schema) int64 {
	n, err := c.one(ctx, "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA="+literal(s.Database)+" AND TABLE_NAME="+literal(s.Table))
	if err != nil {
		return -1
	}
	rows, err := strconv.ParseInt(n, 10, 64)
	if err != nil {
		return -1
	}
	return rows
}

// prepare sets the session up for a long read.
func (v *view) prepare(ctx context.Context, srv *server) error {
	statements := []string{
		"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
		"SET SESSION net_write_timeout=31536000, wait_timeout=31536000",
		"SET SESSION character_set_results=NULL", // text comes as it is stored, as in the log
	}
	if srv.flavor == MariaDB {
		statements = append(statements, "SET SESSION max_statement_time=0")
	} else {
		statements = append(statements, "SET SESSION max_execution_time=0")
	}
	return v.c.all(ctx, statements...)
}

// all runs statements one after the other.
func (c *control) all(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := c.rows(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Start is where streaming starts after this view.
func (v *view) Start() event.Position { return v.start }

// Tables are those to read.
func (v *view) Tables() []*event.Schema { return v.tables }

// Estimate is the server's guess of the number of rows.
func (v *view) Estimate(s *event.Schema) int64 {
	if i := slices.Index(v.tables, s); i >= 0 {
		return v.estimates[i]
	}
	return -1
}

// Close ends the view.
func (v *view) Close(context.Context) error { return v.c.Close() }

// opener opens a view and its position in one step.
type opener struct {
	source   *Source
	endpoint *endpoint
	server   *server
	view     *view
}

// savepoint is rolled back to after each table, so that a table that was read
// may be altered while others are. (MariaDB lets go only at the end.)
const savepoint = "cdc_view"

const startSnapshot = "START TRANSACTION WITH CONSISTENT SNAPSHOT"

// open picks the cheapest way that the server and the grants allow.
func (o *opener) open(ctx context.Context) ([]ddl.Name, error) {
	if at, err := o.withoutLock(ctx); at != nil || err != nil {
		return o.list(ctx, at, err)
	}
	lock, err := o.endpoint.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.hangUp() // releases the lock
	seconds := int(o.source.config.LockTimeout.Seconds())
	if _, err := lock.rows(ctx, fmt.Sprintf("SET SESSION lock_wait_timeout=%d", seconds)); err != nil {
		return nil, err
	}
	names, err := o.lockTables(ctx, lock)
	if denied(err) {
		o.source.log.Info("no right to lock the captured tables, locking all")
		names, err = o.lockAll(ctx, lock)
	}
	if denied(err) {
		return nil, o.noLock(ctx, lock)
	}
	if timedOut(err) {
		return nil, fmt.Errorf("the lock for the snapshot didn't come within %s, a long transaction or statement holds it up (SELECT * FROM information_schema.INNODB_TRX): %w", o.source.config.LockTimeout, err)
	}
	return names, err
}

func (o *opener) list(ctx context.Context, at *position, err error) ([]ddl.Name, error) {
	if err != nil {
		return nil, err
	}
	o.view.at = at
	return o.view.c.listTables(ctx, o.source.match)
}

// withoutLock works on MariaDB, and on MySQL's relatives that have its status
// variables: the view itself tells which place in the binlog it stands for. It
// returns nil where the server can't.
func (o *opener) withoutLock(ctx context.Context) (*position, error) {
	c := o.view.c
	vars, err := c.snapshotStatus(ctx)
	if err != nil || len(vars) == 0 {
		return nil, err
	}
	if err := c.all(ctx, startSnapshot); err != nil {
		return nil, err
	}
	if vars, err = c.snapshotStatus(ctx); err != nil {
		return nil, err
	}
	at, err := c.placeAt(ctx, o.server, vars["binlog_snapshot_file"], vars["binlog_snapshot_position"])
	if err != nil || o.server.flavor == MariaDB || !o.server.gtid {
		return at, err
	}
	set, found := vars["binlog_snapshot_gtid_executed"]
	if !found {
		return nil, c.all(ctx, "ROLLBACK")
	}
	at.gtids, err = gtid.ParseSet(MySQL, set)
	return at, err
}

// snapshotStatus says which place in the binlog the session's view stands for;
// empty on a server that doesn't know.
func (c *control) snapshotStatus(ctx context.Context) (map[string]string, error) {
	r, err := c.rows(ctx, "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'")
	if err != nil {
		return nil, err
	}
	vars := map[string]string{}
	for i := range r.RowNumber() {
		vars[strings.ToLower(text(r, i, 0))] = text(r, i, 1)
	}
	return vars, nil
}

// lockTables locks the captured tables against writes. Once the lock is there,
// every transaction that changed them is complete and no other begins, so view
// and position agree for them, whatever other tables do.
func (o *opener) lockTables(ctx context.Context, lock *control) ([]ddl.Name, error) {
	names, err := lock.listTables(ctx, o.source.match)
	if err != nil {
		return nil, err
	}
	if len(names) > 0 {
		parts := make([]string, len(names))
		for i, n := range names {
			parts[i] = n.SQL() + " READ"
		}
		if err := lock.all(ctx, "LOCK TABLES "+strings.Join(parts, ", ")); err != nil {
			return nil, err
		}
	}
	if err := o.snap(ctx); err != nil {
		return nil, err
	}
	// A table that was made before the position was read, and isn't locked, may
	// have rows that neither the view nor the log behind the position holds.
	now, err := lock.listTables(ctx, o.source.match)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(now, names) {
		return nil, errors.New("a table was made or dropped while the snapshot was opened")
	}
	return names, lock.all(ctx, "UNLOCK TABLES")
}

// lockAll locks every table of the server against writes.
func (o *opener) lockAll(ctx context.Context, lock *control) ([]ddl.Name, error) {
	if err := lock.all(ctx, "FLUSH TABLES WITH READ LOCK"); err != nil {
		return nil, err
	}
	if err := o.snap(ctx); err != nil {
		return nil, err
	}
	names, err := o.view.c.listTables(ctx, o.source.match)
	if err != nil {
		return nil, err
	}
	return names, lock.all(ctx, "UNLOCK TABLES")
}

// snap opens the view and then reads the position. The lock is held.
func (o *opener) snap(ctx context.Context) error {
	if err := o.view.c.all(ctx, startSnapshot); err != nil {
		return err
	}
	at, err := o.view.c.logStatus(ctx, o.server)
	o.view.at = at
	return err
}

func hasCode(err error, codes ...uint16) bool {
	my, ok := errors.AsType[*gomysql.MyError](err)
	return ok && slices.Contains(codes, my.Code)
}

// denied: the user lacks a grant.
func denied(err error) bool { return hasCode(err, 1044, 1045, 1142, 1227, 1143, 1370) }

// timedOut: a lock didn't come in time.
func timedOut(err error) bool { return hasCode(err, 1205) }
