package binlog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-mysql-org/go-mysql/client"
	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/event"
)

// errBroken: what came from the server wasn't a log.
var errBroken = errors.New("broken stream")

// session connects to the server, checks that the log can go on where we are,
// and reads it until something breaks.
func (st *stream) session(ctx context.Context, start *position) error {
	at, err := st.prepare(ctx, start)
	if err != nil {
		return st.granted(err)
	}
	return st.dump(ctx, at)
}

// granted turns a refusal of a statement into what to grant. User and password
// were right when it came.
func (s *Source) granted(err error) error {
	if !denied(err) || isPermanent(err) {
		return err
	}
	grants := "REPLICATION SLAVE, REPLICATION CLIENT"
	if s.flavor == MariaDB {
		grants = "REPLICATION SLAVE, BINLOG MONITOR"
	}
	return fmt.Errorf("%w: a grant is missing: GRANT SELECT, %s ON *.* TO '%s'@'%%': %w", event.ErrConfig, grants, s.config.User, err)
}

// prepare checks the server and makes the handler ready for it. It returns
// where to read from.
func (st *stream) prepare(ctx context.Context, start *position) (*position, error) {
	c, err := st.endpoint.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.hangUp()
	srv, err := c.ask(ctx)
	if err != nil {
		return nil, err
	}
	found := append(st.settings(srv), st.replica(ctx, c, srv)...)
	if err := failed(found); err != nil {
		return nil, err
	}
	if st.h == nil {
		if start == nil {
			if start, err = c.logStatus(ctx, srv); err != nil {
				return nil, err
			}
		}
		if err := st.checkTables(ctx, c); err != nil {
			return nil, err
		}
		st.warnings(found)
		st.begin(ctx, srv, start)
	}
	at := st.here()
	if err := c.reachable(ctx, srv, at); err != nil {
		return nil, err
	}
	st.h.resume(srv.identity)
	st.h.lower = srv.is("lower_case_table_names", "1")
	st.status = srv.statusStatement()
	return at, nil
}

// begin makes the handler at the first connection.
func (st *stream) begin(ctx context.Context, srv *server, start *position) {
	set := start.gtids
	if set != nil && !srv.gtid {
		set = nil
	}
	p := newProgress(set)
	st.Source.progress.Store(p)
	st.h = &handler{
		ctx: ctx, fl: st.flavor, log: st.log, match: st.match, history: st.history, decoding: st.config.decoding(), progress: p, out: st.out, lag: &st.lag, capture: &st.config.Capture, databases: databasesIn(st.config.Tables),
		now: time.Now, b: st.out.Batch(), server: start.server, maps: map[uint64]*mapped{},
		done: spot{start.server, start.file, start.pos}, seconds: uint32(start.seconds), writer: start.serverID,
		resumeSkip: start.skip, resumeInside: start.inside,
	}
	st.h.tx.at = -1
	if start.server == "" { // written by Debezium, which doesn't say
		st.h.server, st.h.done.server = srv.identity, srv.identity
	}
	if srv.is("binlog_checksum", "CRC32") {
		st.h.unsent = checksumSize
	}
}

// here is where the log must go on.
func (st *stream) here() *position {
	set := st.h.progress.current()
	st.h.undecided.kept(set)
	return &position{file: st.h.done.file, pos: st.h.done.pos, gtids: set, server: st.h.done.server}
}

// dump reads the log until the connection breaks.
func (st *stream) dump(ctx context.Context, at *position) error {
	h := st.h
	d := &dumper{stream: st, started: time.Now()}
	syncer := replication.NewBinlogSyncer(st.syncerConfig(d))
	stop := context.AfterFunc(ctx, d.hangUp)
	defer stop()
	defer syncer.Close()
	defer d.hangUp() // first, so that the library makes no connection to end this one
	h.file, h.end, h.start = at.file, at.pos, at.pos
	streamer, err := st.start(syncer, at)
	if err != nil {
		return st.classify(err)
	}
	watching, unwatch := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { st.watchLag(watching) })
	defer st.lag.forget()
	defer watch.Wait()
	defer unwatch()
	st.log.Info("reading the binlog", zap.String("server", st.endpoint.addr), zap.String("position", place(at.file, at.pos)), zap.Bool("gtid", at.gtids != nil))
	_, err = streamer.GetEvent(ctx)
	d.hangUp()
	syncer.Close() // waits for the goroutine that calls the handler
	if d.err != nil {
		return d.err
	}
	return st.classify(err)
}

func (st *stream) start(syncer *replication.BinlogSyncer, at *position) (*replication.BinlogStreamer, error) {
	if at.gtids != nil {
		set, err := gomysql.ParseGTIDSet(st.flavor.String(), at.gtids.String())
		if err != nil {
			return nil, fmt.Errorf("%w: GTID set: %w", event.ErrUnsupported, err)
		}
		return syncer.StartSyncGTID(set)
	}
	// The command takes 32 bits. Beyond them the file is read from its
	// beginning and passed over.
	pos := at.pos
	if pos>>32 != 0 {
		st.h.until, pos = at.pos, 4
		st.h.end = pos
	}
	return syncer.StartSync(gomysql.Position{Name: at.file, Pos: uint32(pos)})
}

func (st *stream) syncerConfig(d *dumper) replication.BinlogSyncerConfig {
	c := &st.config
	return replication.BinlogSyncerConfig{
		ServerID: c.serverID(st.pipeline), Flavor: st.flavor.String(),
		Host: c.Host, Port: uint16(c.Port), User: c.User, Password: c.Password.Reveal(), TLSConfig: st.endpoint.tls,
		RawModeEnabled: true, SynchronousEventHandler: d, DisableRetrySync: true, EventCacheCount: 1, DiscardGTIDSet: true,
		HeartbeatPeriod: c.HeartbeatInterval,
		// MariaDB leaves positions out; without the annotations the sizes wouldn't add up.
		FillZeroLogPos: false, DumpCommandFlag: dumpFlags(st.flavor),
		Logger: quiet(), Dialer: d.dial,
		Option: func(conn *client.Conn) error {
			_, err := conn.Execute(fmt.Sprintf("SET SESSION net_write_timeout=%d", int(c.WriteTimeout.Seconds())))
			return err
		},
	}
}

func dumpFlags(fl Flavor) uint16 {
	if fl == MariaDB {
		return replication.BINLOG_SEND_ANNOTATE_ROWS_EVENT
	}
	return replication.BINLOG_DUMP_NEVER_STOP
}

// classify makes of an error of the stream one that says whether to try again.
func (st *stream) classify(err error) error {
	var my *gomysql.MyError
	if !errors.As(err, &my) {
		var network net.Error
		if errors.As(err, &network) || errors.Is(err, gomysql.ErrBadConn) || errors.Is(err, replication.ErrSyncClosed) || isPermanent(err) {
			return err
		}
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	if denied(err) {
		return st.granted(err)
	}
	const fatalReading, noFile, sameID = 1236, 1373, 4052 // the last is MariaDB's
	text := strings.ToLower(my.Message)
	if my.Code == sameID || strings.Contains(text, "same server_uuid") || strings.Contains(text, "same server_id") || strings.Contains(text, "same server id") {
		return fmt.Errorf("another replica has our server_id %d, set server_id of the source to another number: %w", st.config.serverID(st.pipeline), err)
	}
	if my.Code != fatalReading && my.Code != noFile {
		return fmt.Errorf("server %s ends the stream: %w", st.endpoint.addr, err)
	}
	switch {
	case strings.Contains(text, "shutdown"), strings.Contains(text, "killed"):
		return err
	case strings.Contains(text, "max_allowed_packet"):
		return fmt.Errorf("%w: an event is larger than the server sends: SET GLOBAL max_allowed_packet=1073741824: %w", event.ErrConfig, err)
	}
	return fmt.Errorf("%w: server %s: %s: %s", event.ErrPositionLost, st.endpoint.addr, my.Message, startOver)
}

const startOver = "changes are lost to this pipeline: take a new snapshot (cdc offsets reset NAME --yes, or snapshot.mode when_needed)"

// dumper is the connection that the log comes through, and the library's event
// handler. But for hangUp, all runs in the library's goroutine.
type dumper struct {
	*stream
	started time.Time
	err     error // of the handler; permanent or of the context
	events  uint64

	mu     sync.Mutex
	conn   net.Conn // guarded by mu
	closed bool     // guarded by mu
}

// HandleEvent takes an event from the library.
func (d *dumper) HandleEvent(e *replication.BinlogEvent) error {
	d.events++
	if d.events == 1 {
		d.counters.connected.Store(true)
	}
	d.err = d.h.event(e.RawData)
	return d.err
}

var errHungUp = errors.New("connection was ended by us")

// dial opens the connection. Once it has been hung up there is no other.
func (d *dumper) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d.mu.Lock()
	closed := d.closed
	d.mu.Unlock()
	if closed {
		return nil, errHungUp
	}
	conn, err := (&net.Dialer{Timeout: d.config.ConnectTimeout}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conn = conn
	if d.closed {
		_ = conn.Close()
		return nil, errHungUp
	}
	return &watched{Conn: conn, idle: d.idle, received: d.received, timeout: d.timeout}, nil
}

func (d *dumper) hangUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.conn != nil {
		_ = d.conn.Close()
	}
}

func (d *dumper) idle() error {
	if d.events == 0 {
		return nil // still shaking hands
	}
	if err := d.h.drained(); err != nil {
		d.err = err
		return err
	}
	return nil
}

func (d *dumper) received(n int) {
	d.counters.bytes.Add(uint64(n))
	d.counters.received.Store(time.Now().UnixNano())
}

// timeout is how long the server may be silent. Before its first event it may
// be looking for our place for a long time.
func (d *dumper) timeout() time.Duration {
	if d.events < 4 {
		return 30 * d.config.HeartbeatInterval
	}
	return 3 * d.config.HeartbeatInterval
}

// looker reads the catalogue for the history, over a connection that it keeps.
type looker struct {
	endpoint *endpoint
	flavor   Flavor
	log      *zap.Logger
	c        *control
}

// facts tries until it has an answer, or ctx ends.
func (l *looker) facts(ctx context.Context, n ddl.Name) (f *ddl.Table, err error) {
	err = l.retry(ctx, n.String(), func() (err error) {
		f, err = l.c.tableFacts(ctx, l.flavor, n)
		return err
	})
	return f, err
}

// charset is the default character set of a database.
func (l *looker) charset(ctx context.Context, database string) (charset string, err error) {
	err = l.retry(ctx, database, func() (err error) {
		charset, err = l.c.databaseCharset(ctx, database)
		return err
	})
	return charset, err
}

func (l *looker) retry(ctx context.Context, what string, ask func() error) error {
	retry := newRetry()
	for {
		err := l.connected(ctx)
		if err == nil {
			err = ask()
		}
		if err == nil || ctx.Err() != nil || isPermanent(err) {
			return err
		}
		l.close()
		wait := retry.NextBackOff()
		l.log.Warn("reading the catalogue failed, trying again", zap.String("of", what), zap.String("cause", err.Error()), zap.Duration("wait", wait))
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (l *looker) connected(ctx context.Context) error {
	if l.c != nil {
		return nil
	}
	c, err := l.endpoint.connect(ctx)
	l.c = c
	return err
}

func (l *looker) close() {
	if l.c != nil {
		l.c.hangUp()
		l.c = nil
	}
}
