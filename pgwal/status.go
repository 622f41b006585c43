package pgwal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// pgEpoch is where PostgreSQL's clock begins, in Unix microseconds.
const pgEpoch = 946_684_800_000_000

const statusSize = 1 + 4 + 1 + 8 + 8 + 8 + 8 + 1

// writeTimeout is how long the few bytes of a status update may take.
const writeTimeout = 10 * time.Second

// appendStatus appends a standby status update in its CopyData message, see
// https://www.postgresql.org/docs/current/protocol-replication.html. flush is
// what the server may forget; zero would mean "as written", so it never is.
func appendStatus(dst []byte, written, flush uint64, now time.Time, answer bool) []byte {
	dst = append(dst, 'd')
	dst = binary.BigEndian.AppendUint32(dst, statusSize-1)
	dst = append(dst, 'r')
	dst = binary.BigEndian.AppendUint64(dst, max(written, flush))
	dst = binary.BigEndian.AppendUint64(dst, flush)
	dst = binary.BigEndian.AppendUint64(dst, flush)
	dst = binary.BigEndian.AppendUint64(dst, uint64(now.UnixMicro()-pgEpoch))
	if answer {
		return append(dst, 1)
	}
	return append(dst, 0)
}

var errNoFlush = errors.New("no position to confirm")

// sendStatus tells the server what came and what is stored.
func sendStatus(conn net.Conn, written, flush uint64, answer bool) error {
	if flush == 0 {
		return errNoFlush
	}
	now := time.Now()
	if err := conn.SetWriteDeadline(now.Add(writeTimeout)); err != nil {
		return fmt.Errorf("send status: %w", err)
	}
	if _, err := conn.Write(appendStatus(make([]byte, 0, statusSize), written, flush, now, answer)); err != nil {
		return fmt.Errorf("send status: %w", err)
	}
	return nil
}

// parting keeps the connection of a stream that was told to stop, until the
// last batches are stored and the server can hear of it.
type parting struct {
	mu   sync.Mutex
	conn net.Conn
}

func (p *parting) keep(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn = conn
}

// interruptReads makes reads of conn fail when ctx ends, until the function that
// it returns is called.
func interruptReads(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = conn.SetReadDeadline(time.Unix(1, 0)) // it fails on a closed connection only, whose reads fail too
	})
}

// drop ends the connection without a word.
func (p *parting) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != nil {
		p.conn.Close()
		p.conn = nil
	}
}

// end confirms flush and ends the connection. What the
// server has sent is read to its end: closing a socket that holds unread bytes
// resets the connection, and the server might never see the confirmation.
func (p *parting) end(ctx context.Context, flush uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == nil {
		return nil
	}
	conn := p.conn
	p.conn = nil
	defer conn.Close()
	defer interruptReads(ctx, conn)()
	if err := sendStatus(conn, flush, flush, false); err != nil {
		return err
	}
	if _, err := conn.Write([]byte{'X', 0, 0, 0, 4}); err != nil {
		return fmt.Errorf("end connection: %w", err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("end connection: %w", err)
	}
	if _, err := io.Copy(io.Discard, conn); err != nil && ctx.Err() == nil {
		return fmt.Errorf("end connection: %w", err)
	}
	return nil
}
