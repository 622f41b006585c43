package expr

import (
	"strconv"

	"cdc/event"
)

// metadata is a field of an event that isn't a column.
type metadata struct {
	typ  event.Type
	read reader
	// fixed is the text that it has for every row of the table.
	fixed    string
	constant bool
}

// sourceFields are the fields of source for any connector, then those that only
// one has.
var (
	commonSource   = []string{"version", "connector", "name", "ts_ms", "ts_us", "ts_ns", "snapshot", "db", "sequence", "schema", "table"}
	mysqlSource    = []string{"server_id", "gtid", "file", "pos", "row", "thread", "query"}
	postgresSource = []string{"txId", "lsn", "xmin", "origin", "origin_lsn"}
	envelopeFields = []string{"op", "before", "after", "source", "ts_ms", "ts_us", "ts_ns", "transaction"}
	txFields       = []string{"id", "total_order", "data_collection_order"}
)

// metadata finds a field of source, transaction, or the rest of the envelope.
func (l *Language) metadata(t *Table, k rowKind, name string) (metadata, bool) {
	switch k {
	case rowSource:
		return t.source(name)
	case rowTransaction:
		return t.transaction(name)
	default:
		return l.meta(t, name)
	}
}

func (l *Language) meta(t *Table, name string) (metadata, bool) {
	switch name {
	case "topic":
		return fixed(t.Topic), true
	case "ts":
		f := number(event.KindInstant, false, func(b *event.Batch, r *event.Row) (int64, bool) { return micros(b, r), true })
		f.typ.Precision = microseconds
		return f, true
	case "ts_ms":
		return nullableNumber(func(*event.Batch, *event.Row) (int64, bool) { return l.now().UnixMilli(), true }), true
	case "ts_us":
		return nullableNumber(func(*event.Batch, *event.Row) (int64, bool) { return l.now().UnixMicro(), true }), true
	case "ts_ns":
		return nullableNumber(func(*event.Batch, *event.Row) (int64, bool) { return l.now().UnixNano(), true }), true
	}
	return metadata{}, false
}

func (t *Table) transaction(name string) (metadata, bool) {
	switch name {
	case "id":
		return text(true, t.transactionID), true
	case "total_order":
		return nullableNumber(func(_ *event.Batch, r *event.Row) (int64, bool) { return int64(r.Order), r.Order != 0 }), true
	case "data_collection_order":
		return nullableNumber(func(_ *event.Batch, r *event.Row) (int64, bool) { return int64(r.TableOrder), r.Order != 0 }), true
	}
	return metadata{}, false
}

// transactionID appends the name of the row's transaction as the envelope has it.
func (t *Table) transactionID(p []byte, b *event.Batch, r *event.Row) ([]byte, bool) {
	if r.Order == 0 {
		return p, false
	}
	x := tx(b, r)
	switch {
	case t.postgres():
		p = strconv.AppendUint(p, x.XID, 10)
		return strconv.AppendUint(append(p, ':'), r.Off, 10), true
	case x.GTID.HasText():
		return append(p, x.GTID.Bytes(b.Arena)...), true
	default:
		p = append(append(p, "file="...), x.File...)
		return strconv.AppendUint(append(p, ",pos="...), x.Pos, 10), true
	}
}

// source finds a field of the source block.
func (t *Table) source(name string) (metadata, bool) {
	switch name {
	case "version":
		return fixed(t.Version), true
	case "connector":
		return fixed(t.connector()), true
	case "name":
		return fixed(t.Name), true
	case "db":
		return fixed(t.Schema.Database), true
	case "table":
		return fixed(t.Schema.Table), true
	case "schema":
		return fixed(t.Schema.Namespace), true
	case "ts_ms":
		return number(event.KindInt, false, func(b *event.Batch, r *event.Row) (int64, bool) { return event.FloorDiv(micros(b, r), 1000), true }), true
	case "ts_us":
		return nullableNumber(func(b *event.Batch, r *event.Row) (int64, bool) { return micros(b, r), true }), true
	case "ts_ns":
		return nullableNumber(func(b *event.Batch, r *event.Row) (int64, bool) { return micros(b, r) * 1000, true }), true
	case "snapshot":
		return text(true, func(p []byte, _ *event.Batch, r *event.Row) ([]byte, bool) { return append(p, mark(r)...), true }), true
	}
	if t.postgres() {
		return postgresField(name)
	}
	return mysqlField(name)
}

func mysqlField(name string) (metadata, bool) {
	switch name {
	case "sequence":
		return null(event.KindString), true
	case "server_id":
		return number(event.KindInt, false, func(b *event.Batch, r *event.Row) (int64, bool) { return int64(tx(b, r).Server), true }), true
	case "gtid":
		return stored(func(b *event.Batch, r *event.Row) event.Value { return tx(b, r).GTID }), true
	case "file":
		return text(false, func(p []byte, b *event.Batch, r *event.Row) ([]byte, bool) { return append(p, tx(b, r).File...), true }), true
	case "pos":
		return number(event.KindInt, false, func(_ *event.Batch, r *event.Row) (int64, bool) { return int64(r.Off), true }), true
	case "row":
		return number(event.KindInt, false, func(_ *event.Batch, r *event.Row) (int64, bool) { return int64(r.Index), true }), true
	case "thread":
		return nullableNumber(func(b *event.Batch, r *event.Row) (int64, bool) {
			thread := tx(b, r).Thread
			return int64(thread), thread != 0
		}), true
	case "query":
		return stored(func(b *event.Batch, r *event.Row) event.Value { return b.Origins[r.Origin].Query }), true
	}
	return metadata{}, false
}

func postgresField(name string) (metadata, bool) {
	switch name {
	case "sequence":
		return text(true, appendSequence), true
	case "txId":
		return nullableNumber(func(b *event.Batch, r *event.Row) (int64, bool) {
			xid := tx(b, r).XID
			return int64(xid), xid != 0
		}), true
	case "lsn":
		return nullableNumber(func(_ *event.Batch, r *event.Row) (int64, bool) { return int64(r.Off), r.Off != 0 }), true
	case "xmin":
		return null(event.KindInt), true
	case "origin":
		return text(true, func(p []byte, b *event.Batch, r *event.Row) ([]byte, bool) {
			name := tx(b, r).ReplicationOrigin
			return append(p, name...), name != ""
		}), true
	case "origin_lsn":
		return nullableNumber(func(b *event.Batch, r *event.Row) (int64, bool) {
			x := tx(b, r)
			return int64(x.OriginLSN), x.ReplicationOrigin != ""
		}), true
	}
	return metadata{}, false
}

// appendSequence appends the two places of the log that "sequence" lists.
func appendSequence(p []byte, b *event.Batch, r *event.Row) ([]byte, bool) {
	p = appendPlace(append(p, '['), tx(b, r).PrevCommit)
	p = appendPlace(append(p, ','), r.Off)
	return append(p, ']'), true
}

func appendPlace(p []byte, lsn uint64) []byte {
	if lsn == 0 {
		return append(p, "null"...)
	}
	return append(strconv.AppendUint(append(p, '"'), lsn, 10), '"')
}

func tx(b *event.Batch, r *event.Row) *event.Tx { return &b.Txs[b.Origins[r.Origin].Tx] }

func micros(b *event.Batch, r *event.Row) int64 { return b.Origins[r.Origin].Micros }

// mark is the snapshot mark of a row as the source block has it.
func mark(r *event.Row) string {
	if r.Op != event.OpRead {
		return streamed
	}
	const marks = event.SnapshotFirst | event.SnapshotFirstInTable | event.SnapshotLastInTable | event.SnapshotLast
	switch r.Flags & marks {
	case event.SnapshotFirst:
		return "first"
	case event.SnapshotFirstInTable:
		return "first_in_data_collection"
	case event.SnapshotLastInTable:
		return "last_in_data_collection"
	case event.SnapshotLast:
		return "last"
	default:
		return "true"
	}
}

// streamed is the mark of a row that isn't of a snapshot.
const streamed = "false"

func typeOf(k event.Kind, nullable bool) event.Type {
	t := event.Type{Kind: k}
	if nullable {
		t.Flags = event.Nullable
	}
	return t
}

func fixed(s string) metadata {
	f := text(false, func(p []byte, _ *event.Batch, _ *event.Row) ([]byte, bool) { return append(p, s...), true })
	f.fixed, f.constant = s, true
	return f
}

func number(k event.Kind, nullable bool, get func(*event.Batch, *event.Row) (int64, bool)) metadata {
	return metadata{typ: typeOf(k, nullable), read: func(b *event.Batch, r *event.Row) (event.Value, error) {
		if n, ok := get(b, r); ok {
			return event.Of(k, n), nil
		}
		return event.Null, nil
	}}
}

func nullableNumber(get func(*event.Batch, *event.Row) (int64, bool)) metadata {
	return number(event.KindInt, true, get)
}

// text is a field whose text is put into the arena.
func text(nullable bool, put func(p []byte, b *event.Batch, r *event.Row) ([]byte, bool)) metadata {
	return metadata{typ: typeOf(event.KindString, nullable), read: func(b *event.Batch, r *event.Row) (event.Value, error) {
		at := len(b.Arena)
		arena, ok := put(b.Arena, b, r)
		if !ok {
			return event.Null, nil
		}
		b.Arena = arena
		return event.Text(event.KindString, at, len(arena)-at), nil
	}}
}

// stored is a text that lies in the arena already.
func stored(get func(*event.Batch, *event.Row) event.Value) metadata {
	return metadata{typ: typeOf(event.KindString, true), read: func(b *event.Batch, r *event.Row) (event.Value, error) {
		if v := get(b, r); v.HasText() {
			return v, nil
		}
		return event.Null, nil
	}}
}

func null(k event.Kind) metadata {
	return metadata{typ: typeOf(k, true), read: func(*event.Batch, *event.Row) (event.Value, error) { return event.Null, nil }}
}
