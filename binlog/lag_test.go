package binlog

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"go.uber.org/zap"
)

func TestLagBytes(t *testing.T) {
	files := []logFile{{"bin.000008", 100}, {"bin.000009", 50}, {"bin.000010", 500}, {"bin.000011", 7}}
	end := endOf(files, "bin.000010", 300)
	tests := map[string]struct {
		file string
		pos  uint64
		end  *logEnd
		want int64
	}{
		"same file":             {"bin.000010", 120, end, 180},
		"at the end":            {"bin.000010", 300, end, 0},
		"beyond what was known": {"bin.000010", 310, end, 0},
		"files between":         {"bin.000008", 40, end, 60 + 50 + 300},
		"newer than known":      {"bin.000012", 4, end, 0},
		"purged":                {"bin.000007", 4, end, lagUnknown},
		"server not asked":      {"bin.000010", 4, nil, lagUnknown},
		"nothing read":          {"", 0, end, lagUnknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l lag
			l.end.Store(tt.end)
			if tt.file != "" {
				l.advance(tt.file, tt.pos)
			}
			if got := l.bytes(); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// TestLagAdvance: the place never goes back, until a new connection.
func TestLagAdvance(t *testing.T) {
	var l lag
	l.end.Store(endOf([]logFile{{"bin.000001", 100}, {"bin.000002", 100}}, "bin.000002", 100))
	for _, step := range []struct {
		file string
		pos  uint64
		want int64
	}{
		{"bin.000001", 4, 196},
		{"bin.000001", 60, 140},
		{"bin.000001", 50, 140},
		{"bin.000002", 4, 96},
		{"bin.000001", 90, 96},
	} {
		if l.advance(step.file, step.pos); l.bytes() != step.want {
			t.Errorf("after %s: %d, want %d", place(step.file, step.pos), l.bytes(), step.want)
		}
	}
	l.forget()
	if l.bytes() != lagUnknown {
		t.Errorf("%d, want it unknown", l.bytes())
	}
}

// TestHandlerLag: what was read counts, in whatever way the server tells it.
func TestHandlerLag(t *testing.T) {
	b, l := newBench(t), newLog()
	const end = 10_000
	known := endOf([]logFile{{"bin.000001", end}, {"bin.000003", end}}, "bin.000003", end)
	b.h.lag.end.Store(known)
	left := func(want uint64) {
		t.Helper()
		if got := b.h.lag.bytes(); got != int64(want) {
			t.Errorf("%d bytes are left, want %d", got, want)
		}
	}
	left(2*end - 4)
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1))
	left(2*end - 4)
	b.feed(l.xid())
	left(2*end - l.at)
	b.drain()
	if got := b.out.lags[len(b.out.lags)-1]; got != int64(2*end-l.at) {
		t.Errorf("the batch says %d bytes", got)
	}
	b.feed(l.gtid(2), l.query("BEGIN"))
	b.drain() // everything that came was read
	left(2*end - l.at)

	heartbeat := func(file string, end uint32) []byte {
		return rawOf(evHeartbeat, 0, end, 9, headerSize+len(file), []byte(file))
	}
	b.feed(heartbeat("bin.000003", 9_000)) // the server passed over transactions that we have
	left(1_000)
	b.feed(heartbeat("bin.000003", 0), heartbeat("nonsense", 5), heartbeat("other.000009", 5))
	b.drain()
	left(1_000)
}

func TestLagWatch(t *testing.T) {
	broken, noRight := errors.New("broken"), &gomysql.MyError{Code: 1227}
	synctest.Test(t, func(t *testing.T) {
		var l lag
		l.advance("bin.000001", 4)
		answers := []error{nil, broken, nil, noRight}
		var n atomic.Int32
		ask := func(_ context.Context, reading string) (*logEnd, error) {
			if reading != "bin.000001" {
				t.Errorf("reading %q", reading)
			}
			if err := answers[n.Add(1)-1]; err != nil {
				return nil, err
			}
			return endOf(nil, "bin.000001", 100), nil
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.watch(t.Context(), time.Minute, ask, zap.NewNop())
		}()
		for i, want := range []int64{96, lagUnknown, 96, lagUnknown} {
			synctest.Wait()
			if got := l.bytes(); got != want || int(n.Load()) != i+1 {
				t.Errorf("after %d answers: %d, want %d", n.Load(), got, want)
			}
			<-time.After(time.Minute)
		}
		<-done // a user without the right isn't asked for again
	})
}

// TestLagWatchEnds: an answer that comes after the end is of no use any more.
func TestLagWatchEnds(t *testing.T) {
	var l lag
	ctx, cancel := context.WithCancel(t.Context())
	l.watch(ctx, time.Minute, func(ctx context.Context, _ string) (*logEnd, error) {
		cancel()
		<-ctx.Done()
		return endOf(nil, "bin.000001", 100), nil
	}, zap.NewNop())
	if l.end.Load() != nil {
		t.Error("the answer was kept")
	}
}
