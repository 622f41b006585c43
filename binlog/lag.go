package binlog

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// lag tells how many bytes of the log the server has that were not read yet.
// The stream moves the place that is read, a watch beside it learns where the
// log ends, and anybody may ask for the difference. Between two answers of the
// server it is what remains of the last one.
type lag struct {
	read atomic.Pointer[readPlace] // nil: not reading
	end  atomic.Pointer[logEnd]    // nil: unknown
}

// readPlace is how far a file was read. Another file has another one, so that
// file and position always agree.
type readPlace struct {
	file string
	pos  atomic.Uint64
}

// logEnd is where the server's log ended when it was asked.
type logEnd struct {
	file  string
	total uint64
	// begins says how many bytes lie before each file that was listed, and
	// total counts from the same place.
	begins map[string]uint64
}

const lagUnknown = -1

// advance moves the place that is read. It never goes back: a heartbeat may tell
// of a place that lies behind the last event. One goroutine at a time calls it.
func (l *lag) advance(file string, pos uint64) {
	r := l.read.Load()
	switch {
	case r != nil && r.file == file:
		if pos > r.pos.Load() {
			r.pos.Store(pos)
		}
	case r == nil || compareFiles(file, r.file) > 0:
		r = &readPlace{file: file}
		r.pos.Store(pos)
		l.read.Store(r)
	}
}

// forget makes the lag unknown: the connection is gone, and the next one may
// lead to another server.
func (l *lag) forget() {
	l.read.Store(nil)
	l.end.Store(nil)
}

// bytes is the lag, or lagUnknown.
func (l *lag) bytes() int64 {
	r, end := l.read.Load(), l.end.Load()
	if r == nil || end == nil {
		return lagUnknown
	}
	begin, listed := end.begins[r.file]
	if !listed {
		if compareFiles(r.file, end.file) > 0 {
			return 0 // written since the server was asked
		}
		return lagUnknown // purged while it is read
	}
	return max(0, int64(end.total)-int64(begin+r.pos.Load()))
}

// heartbeat takes the place that a silent server names. In a dump by GTIDs it
// may have passed over much of the log without sending any of it.
func (h *handler) heartbeat(hd header, body []byte) {
	file := string(body)
	series, _, _ := strings.Cut(h.file, ".")
	if name, number, _ := strings.Cut(file, "."); name == series && number != "" {
		h.lag.advance(file, uint64(hd.end))
	}
}

// logEnd asks where the log ends. The sizes of the files are asked for only
// when another one than reading is written.
func (c *control) logEnd(ctx context.Context, status, reading string) (*logEnd, error) {
	r, err := c.rows(ctx, status)
	if err != nil {
		return nil, err
	}
	if r.RowNumber() == 0 {
		return nil, fmt.Errorf("%s gives nothing", status)
	}
	file := text(r, 0, 0)
	pos, err := strconv.ParseUint(text(r, 0, 1), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: position: %w", status, err)
	}
	if file == reading {
		return &logEnd{file: file, total: pos, begins: map[string]uint64{file: 0}}, nil
	}
	if r, err = c.rows(ctx, "SHOW BINARY LOGS"); err != nil {
		return nil, err
	}
	files := make([]logFile, r.RowNumber())
	for i := range files {
		files[i].name = text(r, i, 0)
		if files[i].size, err = strconv.ParseUint(text(r, i, 1), 10, 64); err != nil {
			return nil, fmt.Errorf("SHOW BINARY LOGS: size: %w", err)
		}
	}
	return endOf(files, file, pos), nil
}

type logFile struct {
	name string
	size uint64
}

// endOf adds up the files before the one that is written.
func endOf(files []logFile, file string, pos uint64) *logEnd {
	end := &logEnd{file: file, begins: make(map[string]uint64, len(files))}
	for _, f := range files {
		if f.name == file {
			break
		}
		end.begins[f.name] = end.total
		end.total += f.size
	}
	end.begins[file] = end.total
	end.total += pos
	return end
}

// lagEvery is how often the server is asked where its log ends.
const lagEvery = 10 * time.Second

// asker answers where the log ends, given the file that is read.
type asker func(ctx context.Context, reading string) (*logEnd, error)

// watch keeps the end of the log up to date until ctx ends. Whatever goes wrong
// makes the lag unknown and is no matter of the stream's; without the right to
// ask, it doesn't ask again.
func (l *lag) watch(ctx context.Context, every time.Duration, ask asker, log *zap.Logger) {
	for {
		reading := ""
		if r := l.read.Load(); r != nil {
			reading = r.file
		}
		end, err := ask(ctx, reading)
		if ctx.Err() != nil {
			return
		}
		l.end.Store(end)
		if err != nil {
			log.Debug("the end of the binlog is unknown, and so is the lag in bytes", zap.String("cause", err.Error()))
			if denied(err) {
				return
			}
		}
		if sleep(ctx, every) != nil {
			return
		}
	}
}

// watchLag asks over a connection of its own while the log is read.
func (st *stream) watchLag(ctx context.Context) {
	own := *st.endpoint // connecting may change it
	var c *control
	hangUp := func() {
		if c != nil {
			c.hangUp()
			c = nil
		}
	}
	defer hangUp()
	ask := func(ctx context.Context, reading string) (*logEnd, error) {
		ctx, cancel := context.WithTimeout(ctx, own.timeout) // a silent server must not leave an old answer standing
		defer cancel()
		var err error
		if c == nil {
			if c, err = own.connect(ctx); err != nil {
				return nil, err
			}
		}
		end, err := c.logEnd(ctx, st.status, reading)
		if err != nil {
			hangUp()
		}
		return end, err
	}
	st.lag.watch(ctx, st.lagEvery, ask, st.log)
}
