package binlog

import (
	"cdc/event"
)

// tableMap is a parsed TABLE_MAP event. It may be parsed into again; it holds
// no reference to the event's bytes.
type tableMap struct {
	ID       uint64
	Database string
	Table    string
	flavor   flavor
}

// tableMapHead reads only the table's id and its name from the body of a
// TABLE_MAP event: enough to pass over tables that nobody wants. The slices lie
// in body.
func tableMapHead(body []byte) (id uint64, database, table []byte, err error) {
	return 0, nil, nil, nil
}

// parseTableMap parses the body of a TABLE_MAP event: what follows the 19 bytes
// of the common header, without the checksum.
func parseTableMap(body []byte, fl flavor, m *tableMap) error { return nil }

// hasMetadata reports whether the map carries names, signedness and character
// sets (binlog_row_metadata=FULL).
func (m *tableMap) hasMetadata() bool { return false }

// facts is what the map alone says about the table: everything but defaults,
// unique keys, generated columns and the exact type text. It needs hasMetadata.
func (m *tableMap) facts() (*tableFacts, error) { return nil, nil }

// schema makes the schema of this table version. The map is the truth for
// names, types, signedness, character sets, members and primary key; f, which
// may be nil when hasMetadata, adds defaults, exact type text and unique keys.
// When f contradicts the map, the error wraps errFactsDiffer.
func (m *tableMap) schema(f *tableFacts) (*event.Schema, error) { return nil, nil }

// fingerprint is equal for equal shapes of the table (not its id), in any
// process at any time.
func (m *tableMap) fingerprint() uint64 { return 0 }
