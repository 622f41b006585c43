package pgwal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"cdc/event"
)

// What is wrong with the frame of a message.
var (
	errShort      = errors.New("the message ends too early")
	errLong       = errors.New("the message goes on after its end")
	errOutsideTx  = errors.New("it stands outside a transaction")
	errInsideTx   = errors.New("it stands inside a transaction")
	errUnknownRel = errors.New("its relation was never described")
)

// epochMicros lies between 1970-01-01 and 2000-01-01, where PostgreSQL begins
// to count.
const epochMicros = 946_684_800_000_000

// reader walks the fixed parts of a message. After the first read beyond the end
// it gives zeros and fails at the end, so that callers check once.
type reader struct {
	p     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || len(r.p) < n {
		r.short = true
		return nil
	}
	taken := r.p[:n]
	r.p = r.p[n:]
	return taken
}

func (r *reader) byte() byte {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if p := r.take(2); p != nil {
		return binary.BigEndian.Uint16(p)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if p := r.take(4); p != nil {
		return binary.BigEndian.Uint32(p)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if p := r.take(8); p != nil {
		return binary.BigEndian.Uint64(p)
	}
	return 0
}

// text reads up to a zero byte.
func (r *reader) text() string { return string(r.bytes()) }

// bytes is text without a copy.
func (r *reader) bytes() []byte {
	end := bytes.IndexByte(r.p, 0)
	if r.short || end < 0 {
		r.short = true
		return nil
	}
	taken := r.p[:end]
	r.p = r.p[end+1:]
	return taken
}

// end reports whether the message had exactly what was read.
func (r *reader) end() error {
	switch {
	case r.short:
		return errShort
	case len(r.p) != 0:
		return errLong
	default:
		return nil
	}
}

func (d *decoder) readBegin(p []byte, lsn uint64) error {
	if d.inTx {
		return errInsideTx
	}
	r := reader{p: p}
	m := beginMsg{FinalLSN: r.uint64(), Micros: int64(r.uint64()) + epochMicros, XID: r.uint32()}
	if err := r.end(); err != nil {
		return err
	}
	d.begin, d.inTx, d.batch = m, true, nil
	d.counts.begin(lsn)
	return nil
}

func (d *decoder) readCommit(p []byte, lsn uint64, b *event.Batch) error {
	if !d.inTx {
		return errOutsideTx
	}
	r := reader{p: p}
	r.byte() // flags, none so far
	m := commitMsg{LSN: r.uint64(), End: r.uint64(), Micros: int64(r.uint64()) + epochMicros}
	if err := r.end(); err != nil {
		return err
	}
	if m.LSN != d.begin.FinalLSN {
		return errors.New("it ends another transaction than the one that is open")
	}
	d.endTx(b, lsn)
	d.commit, d.inTx, d.prevCommit = m, false, m.End
	return nil
}

func (d *decoder) readType(p []byte) error {
	r := reader{p: p}
	oid := r.uint32()
	name := typeName{namespace: r.text(), name: r.text()}
	if err := r.end(); err != nil {
		return err
	}
	d.named[oid] = name
	return nil
}

// readOrigin notes where the transaction at hand comes from. The message stands
// between BEGIN and the first change.
func (d *decoder) readOrigin(p []byte) error {
	if !d.inTx {
		return errOutsideTx
	}
	r := reader{p: p}
	lsn := r.uint64()
	name := r.bytes()
	if err := r.end(); err != nil {
		return err
	}
	if d.lastOrigin != string(name) {
		d.lastOrigin = string(name)
	}
	d.begin.origin, d.begin.originLSN = d.lastOrigin, lsn
	return nil
}

// relationMsg is what RELATION says.
type relationMsg struct {
	oid              uint32
	namespace, table string
	identity         byte // as pg_class.relreplident
	columns          []relationColumn
}

type relationColumn struct {
	name     string
	identity bool // part of the replica identity
	oid      uint32
	mod      int32
}

// minColumn is the size of a column without a name in a RELATION message.
const minColumn = 10

func parseRelation(p []byte) (*relationMsg, error) {
	r := reader{p: p}
	m := &relationMsg{oid: r.uint32(), namespace: r.text(), table: r.text(), identity: r.byte()}
	if m.namespace == "" {
		m.namespace = "pg_catalog"
	}
	n := int(r.uint16())
	if n*minColumn > len(r.p) {
		return nil, errShort
	}
	m.columns = make([]relationColumn, n)
	for i := range m.columns {
		flags := r.byte()
		m.columns[i] = relationColumn{identity: flags&1 != 0, name: r.text(), oid: r.uint32(), mod: int32(r.uint32())}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	switch m.identity {
	case 'd', 'n', 'f', 'i':
		return m, nil
	default:
		return nil, fmt.Errorf("table %s.%s has a replica identity of an unknown kind", m.namespace, m.table)
	}
}
