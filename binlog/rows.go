package binlog

import (
	"fmt"
	"math/bits"

	"cdc/event"
)

// rowsKind says what a rows event does and how it is laid out.
type rowsKind uint8

const (
	rowsInsert rowsKind = iota
	rowsUpdate
	rowsDelete
	rowsPartialUpdate
	rowsOperation rowsKind = 3 // masks the above

	rowsExtra      rowsKind = 4 // version 2: extra data after the flags
	rowsCompressed rowsKind = 8 // MariaDB, log_bin_compress
)

// rowsKindOf returns the kind of a rows event by its type code (the byte in the
// common header); ok is false when it isn't one. The events of MySQL before 5.1
// (20 to 22) aren't.
func rowsKindOf(eventType byte) (k rowsKind, ok bool) {
	switch {
	case eventType >= 23 && eventType <= 25:
		return writeUpdateDelete(eventType - 23), true
	case eventType >= 30 && eventType <= 32:
		return writeUpdateDelete(eventType-30) | rowsExtra, true
	case eventType == 39:
		return rowsPartialUpdate | rowsExtra, true
	case eventType >= 166 && eventType <= 168:
		return writeUpdateDelete(eventType-166) | rowsCompressed, true
	case eventType >= 169 && eventType <= 171:
		return writeUpdateDelete(eventType-169) | rowsExtra | rowsCompressed, true
	default:
		return 0, false
	}
}

func writeUpdateDelete(i byte) rowsKind { return [...]rowsKind{rowsInsert, rowsUpdate, rowsDelete}[i] }

func (k rowsKind) op() event.Op {
	return [...]event.Op{event.OpCreate, event.OpUpdate, event.OpDelete, event.OpUpdate}[k&rowsOperation]
}

// rowsStatementEnd is the flag of a rows event that ends its statement: the
// table maps so far are void.
const rowsStatementEnd uint16 = 1

// rowsTableID reads the table's id and the flags of a rows event.
func rowsTableID(body []byte) (id uint64, flags uint16, err error) {
	r := reader{b: body}
	id, flags = r.uint48(), r.uint16()
	if r.short {
		return 0, 0, errRowsShort
	}
	return id, flags, nil
}

const (
	errRowsShort = constError("rows event: ends too early")
	errDamaged   = constError("the bytes can't be a value of its type")
)

// rowsHeader reads what stands before the rows, and which columns they have.
func (p *plan) rowsHeader(kind rowsKind, r *reader) (err error) {
	r.uint48()
	r.uint16()
	if kind&rowsExtra != 0 {
		size := r.uint16() // with its own two bytes
		if size < 2 {
			r.short = true
		}
		r.take(uint64(size - 2))
	}
	n := r.packed()
	if !r.short && n != uint64(len(p.cells)) {
		return fmt.Errorf("rows event: %d columns, its table map has %d", n, len(p.cells))
	}
	p.patches = kind&rowsOperation == rowsPartialUpdate
	if p.first, err = p.shape(r); err != nil || kind.images() == 1 {
		return err
	}
	p.second, err = p.shape(r)
	return err
}

// images is how many images a row has.
func (k rowsKind) images() int {
	if op := k & rowsOperation; op == rowsUpdate || op == rowsPartialUpdate {
		return 2
	}
	return 1
}

// shape reads which columns an image has.
func (p *plan) shape(r *reader) (imageShape, error) {
	columns := r.take(uint64(len(p.cells)+7) / 8)
	if r.short {
		return imageShape{}, errRowsShort
	}
	count := countSet(columns, len(p.cells))
	switch {
	case count == len(p.cells):
		return imageShape{}, nil
	case !p.d.partialRows:
		return imageShape{}, fmt.Errorf("rows event: the row image lacks columns: %w; %s; or take such rows as they are (accept_partial_row_images: true)", event.ErrUnsupported, wholeRows)
	default:
		return imageShape{columns: columns, nulls: (count + 7) / 8}, nil
	}
}

// countSet counts the bits that are set among the first n.
func countSet(bitmap []byte, n int) int {
	count := 0
	for _, c := range bitmap[:n/8] {
		count += bits.OnesCount8(c)
	}
	if n%8 != 0 {
		count += bits.OnesCount8(bitmap[n/8] & (1<<(n%8) - 1))
	}
	return count
}
