package event

// Shape is how a row becomes a record's value.
type Shape uint8

// The shapes.
const (
	// ShapeEnvelope: Debezium's envelope; a delete is followed by a tombstone,
	// a change of the key is a delete, a tombstone and a create.
	ShapeEnvelope Shape = iota
	// ShapeRow: the columns of the view of the after image as a flat object; a
	// delete is a tombstone, a change of the key is a tombstone for the old key
	// and a row for the new one.
	ShapeRow
	// ShapeValue: the only column of the view by itself, with the schema of that
	// column; a delete is a tombstone.
	ShapeValue
)

// KeyShape is what a record's key looks like.
type KeyShape uint8

// The shapes of keys.
const (
	KeyStruct KeyShape = iota // an object of the key's columns
	// KeyValue: the only column of the key by itself, with the schema of that
	// column.
	KeyValue
)

// DeleteForm is what becomes of a row that goes: of a delete, and of the old key
// where a change of the key is told as a delete and a create.
type DeleteForm uint8

// The forms. A tombstone is a record without a value. The value is the envelope,
// or in other shapes the row before.
const (
	// DeleteDefault: an envelope, followed by a tombstone unless the encoder's
	// options leave it out; in other shapes a tombstone.
	DeleteDefault   DeleteForm = iota
	DeleteValue                // the value alone
	DeleteBoth                 // the value, then a tombstone
	DeleteTombstone            // a tombstone alone
	// DeleteNull: a null that has the schema of the value, as Connect's converters
	// write it: not the same as a tombstone where values carry schemas.
	DeleteNull
)

// Target says where records go and in what shape. Targets are interned by the
// program that made them: the same pointer means the same target.
type Target struct {
	Topic string
	// Name is what the names of Connect schemas begin with (Name + ".Value"); the
	// topic where it is empty. It is as it came: no name adjustment is applied.
	Name string
	// KeyName is the same for the schema of keys, where that differs from Name.
	KeyName string
	Shape   Shape
	Key     KeyShape
	// Delete is what becomes of a row that goes.
	Delete DeleteForm
	// BareTombstones: the tombstone that follows a value carries neither Headers
	// nor those of the view.
	BareTombstones bool
	// Version is that of the value's schema; 0 for none. Not for envelopes.
	Version int32
	// OmitNulls leaves the fields out that are null. Not for envelopes, and only
	// where values are in JSON without a schema.
	OmitNulls bool
	// OmitSkipped leaves the fields out whose values are KindSkipped: of images that
	// rules have copied and taken them out of. It holds where OmitNulls may.
	OmitSkipped bool
	// NoStatement: the source block doesn't tell Origin.Query, whose text may hold
	// what a rule hides.
	NoStatement bool
	// Headers are those that all records of the target carry, behind those of the
	// view; shared, immutable.
	Headers *[]Header
}

// SchemaName returns Name, or Topic where that is empty.
func (t *Target) SchemaName() string {
	if t.Name != "" {
		return t.Name
	}
	return t.Topic
}

// KeySchemaName returns KeyName, or SchemaName where that is empty.
func (t *Target) KeySchemaName() string {
	if t.KeyName != "" {
		return t.KeyName
	}
	return t.SchemaName()
}

// Header is a record header.
type Header struct {
	Key   string
	Value []byte
}

// RecordFlags say more about a record.
type RecordFlags uint8

// The flags of a record.
const (
	NullKey   RecordFlags = 1 << iota // the record has no key
	NullValue                         // a tombstone
	// OldKeyHeader and NewKeyHeader: the bytes in the frame between the value
	// and End are the value of the header "__debezium.oldkey" or
	// "__debezium.newkey".
	OldKeyHeader
	NewKeyHeader
	// FirstPartition: the record goes to partition 0, whatever its key; its topic
	// is made with one.
	FirstPartition
	// NoHeaders: the record carries no headers, not even the common ones.
	NoHeaders
)

// Record is one Kafka record: slices of the frame that it lies in.
type Record struct {
	Target *Target
	// Buf[KeyAt:ValueAt] is the key, Buf[ValueAt:HeadAt] the value and
	// Buf[HeadAt:End] the value of the key header, if a flag says so.
	KeyAt, ValueAt, HeadAt, End uint32
	// Frame.Headers[HeadersAt:HeadersEnd] are headers that stand behind those of
	// every record. Their values lie in Buf, but not before End.
	HeadersAt, HeadersEnd uint32
	// Millis is the record's timestamp, in milliseconds since the Unix epoch; 0:
	// that of the moment at which it is sent.
	Millis int64
	// Partition says where the record goes: 0 by its key; n > 0 to partition n-1;
	// n < 0 to the partition that a key would choose whose hash (that of Kafka's
	// clients, 31 bits) is ^n.
	Partition int32
	Flags     RecordFlags
	// Row is the index of the row in its batch, for messages; -1 for a mark.
	Row int32
}

// HeaderOverhead bounds what Kafka's format adds to the name and the value of a
// header.
const HeaderOverhead = 10

// RecordHeader is a header of a record, whose value is Buf[At:End] of the frame.
type RecordHeader struct {
	Key     string
	At, End uint32
	Null    bool // there is no value
}

// Frame is an encoded batch. It holds no reference to the batch.
type Frame struct {
	Records []Record
	Headers []RecordHeader
	Buf     []byte
	// Gen names the rules by which the batch was made, as Batch.Gen.
	Gen  uint32
	Next Checkpoint
	Lag  Lag
	// Rows is the number of rows of the batch, before the rules.
	Rows int
}

// Key returns the key of record i, nil for none. Valid until Reset.
func (f *Frame) Key(i int) []byte {
	r := &f.Records[i]
	if r.Flags&NullKey != 0 {
		return nil
	}
	return f.Buf[r.KeyAt:r.ValueAt:r.ValueAt]
}

// Value returns the value of record i, nil for a tombstone. Valid until Reset.
func (f *Frame) Value(i int) []byte {
	r := &f.Records[i]
	if r.Flags&NullValue != 0 {
		return nil
	}
	return f.Buf[r.ValueAt:r.HeadAt:r.HeadAt]
}

// KeyHeader returns the name and value of record i's key header; ok is false
// when it has none. Valid until Reset.
func (f *Frame) KeyHeader(i int) (name string, value []byte, ok bool) {
	r := &f.Records[i]
	switch {
	case r.Flags&NewKeyHeader != 0:
		name = "__debezium.newkey"
	case r.Flags&OldKeyHeader != 0:
		name = "__debezium.oldkey"
	default:
		return "", nil, false
	}
	return name, f.Buf[r.HeadAt:r.End:r.End], true
}

// HeaderBytes is what the headers of record i take that aren't those of every
// record, beside its key header.
func (f *Frame) HeaderBytes(i int) int {
	r, n := &f.Records[i], 0
	for j := r.HeadersAt; j < r.HeadersEnd; j++ {
		h := &f.Headers[j]
		n += len(h.Key) + int(h.End-h.At) + HeaderOverhead
	}
	return n
}

// MaxFrameBytes is the largest a frame that is kept for reuse may have grown.
const MaxFrameBytes = 2 << 20

// Reset empties the frame for its next use and keeps its memory, unless it has
// grown beyond MaxFrameBytes.
func (f *Frame) Reset() {
	if cap(f.Buf) > MaxFrameBytes {
		*f = Frame{}
		return
	}
	clear(f.Records)
	clear(f.Headers)
	*f = Frame{Records: f.Records[:0], Headers: f.Headers[:0], Buf: f.Buf[:0]}
}
