package pipeline

import (
	"sync"
	"sync/atomic"
	"time"

	"cdc/event"
)

// Stats counts what a pipeline does. It outlives a restart of the pipeline, so
// the counters only grow. Safe for concurrent use.
type Stats struct {
	Rows         atomic.Uint64 // acknowledged, as they came from the source
	Records      atomic.Uint64 // acknowledged by the sink
	Bytes        atomic.Uint64 // of keys and values acknowledged by the sink
	SnapshotRows atomic.Uint64 // read by snapshots
	Restarts     atomic.Uint64 // of the pipeline after an error
	Saves        atomic.Uint64 // of the offset
	InFlight     atomic.Int64  // frames between writer and acknowledgement
	Used         atomic.Int64  // bytes of the budget in use

	lagMicros atomic.Int64
	commit    atomic.Int64 // commit time of the last acknowledged row, unix µs
	lagBytes  atomic.Int64
	lastSaved atomic.Int64 // unix µs; 0 = never

	unfitMu   sync.Mutex
	unfit     *event.Unfit // of the pipeline as it runs now
	unfitPast uint64       // counted by those before it
}

// count has u counted from now on, and what was counted before kept.
func (s *Stats) count(u *event.Unfit) {
	s.unfitMu.Lock()
	defer s.unfitMu.Unlock()
	if u != s.unfit {
		s.unfitPast += s.unfit.Count()
		s.unfit = u
	}
}

// Unrepresentable returns how many values had no form and were taken as the
// policy says.
func (s *Stats) Unrepresentable() uint64 {
	s.unfitMu.Lock()
	defer s.unfitMu.Unlock()
	return s.unfitPast + s.unfit.Count()
}

func (s *Stats) acknowledged(f *event.Frame, now time.Time) {
	s.Rows.Add(uint64(f.Rows))
	s.Records.Add(uint64(len(f.Records)))
	s.Bytes.Add(uint64(len(f.Buf)))
	s.lagBytes.Store(f.Lag.Bytes)
	if f.Lag.CommitMicros != 0 {
		s.commit.Store(f.Lag.CommitMicros)
		s.lagMicros.Store(max(0, now.UnixMicro()-f.Lag.CommitMicros))
	}
}

// Lag is the time between the commit of the last acknowledged transaction and
// its acknowledgement.
func (s *Stats) Lag() time.Duration { return time.Duration(s.lagMicros.Load()) * time.Microsecond }

// LagBytes is what waited in the log behind the last acknowledged batch; -1 for
// unknown.
func (s *Stats) LagBytes() int64 { return s.lagBytes.Load() }

// LastSaved is when an offset was last stored; zero for never.
func (s *Stats) LastSaved() time.Time {
	us := s.lastSaved.Load()
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us)
}

func (s *Stats) saved(now time.Time) {
	s.Saves.Add(1)
	s.lastSaved.Store(now.UnixMicro())
}
