package sink

import (
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/event"
)

// flight is a frame on its way: one slab of records whose keys and values are
// slices of the frame's buffer, and one promise for all of them. Flights are
// pooled; the slab is cleared before it is used again, since the client writes
// into records.
type flight struct {
	k       *Kafka
	frame   *event.Frame
	done    func(*event.Frame, error)
	records []kgo.Record
	headers []kgo.RecordHeader // of records with headers of their own
	size    int64              // taken from the budget
	promise func(*kgo.Record, error)

	left atomic.Int64 // records without an outcome
	err  atomic.Pointer[error]
}

// recordBytes is the memory of a record beside its text: our slab and the
// client's own list. headerBytes is that of a header of its own.
const (
	recordBytes = 256
	headerBytes = 40
)

func newFlight(k *Kafka) *flight {
	f := &flight{k: k}
	f.promise = f.settle
	return f
}

// load fills the slab from the frame.
func (f *flight) load(frame *event.Frame, done func(*event.Frame, error)) {
	f.frame, f.done = frame, done
	n := len(frame.Records)
	if cap(f.records) < n {
		f.records = make([]kgo.Record, n)
	}
	f.records = f.records[:n]
	f.size = int64(len(frame.Buf) + n*recordBytes + len(frame.Headers)*headerBytes)
	f.left.Store(int64(n))
	f.err.Store(nil)
	now, life := time.Now(), f.k.life
	for i := range f.records {
		r := &f.records[i]
		r.Topic = frame.Records[i].Target.Topic
		r.Key, r.Value = frame.Key(i), frame.Value(i)
		r.Timestamp = now
		r.Context = life //nolint:fatcontext // not nested; else the client would put the fenced one here too, and ask twice
		from := &frame.Records[i]
		if from.Millis != 0 {
			r.Timestamp = time.UnixMilli(from.Millis)
		}
		r.Partition = from.Partition
		flags := from.Flags
		if flags&event.FirstPartition != 0 {
			r.Partition = firstPartition
		}
		if flags&event.NoHeaders != 0 {
			continue
		}
		r.Headers = f.k.headers
		if flags&(event.OldKeyHeader|event.NewKeyHeader) != 0 || from.HeadersEnd > from.HeadersAt {
			r.Headers = f.withHeaders(i)
		}
	}
}

// withHeaders returns the headers of record i in the flight's slab: its key
// header, those of every record, and its own.
func (f *flight) withHeaders(i int) []kgo.RecordHeader {
	at, r := len(f.headers), &f.frame.Records[i]
	if name, value, ok := f.frame.KeyHeader(i); ok {
		f.headers = append(f.headers, kgo.RecordHeader{Key: name, Value: value})
	}
	f.headers = append(f.headers, f.k.headers...)
	for j := r.HeadersAt; j < r.HeadersEnd; j++ {
		h := &f.frame.Headers[j]
		own := kgo.RecordHeader{Key: h.Key}
		if !h.Null {
			own.Value = f.frame.Buf[h.At:h.End:h.End]
		}
		f.headers = append(f.headers, own)
	}
	return f.headers[at:len(f.headers):len(f.headers)]
}

// settle is the promise of every record of the flight. It must not block.
func (f *flight) settle(r *kgo.Record, err error) {
	if err != nil {
		f.k.stats.failed.Add(1)
		f.refuse(f.k.fail(explain(r.Topic, f.k.config.Explain(err))))
	}
	f.land(1)
}

// refuse notes why the frame isn't delivered; the first reason stays.
func (f *flight) refuse(err error) { f.err.CompareAndSwap(nil, &err) }

// land counts n outcomes. The last one ends the flight.
func (f *flight) land(n int64) {
	if f.left.Add(-n) > 0 {
		return
	}
	k, frame, done, size := f.k, f.frame, f.done, f.size
	var err error
	if e := f.err.Load(); e != nil {
		err = *e
	} else {
		k.stats.records.Add(uint64(len(frame.Records)))
		k.stats.bytes.Add(uint64(len(frame.Buf)))
	}
	f.park()
	done(frame, err)
	k.budget.release(size)
}

// maxSlab is the largest slab that is kept, in records; maxHeaders is that of
// headers.
const (
	maxSlab    = 16 << 10
	maxHeaders = 64 << 10
)

// park empties the flight and gives it back.
func (f *flight) park() {
	f.frame, f.done = nil, nil
	if cap(f.records) > maxSlab || cap(f.headers) > maxHeaders {
		return
	}
	clear(f.records)
	clear(f.headers)
	f.records, f.headers = f.records[:0], f.headers[:0]
	f.k.flights.Put(f)
}
