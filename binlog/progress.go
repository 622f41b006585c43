package binlog

import (
	"errors"
	"sync"

	"cdc/binlog/gtid"
	"cdc/event"
)

// progress turns points into positions. The stream says which transactions are
// complete and where it handed over; the engine asks, later and from another
// goroutine, for the text of some of those places. Between the two lies a queue
// with one entry for a run of GTIDs that follow each other, so that no set is
// ever printed that nobody stores.
type progress struct {
	mu     sync.Mutex
	set    *gtid.Set // everything up to folded; nil without GTIDs
	folded uint64    // seq
	seq    uint64    // of the last complete transaction
	runs   []run     // complete transactions after folded
	marks  []mark    // places that were handed over and not yet passed by
}

// run stands for the transactions seq to seq+n-1, named first and its
// successors.
type run struct {
	seq, n uint64
	first  gtid.ID
}

// mark is a place that a point stands for.
type mark struct {
	point    event.Point
	server   string // whose log it is
	file     string
	seconds  int64
	serverID uint32
	inside   string // the GTID of the transaction that was cut
}

// errPointGone: a point was asked for after a later one.
var errPointGone = errors.New("point was already passed")

func newProgress(set *gtid.Set) *progress { return &progress{set: set} }

// complete counts a finished transaction; g.seq is 0 where it has no GTID.
func (p *progress) complete(g gtid.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq++
	if p.set == nil || g.Seq == 0 {
		return
	}
	if n := len(p.runs); n > 0 {
		r := &p.runs[n-1]
		if r.first.Source == g.Source && r.first.Server == g.Server && r.seq+r.n == p.seq && r.first.Seq+r.n == g.Seq {
			r.n++
			return
		}
	}
	p.runs = append(p.runs, run{seq: p.seq, n: 1, first: g})
}

// finished is the number of complete transactions.
func (p *progress) finished() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seq
}

// mark remembers a place, and returns the point for it.
func (p *progress) mark(m mark) event.Point {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.point.Seq = p.seq
	p.marks = append(p.marks, m)
	return m.point
}

// again remembers a place that lies before what is complete by now.
func (p *progress) again(m mark) event.Point {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks = append(p.marks, m)
	return m.point
}

// hasSet reports whether positions have a set of GTIDs.
func (p *progress) hasSet() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.set != nil
}

// unmark forgets the last place: it was not handed over after all.
func (p *progress) unmark() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks = p.marks[:len(p.marks)-1]
}

// backlog is the length of the queue.
func (p *progress) backlog() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.runs)
}

// position prints the place of a point. Places before it are forgotten.
func (p *progress) position(at event.Point) (event.Position, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := 0
	for i < len(p.marks) && p.marks[i].point != at {
		i++
	}
	if i == len(p.marks) || at.Seq < p.folded {
		return "", errPointGone
	}
	m := p.marks[i]
	p.marks = append(p.marks[:0], p.marks[i:]...)
	p.fold(at.Seq)
	pos := position{
		file: m.file, pos: at.Off, gtids: p.set, skip: at.Skip, server: m.server,
		inside: m.inside, seconds: m.seconds, serverID: m.serverID,
	}
	return pos.text()
}

// fold puts the transactions up to seq into the set.
func (p *progress) fold(seq uint64) {
	p.folded = max(p.folded, seq)
	i := 0
	for ; i < len(p.runs) && p.runs[i].seq <= seq; i++ {
		r := &p.runs[i]
		n := min(r.n, seq-r.seq+1)
		p.set.AddRange(r.first, r.first.Seq+n-1)
		if n < r.n {
			r.seq, r.n, r.first.Seq = r.seq+n, r.n-n, r.first.Seq+n
			break
		}
	}
	p.runs = append(p.runs[:0], p.runs[i:]...)
}

// current returns a copy of the set of all complete transactions, nil without
// GTIDs.
func (p *progress) current() *gtid.Set {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.set == nil {
		return nil
	}
	all := p.set.Clone()
	for i := range p.runs {
		r := &p.runs[i]
		all.AddRange(r.first, r.first.Seq+r.n-1)
	}
	return all
}
