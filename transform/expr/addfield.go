package expr

import (
	"slices"
	"strings"

	"cdc/event"
)

// snapshotMarks are the marks that Debezium's schema of the source block allows.
var snapshotMarks = []string{"true", "first", "first_in_data_collection", "last_in_data_collection", "last", "false", "incremental"}

// Metadata finds a field of the envelope by its path, as ExtractNewRecordState
// finds those that it adds: "op", "ts_ms", "transaction.id" and "source.lsn" by
// their whole path, "lsn" among the fields of source. Its type takes NULL, as all that
// are added do. read puts its text into the arena.
func (l *Language) Metadata(path string, t *Table) (typ event.Type, read Value, ok bool) {
	block, name, nested := strings.Cut(path, ".")
	var f metadata
	switch {
	case nested && block == "source":
		f, ok = t.sourceField(name)
	case nested && block == "transaction":
		f, ok = t.transaction(name)
	case nested:
	case path == "op":
		f, ok = text(false, func(p []byte, _ *event.Batch, r *event.Row) ([]byte, bool) { return append(p, byte(r.Op)), true }), true
	case strings.HasPrefix(path, "ts_"):
		f, ok = l.meta(t, path)
	default:
		f, ok = t.sourceField(path)
	}
	f.typ.Flags |= event.Nullable
	return f.typ, Value(f.read), ok
}

// sourceField is a field of the source block with its type in Debezium's schema.
func (t *Table) sourceField(name string) (metadata, bool) {
	f, ok := t.source(name)
	switch {
	case name == "schema" && !t.postgres():
		return metadata{}, false // an expression may ask for it, an event hasn't got it
	case name == "snapshot": // in an envelope "false" is the default of what isn't there
		f = text(true, func(p []byte, _ *event.Batch, r *event.Row) ([]byte, bool) {
			return append(p, mark(r)...), r.Op == event.OpRead
		})
		f.typ.Logical, f.typ.Symbols = event.LogicalEnum, snapshotMarks
	case name == "row" && !t.postgres():
		f.typ.Native = "int" // 4 bytes
	}
	return f, ok
}

// MetadataNames are the paths of the fields that Metadata finds for a table. Those of
// source stand without its name before them.
func (l *Language) MetadataNames(t *Table) []string {
	all := []string{"op", "ts_ms", "ts_us", "ts_ns"}
	for _, name := range txFields {
		all = append(all, "transaction."+name)
	}
	for _, name := range slices.Concat(commonSource, mysqlSource, postgresSource) {
		if _, ok := t.sourceField(name); ok && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
