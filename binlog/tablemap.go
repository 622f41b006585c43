package binlog

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// tableMap is a parsed TABLE_MAP event: the shape of the row images that
// follow. It may be parsed into again; it holds no reference to the event's
// bytes.
type tableMap struct {
	ID       uint64
	Database string
	Table    string

	flavor  Flavor
	columns []mapColumn
	// named: the map carries column names, so all of FULL's metadata. signs: it
	// says which numbers are unsigned, as MINIMAL does.
	named, signs bool
	// key holds the ordinals of the primary key's columns in key order.
	key []int
}

// mapColumn is a column as the table map describes it.
type mapColumn struct {
	code     byte   // type code; ENUM and SET have their own here
	meta     uint16 // type metadata, see readMeta
	nullable bool
	unsigned bool
	hidden   bool   // INVISIBLE
	name     string // with FULL metadata only, as all that follows
	// collation is the id of the column's collation; 0 for none.
	collation uint64
	// symbols are the members of an ENUM or SET, in its character set.
	symbols []string
	// detail is the kind of a geometry (geometryKind) or the number of dimensions
	// of a vector.
	detail uint64
}

// maxColumns is what MySQL and MariaDB allow, and what bounds a map's memory.
const maxColumns = 4096

// tableMapHead reads only the table's id and its name from the body of a
// TABLE_MAP event: enough to pass over tables that nobody wants. The slices lie
// in body.
func tableMapHead(body []byte) (id uint64, database, table []byte, err error) {
	r := reader{b: body}
	id, database, table = readHead(&r)
	if r.short {
		return 0, nil, nil, errTableMapShort
	}
	return id, database, table, nil
}

const errTableMapShort = constError("table map event: ends too early")

func readHead(r *reader) (id uint64, database, table []byte) {
	id = r.uint48()
	r.uint16() // flags, none of which concerns us
	database = r.take(uint64(r.byte()))
	r.byte() // terminating zero
	table = r.take(uint64(r.byte()))
	r.byte()
	return id, database, table
}

// parseTableMap parses the body of a TABLE_MAP event: what follows the 19 bytes
// of the common header, without the checksum.
func parseTableMap(body []byte, fl Flavor, m *tableMap) error {
	r := reader{b: body}
	id, database, table := readHead(&r)
	*m = tableMap{ID: id, Database: string(database), Table: string(table), flavor: fl, columns: m.columns[:0], key: m.key[:0]}
	n := r.packed()
	codes := r.take(n)
	meta := reader{b: r.take(r.packed())}
	nulls := r.take((n + 7) / 8)
	if r.short {
		return errTableMapShort
	}
	if n > maxColumns {
		return fmt.Errorf("table map event of %s.%s: %d columns", m.Database, m.Table, n)
	}
	for i, code := range codes {
		c := mapColumn{code: code, nullable: nulls[i/8]&(1<<(i%8)) != 0}
		if err := c.readMeta(&meta); err != nil {
			return fmt.Errorf("table map event of %s.%s, column %d: %w", m.Database, m.Table, i+1, err)
		}
		m.columns = append(m.columns, c)
	}
	if meta.short || len(meta.b) != 0 {
		return fmt.Errorf("table map event of %s.%s: the types' metadata has a wrong length", m.Database, m.Table)
	}
	if err := m.readOptional(&r); err != nil {
		return fmt.Errorf("table map event of %s.%s: %w", m.Database, m.Table, err)
	}
	return nil
}

// hasMetadata reports whether the map carries names, signedness and character
// sets (binlog_row_metadata=FULL).
func (m *tableMap) hasMetadata() bool { return m.named }

// fingerprint is equal for equal shapes of the table (not its id), in any
// process at any time.
func (m *tableMap) fingerprint() uint64 {
	h := fnv.New64a()
	text := func(s string) {
		var size [4]byte
		binary.LittleEndian.PutUint32(size[:], uint32(len(s)))
		h.Write(size[:])
		io.WriteString(h, s) //nolint:errcheck // a hash doesn't fail
	}
	number := func(u uint64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], u)
		h.Write(b[:])
	}
	text(m.Database)
	text(m.Table)
	for i := range m.columns {
		c := &m.columns[i]
		h.Write([]byte{c.code, bit(c.nullable) | bit(c.unsigned)<<1 | bit(c.hidden)<<2})
		number(uint64(c.meta))
		number(c.collation)
		if c.detail != 0 {
			number(c.detail)
		}
		text(c.name)
		number(uint64(len(c.symbols)))
		for _, s := range c.symbols {
			text(s)
		}
	}
	for _, k := range m.key {
		number(uint64(k))
	}
	return h.Sum64()
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
