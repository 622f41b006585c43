package event

// Op is what happened to a row. Its text is that of the envelope's "op".
type Op byte

// The operations.
const (
	OpCreate   Op = 'c'
	OpUpdate   Op = 'u'
	OpDelete   Op = 'd'
	OpRead     Op = 'r' // a snapshot row
	OpTruncate Op = 't'
)

// Flags say more about a row.
type Flags uint16

// The flags of a row. At most one of the snapshot marks is set; a snapshot row
// without one is in the middle of its table.
const (
	// KeyChanged: an update that changes the record key. Both images are there.
	KeyChanged Flags = 1 << iota
	// KeyOnly: the before image holds only the key columns; the others are
	// KindNull (PostgreSQL, replica identity DEFAULT or INDEX).
	KeyOnly
	SnapshotFirst        // the first row of the snapshot
	SnapshotFirstInTable // the first row of a later table
	SnapshotLastInTable  // the last row of a table
	SnapshotLast         // the last row of the snapshot
)

// Row is one change as it was decoded. Rules never edit it.
type Row struct {
	Schema *Schema
	// Before and After are the indexes of the first value of the image in
	// Batch.Values; -1 where there is none.
	Before, After int32
	// Origin is an index into Batch.Origins.
	Origin int32
	// Index is the row's number in its rows event, from 0 (MySQL).
	Index uint32
	// Order counts the rows of the transaction that are captured, from 1, and
	// TableOrder those of this table; an update that changes the key takes two
	// numbers, and the row has the first. Both are 0 unless Capture.Transactions
	// is asked for.
	Order, TableOrder uint32
	Op                Op
	Flags             Flags
	// Off is the LSN of the change (PostgreSQL) or the position of its rows
	// event in the binlog file (MySQL).
	Off uint64
}

// Origin is what the rows of one rows event or statement share.
type Origin struct {
	// Tx is an index into Batch.Txs.
	Tx int32
	// Micros is when it happened, in microseconds since the Unix epoch.
	Micros int64
	// Query is the statement (Capture.Query), a KindString whose bytes lie in the
	// arena of the batch; the zero Value or KindNull when it isn't known.
	Query Value
}

// Tx is a transaction, or the snapshot as a whole. A transaction that was cut
// into several batches appears in each of them.
type Tx struct {
	// GTID is the text of the transaction's own GTID; KindNull where the server
	// has none (and for PostgreSQL). Its bytes lie in the arena of the batch.
	GTID Value
	// XID is the PostgreSQL transaction id; 0 for none.
	XID uint64
	// File is the binlog file (MySQL), shared text.
	File string
	// Pos is where the transaction begins in File (MySQL).
	Pos uint64
	// PrevCommit is the LSN at which the transaction before this one ended
	// (PostgreSQL); 0 for unknown.
	PrevCommit uint64
	// ReplicationOrigin names the server from which this one has the transaction,
	// shared text, and OriginLSN is where it was committed there (PostgreSQL);
	// empty and 0 for one of its own.
	ReplicationOrigin string
	OriginLSN         uint64
	// Thread is the MySQL connection that wrote it; 0 for unknown.
	Thread uint32
	// Server is the server_id of the server that wrote it (MySQL).
	Server uint32
}

// Out is one thing that leaves for a row; made by rules from Rows.
type Out struct {
	// Row is an index into Batch.Rows.
	Row int32
	// Before and After are images in Batch.Values: those of the row, or private
	// copies made by a rule, of View.Width values; -1 where there is none. The key
	// is taken from them too: from After, or from Before where a row goes. After of a
	// truncate, where there is one, bears the headers alone.
	Before, After int32
	View          *Schema
	Target        *Target
	// Millis is the timestamp of the records, in milliseconds since the Unix
	// epoch; 0: that of the moment at which they are sent.
	Millis int64
	// Partition says where the records go, as in Record.Partition; 0: by
	// View.PartitionBy, or by the key.
	Partition int32
	// KeyChanged: an update that changes the key of View. Both images are there.
	KeyChanged bool
	// NullValue: the records have no value, whatever the shape.
	NullValue bool
	// NoDelete: of a change of the key, only the new row leaves; the record (or
	// tombstone) that removes the old key doesn't, since the rule takes no
	// deletes.
	NoDelete bool
	// NoCreate: of a change of the key, only what removes the old key leaves.
	NoCreate bool
	// Alone: what leaves of a change of the key is the only part of it that has a
	// number in the transaction.
	Alone bool
}
