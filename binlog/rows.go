package binlog

import (
	"cdc/event"
)

// rowsKind says what a rows event does and how it is laid out.
type rowsKind uint8

// rowsKindOf returns the kind of a rows event by its type code (the byte in the
// common header); ok is false when it isn't one.
func rowsKindOf(eventType byte) (k rowsKind, ok bool) { return 0, false }

// rowsTableID reads the table's id and the flags of a rows event. A flag of
// rowsStatementEnd ends the statement: its table maps are void.
func rowsTableID(body []byte) (id uint64, flags uint16, err error) { return 0, 0, nil }

const rowsStatementEnd uint16 = 1

// plan decodes the rows events of one table version for one choice of columns.
// It is used by one goroutine.
type plan struct{}

// compilePlan makes the plan for rows that m describes. s is m's schema; want
// says which columns to decode, by Column.Ord; nil means all. Key columns are
// always decoded.
func compilePlan(m *tableMap, s *event.Schema, want []bool) (*plan, error) { return nil, nil }

// decodeRows decodes the rows of one rows event into b, except the first skip
// ones, and returns how many rows the event holds. body is what follows the
// common header, without the checksum. When it returns an error, b is as it was.
func (p *plan) decodeRows(kind rowsKind, body []byte, skip int, b *event.Batch, origin int32, off uint64) (rows int, err error) {
	return 0, nil
}
