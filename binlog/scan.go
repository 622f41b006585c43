package binlog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"

	"cdc/binlog/ddl"
	"cdc/event"
)

// Read emits every row of a table as the view has it.
func (v *view) Read(ctx context.Context, s *event.Schema, out event.Emitter) error {
	sc, err := v.scanner(s, out)
	if err != nil {
		return err
	}
	stop := v.c.interrupt(ctx)
	defer stop()
	if err := sc.run(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if hasCode(err, 1412) {
			return fmt.Errorf("read table %s: it was altered during the snapshot, which must start over: %w", s.Name(), err)
		}
		return fmt.Errorf("read table %s: %w", s.Name(), err)
	}
	return v.c.all(ctx, "ROLLBACK TO SAVEPOINT "+savepoint)
}

// scanner reads one table. Its batches hold a run of rows and no checkpoint.
type scanner struct {
	v      *view
	schema *event.Schema
	cells  []textCell // by position in the result
	ords   []int
	out    event.Emitter
	b      *event.Batch
	packet []byte
}

func (v *view) scanner(s *event.Schema, out event.Emitter) (*scanner, error) {
	sc := &scanner{v: v, schema: s, out: out}
	var want []bool
	for i := range v.tables {
		if v.tables[i] == s {
			want = v.want[i]
		}
	}
	key := make(map[int]bool, len(s.Key))
	for i := range s.Key {
		key[s.Key[i].Ord] = true
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		if want != nil && !want[c.Ord] && !key[c.Ord] {
			continue
		}
		cell, err := v.decoding.compileText(s, c, v.flavor)
		if err != nil {
			return nil, fmt.Errorf("table %s, column %s: %w", s.Name(), c.Name, err)
		}
		sc.cells, sc.ords = append(sc.cells, cell), append(sc.ords, c.Ord)
	}
	return sc, nil
}

// statement selects what is wanted, by name. Without an order the rows come in
// that of the primary key.
func (sc *scanner) statement() string {
	names := make([]string, 0, len(sc.ords))
	for _, ord := range sc.ords {
		for i := range sc.schema.Columns {
			if sc.schema.Columns[i].Ord == ord {
				names = append(names, expression(&sc.schema.Columns[i]))
			}
		}
	}
	if len(names) == 0 {
		names = []string{"1"} // rows without a single wanted value
	}
	return "SELECT " + strings.Join(names, ",") + " FROM " + ddl.Identifier(sc.schema.Database) + "." + ddl.Identifier(sc.schema.Table)
}

// expression is how a column is asked for. A FLOAT is made a DOUBLE, of which the
// server prints every digit; the product leaves the sign of a zero alone.
func expression(c *event.Column) string {
	name := ddl.Identifier(c.Name)
	if strings.HasPrefix(strings.ToLower(c.Type.Native), "float") {
		return name + "*1e0"
	}
	return name
}

func (sc *scanner) run(ctx context.Context) error {
	if err := sc.v.c.send(sc.statement()); err != nil {
		return err
	}
	columns, err := sc.head()
	if err != nil {
		return err
	}
	if want := max(len(sc.cells), 1); columns != want {
		return fmt.Errorf("the result has %d columns, want %d", columns, want)
	}
	sc.b = sc.out.Batch()
	for {
		row, err := sc.next()
		if err != nil {
			return err
		}
		if row == nil {
			return sc.emit(ctx)
		}
		if err := sc.row(row); err != nil {
			return err
		}
		if n := len(sc.b.Rows); sc.b.Size() >= event.MaxBatchBytes || n%64 == 0 && sc.out.Hungry() {
			if err := sc.emit(ctx); err != nil {
				return err
			}
		}
	}
}

func (sc *scanner) emit(ctx context.Context) error {
	if len(sc.b.Rows) == 0 {
		return nil
	}
	sc.b.Gen = sc.v.gen
	sc.b.Lag = event.Lag{CommitMicros: sc.b.Origins[0].Micros, Bytes: -1}
	b, err := event.Emit(ctx, sc.out, sc.b)
	sc.b = b
	return err
}

// row decodes one row into the batch.
func (sc *scanner) row(p []byte) error {
	b := sc.b
	if len(b.Txs) == 0 {
		b.Txs = append(b.Txs, event.Tx{GTID: event.Null, File: sc.v.at.file})
		b.Origins = append(b.Origins, event.Origin{Micros: time.Now().Unix() * 1_000_000})
	}
	at, image, _ := b.GrowRow(sc.schema.Width, 1)
	r := &b.Rows[at]
	r.Schema, r.Op, r.Off = sc.schema, event.OpRead, sc.v.at.pos
	for i, cell := range sc.cells {
		raw, rest, ok := lengthText(p)
		if !ok {
			return errors.New("the server's row is shorter than it should be")
		}
		p = rest
		value, err := cell(b, raw)
		if err != nil {
			return err // names the column
		}
		image[sc.ords[i]] = value
	}
	return nil
}

// lengthText reads a text with its length in front; nil for NULL.
func lengthText(p []byte) (text, rest []byte, ok bool) {
	if len(p) > 0 && p[0] == 0xfb {
		return nil, p[1:], true
	}
	n, rest, ok := lengthInt(p)
	if !ok || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n:n], rest[n:], true
}

// send sends a statement; the caller reads the result.
func (c *control) send(statement string) error {
	c.ResetSequence()
	packet := make([]byte, 5, 5+len(statement))
	packet[4] = gomysql.COM_QUERY
	return c.WritePacket(append(packet, statement...))
}

// head reads the head of a result set, and gives the number of columns.
func (sc *scanner) head() (int, error) {
	if err := sc.read(); err != nil {
		return 0, err
	}
	columns, _, ok := lengthInt(sc.packet)
	if !ok {
		return 0, errors.New("the server's answer is not a result set")
	}
	for range columns {
		if err := sc.read(); err != nil {
			return 0, err
		}
	}
	if err := sc.read(); err != nil {
		return 0, err
	}
	if !isEOF(sc.packet) {
		return 0, errors.New("the server's answer has no end of its head")
	}
	return int(columns), nil
}

// next reads one row, nil at the end.
func (sc *scanner) next() ([]byte, error) {
	if err := sc.read(); err != nil {
		return nil, err
	}
	if isEOF(sc.packet) {
		return nil, nil
	}
	return sc.packet, nil
}

func isEOF(p []byte) bool { return len(p) < 9 && len(p) > 0 && p[0] == gomysql.EOF_HEADER }

// read reads a packet, or the server's error.
func (sc *scanner) read() error {
	p, err := sc.v.c.ReadPacketReuseMem(sc.packet[:0])
	if err != nil {
		return err
	}
	sc.packet = p
	if len(p) == 0 {
		return errors.New("an empty packet")
	}
	if p[0] == gomysql.ERR_HEADER {
		return sc.v.c.HandleErrorPacket(p)
	}
	return nil
}
