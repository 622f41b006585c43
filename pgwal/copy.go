package pgwal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"cdc/event"
)

// Read emits every row of a table, see pipeline.View.
func (v *view) Read(ctx context.Context, t *event.Schema, out event.Emitter) error {
	r := v.reads[t]
	if r == nil {
		return fmt.Errorf("read %s: not a table of this snapshot", t.Name())
	}
	rows := &copyRows{ctx: ctx, out: out, batch: out.Batch(), schema: t, view: v, root: r.facts.Kind == 'p'}
	sql, err := rows.plan(r.want)
	if err != nil {
		return err
	}
	_, err = v.c.PgConn().CopyTo(ctx, rows, sql)
	if rows.err != nil {
		return rows.err
	}
	if err != nil {
		return v.readError(t, err)
	}
	if len(rows.line) > 0 {
		return fmt.Errorf("read %s: the last row isn't complete", t.Name())
	}
	return rows.flush()
}

func (v *view) readError(t *event.Schema, err error) error {
	name := quoteTable(t.Namespace, t.Table)
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == codePrivilege {
		mend := "GRANT SELECT ON " + name + " TO " + quoteName(v.s.cfg.User)
		if strings.Contains(server.Message, "row-level security") {
			mend = "ALTER ROLE " + quoteName(v.s.cfg.User) + " BYPASSRLS"
		}
		return fmt.Errorf("%w: read %s: %s (SQLSTATE %s); run: %s", event.ErrConfig, t.Name(), server.Message, server.Code, mend)
	}
	return v.s.explain("read "+t.Name(), err)
}

// copyRows turns the text of COPY into rows, see
// https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". It is
// written to by pgx, a row at a time with most servers, and blocks while nobody
// takes its batches.
type copyRows struct {
	ctx    context.Context //nolint:containedctx // io.Writer has no room for it; it lives as long as Read
	out    event.Emitter
	batch  *event.Batch
	schema *event.Schema
	view   *view
	root   bool // of partitions, which hold the rows
	cells  []copyCell
	line   []byte // of a row that came in pieces
	plain  []byte // a value without its backslashes
	rows   uint64
	err    error
}

type copyCell struct {
	column *event.Column
	read   textCell
}

// plan compiles the wanted columns and returns the statement that reads them.
func (w *copyRows) plan(want []bool) (string, error) {
	var names []string
	for i := range w.schema.Columns {
		c := &w.schema.Columns[i]
		if !want[c.Ord] {
			continue
		}
		read, err := compileText(&c.Type, unfitOf(&w.view.s.cfg.Capture, w.schema, c.Name))
		if err != nil {
			return "", fmt.Errorf("read %s: %w", w.schema.Name(), err)
		}
		w.cells = append(w.cells, copyCell{c, read})
		names = append(names, quoteName(c.Name))
	}
	table := quoteTable(w.schema.Namespace, w.schema.Table)
	switch {
	case w.root || hasGenerated(w.schema): // COPY takes neither by name
		only := "ONLY "
		if w.root {
			only = ""
		}
		return "COPY (SELECT " + strings.Join(names, ", ") + " FROM " + only + table + ") TO STDOUT", nil
	case len(names) == 0:
		return "COPY (SELECT FROM ONLY " + table + ") TO STDOUT", nil
	}
	return "COPY " + table + " (" + strings.Join(names, ", ") + ") TO STDOUT", nil
}

func hasGenerated(s *event.Schema) bool {
	return slices.ContainsFunc(s.Columns, func(c event.Column) bool { return c.Type.Flags&event.Generated != 0 })
}

// Write takes the next piece of the answer.
func (w *copyRows) Write(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.write(p)
	}
	return len(p), w.err
}

func (w *copyRows) write(p []byte) error {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			w.line = append(w.line, p...)
			return nil
		}
		line := p[:end]
		if len(w.line) > 0 {
			w.line = append(w.line, line...)
			line = w.line
		}
		if err := w.row(line); err != nil {
			return fmt.Errorf("read %s: row %d: %w", w.schema.Name(), w.rows, err)
		}
		w.line = w.line[:0]
		p = p[end+1:]
	}
	return nil
}

func (w *copyRows) row(line []byte) error {
	w.begin()
	w.rows++
	_, image, _ := w.batch.GrowRow(w.schema.Width, 1)
	for i := range w.cells {
		raw := line
		if end := bytes.IndexByte(line, '\t'); end >= 0 {
			raw, line = line[:end], line[end+1:]
		} else if line = nil; i < len(w.cells)-1 {
			return fmt.Errorf("%d columns instead of %d", i+1, len(w.cells))
		}
		if err := w.cell(&w.cells[i], raw, image); err != nil {
			return err
		}
	}
	if len(line) > 0 {
		return fmt.Errorf("more than %d columns", len(w.cells))
	}
	r := &w.batch.Rows[len(w.batch.Rows)-1]
	r.Schema, r.Op, r.Off = w.schema, event.OpRead, w.view.start
	r.Origin = int32(len(w.batch.Origins) - 1)
	if w.batch.Size() >= event.MaxBatchBytes {
		return w.flush()
	}
	return nil
}

// begin gives a new batch its transaction: the snapshot.
func (w *copyRows) begin() {
	if len(w.batch.Origins) > 0 {
		return
	}
	w.batch.Txs = append(w.batch.Txs, event.Tx{XID: w.view.xid, GTID: event.Null})
	w.batch.Origins = append(w.batch.Origins, event.Origin{Tx: int32(len(w.batch.Txs) - 1), Micros: w.view.micros})
}

func (w *copyRows) cell(c *copyCell, raw []byte, image []event.Value) error {
	if len(raw) == 2 && raw[0] == '\\' && raw[1] == 'N' {
		image[c.column.Ord] = event.Null
		return nil
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		var err error
		if w.plain, err = appendPlain(w.plain[:0], raw); err != nil {
			return fmt.Errorf("column %s: %w", c.column.Name, err)
		}
		raw = w.plain
	}
	v, err := c.read(w.batch, raw)
	if err != nil {
		// The row will be the same when it is read again.
		return fmt.Errorf("%w: column %q: %w", event.ErrUnsupported, c.column.Name, mendDims(err, w.schema, c.column.Name))
	}
	image[c.column.Ord] = v
	return nil
}

// appendPlain undoes the escapes that COPY writes.
func appendPlain(dst, src []byte) ([]byte, error) {
	for len(src) > 0 {
		i := bytes.IndexByte(src, '\\')
		if i < 0 {
			return append(dst, src...), nil
		}
		if i+1 == len(src) {
			return dst, errors.New("a value ends with a backslash")
		}
		dst = append(dst, src[:i]...)
		switch c := src[i+1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'v':
			dst = append(dst, '\v')
		default:
			dst = append(dst, c)
		}
		src = src[i+2:]
	}
	return dst, nil
}

// flush emits what the batch holds, waiting for room.
func (w *copyRows) flush() error {
	if len(w.batch.Rows) == 0 {
		return nil
	}
	w.batch.Gen = w.view.gen
	w.batch.Lag = event.Lag{CommitMicros: w.view.micros, Bytes: -1}
	empty, err := event.Emit(w.ctx, w.out, w.batch)
	w.batch = empty
	return err
}
