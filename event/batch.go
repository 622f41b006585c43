package event

// Batch is a run of decoded rows of one source, in commit order. A transaction
// may be spread over several batches, a batch may hold many transactions.
type Batch struct {
	Rows    []Row
	Outs    []Out // made from Rows by the rules, in the order in which they leave
	Origins []Origin
	Txs     []Tx
	// Marks are what isn't a row, in order. Counts belong to them.
	Marks  []Mark
	Counts []TableCount
	// Values holds the row images one after the other, Arena their text.
	Values []Value
	Arena  []byte
	// Gen is the generation of the rules that chose the columns of the rows
	// (Selector.Generation). The rows go through these rules and no others.
	Gen uint32
	// Next is where the source goes on after this batch. It may be stored once
	// everything up to and including this batch is acknowledged.
	Next Checkpoint
	// Lag describes how far behind the source was, for metrics; set by sources.
	Lag Lag
}

// Lag is what a source knows about its distance to the end of the log when it
// emitted a batch.
type Lag struct {
	// CommitMicros is the commit time of the last transaction in the batch.
	CommitMicros int64
	// Bytes are known to wait in the log behind this batch; -1 for unknown.
	Bytes int64
}

// MaxBatchBytes is the size at which a source emits what it has, even in the
// middle of a transaction.
const MaxBatchBytes = 128 << 10

const (
	rowBytes   = 48
	valueBytes = 16
	markBytes  = 128
	// countBytesEach is the size of a TableCount.
	countBytesEach = 24
)

// GrowRow appends a row with room for images row images (1 or 2) of width
// values each and returns its index and the images. A second image is the
// after image of an update; with one image, after is nil and the caller sets
// Before or After itself. The slices are valid until the next call; their
// values are KindSkipped.
func (b *Batch) GrowRow(width, images int) (row int, first, second []Value) {
	at := len(b.Values)
	n := width * images
	b.Values = growValues(b.Values, n)
	row = len(b.Rows)
	b.Rows = append(b.Rows, Row{Before: -1, After: -1})
	first = b.Values[at : at+width : at+width]
	if images == 2 {
		second = b.Values[at+width : at+n : at+n]
		b.Rows[row].Before, b.Rows[row].After = int32(at), int32(at+width)
		return row, first, second
	}
	b.Rows[row].After = int32(at)
	return row, first, nil
}

func growValues(v []Value, n int) []Value {
	at := len(v)
	if cap(v)-at < n {
		grown := make([]Value, at, 2*cap(v)+n)
		copy(grown, v)
		v = grown
	}
	v = v[:at+n]
	clear(v[at:])
	return v
}

// DropRow takes back the last row, which the caller has just grown.
func (b *Batch) DropRow() {
	r := &b.Rows[len(b.Rows)-1]
	if r.Before >= 0 {
		b.Values = b.Values[:r.Before]
	} else if r.After >= 0 {
		b.Values = b.Values[:r.After]
	}
	b.Rows = b.Rows[:len(b.Rows)-1]
}

// Image returns the values of the image that starts at index at.
func (b *Batch) Image(at int32, s *Schema) []Value {
	end := int(at) + s.Width
	return b.Values[at:end:end]
}

// CopyImage appends a private copy of the image at index at and returns the
// index of the copy: what a rule does before it changes a value.
func (b *Batch) CopyImage(at int32, s *Schema) int32 {
	to := len(b.Values)
	b.Values = growValues(b.Values, s.Width)
	copy(b.Values[to:], b.Values[at:int(at)+s.Width])
	return int32(to)
}

// Put copies p into the arena and returns the value of kind k that holds it.
func (b *Batch) Put(k Kind, p []byte) Value {
	off := len(b.Arena)
	b.Arena = append(b.Arena, p...)
	return Text(k, off, len(p))
}

// Bytes returns the text of v, valid until Reset.
func (b *Batch) Bytes(v Value) []byte { return v.Bytes(b.Arena) }

// Size is the memory that rows and marks of the batch take, in bytes.
func (b *Batch) Size() int {
	return len(b.Arena) + valueBytes*len(b.Values) + rowBytes*len(b.Rows) + markBytes*len(b.Marks) + countBytesEach*len(b.Counts)
}

// Empty reports whether the batch holds neither rows nor marks nor a new
// position.
func (b *Batch) Empty() bool { return len(b.Rows) == 0 && len(b.Marks) == 0 && b.Next.IsZero() }

// Reset empties the batch for its next use and keeps its memory, unless one
// large row made it many times larger than a batch should be.
func (b *Batch) Reset() {
	if cap(b.Arena) > 4*MaxBatchBytes || cap(b.Values)*valueBytes > 4*MaxBatchBytes {
		*b = Batch{}
		return
	}
	clear(b.Rows) // drop the schema pointers
	clear(b.Outs)
	clear(b.Txs)
	clear(b.Marks)
	clear(b.Counts)
	*b = Batch{
		Rows: b.Rows[:0], Outs: b.Outs[:0], Origins: b.Origins[:0], Txs: b.Txs[:0],
		Values: b.Values[:0], Arena: b.Arena[:0], Marks: b.Marks[:0], Counts: b.Counts[:0],
	}
}
