package binlog

import "fmt"

// The fields of optional metadata.
// https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html
const (
	metaSignedness           = 1
	metaDefaultCharset       = 2
	metaColumnCharset        = 3
	metaColumnName           = 4
	metaSetMembers           = 5
	metaEnumMembers          = 6
	metaGeometry             = 7
	metaPrimaryKey           = 8
	metaPrimaryKeyPrefix     = 9
	metaEnumSetCharset       = 10
	metaEnumSetColumnCharset = 11
	metaVisibility           = 12
	metaVector               = 13
)

// readOptional reads the optional metadata, a run of type, length and value.
// Fields that aren't known are passed over.
func (m *tableMap) readOptional(r *reader) error {
	for len(r.b) > 0 {
		field := r.byte()
		value := reader{b: r.take(r.packed())}
		if r.short {
			return constError("the optional metadata ends too early")
		}
		if err := m.readField(field, &value); err != nil {
			return fmt.Errorf("optional metadata %d: %w", field, err)
		}
		if value.short {
			return fmt.Errorf("optional metadata %d ends too early", field)
		}
	}
	return nil
}

func (m *tableMap) readField(field byte, r *reader) error {
	switch field {
	case metaSignedness:
		m.signs = true
		m.readBits(r, (*mapColumn).isNumeric, func(c *mapColumn, set bool) { c.unsigned = set })
	case metaVisibility:
		m.readBits(r, func(*mapColumn) bool { return true }, func(c *mapColumn, set bool) { c.hidden = !set })
	case metaDefaultCharset:
		return m.readDefaultCharset(r, m.isCharacter)
	case metaEnumSetCharset:
		return m.readDefaultCharset(r, (*mapColumn).isEnumOrSet)
	case metaColumnCharset:
		m.readColumnCharset(r, m.isCharacter)
	case metaEnumSetColumnCharset:
		m.readColumnCharset(r, (*mapColumn).isEnumOrSet)
	case metaColumnName:
		m.named = true
		for i := range m.columns {
			m.columns[i].name = string(r.take(uint64(r.byte())))
		}
	case metaSetMembers:
		m.readMembers(r, codeSet)
	case metaEnumMembers:
		m.readMembers(r, codeEnum)
	case metaGeometry:
		m.readDetail(r, codeGeometry)
	case metaVector:
		m.readDetail(r, codeVector)
	case metaPrimaryKey:
		return m.readKey(r, false)
	case metaPrimaryKeyPrefix:
		return m.readKey(r, true)
	}
	return nil
}

func (m *tableMap) isCharacter(c *mapColumn) bool { return c.isCharacter(m.flavor) }

// readBits reads one bit, the highest first, for each column of a class.
func (m *tableMap) readBits(r *reader, class func(*mapColumn) bool, set func(*mapColumn, bool)) {
	var bits, left byte
	for i := range m.columns {
		c := &m.columns[i]
		if !class(c) {
			continue
		}
		if left == 0 {
			bits, left = r.byte(), 8
		}
		set(c, bits&0x80 != 0)
		bits <<= 1
		left--
	}
}

// readDefaultCharset reads the collation of most columns of a class, then pairs
// of number within the class and collation for the others.
func (m *tableMap) readDefaultCharset(r *reader, class func(*mapColumn) bool) error {
	var columns []*mapColumn
	usual := r.packed()
	for i := range m.columns {
		if c := &m.columns[i]; class(c) {
			c.collation = usual
			columns = append(columns, c)
		}
	}
	for len(r.b) > 0 {
		i, collation := r.packed(), r.packed()
		if i >= uint64(len(columns)) {
			return fmt.Errorf("character column %d of %d", i, len(columns))
		}
		columns[i].collation = collation
	}
	return nil
}

// readColumnCharset reads a collation for each column of a class.
func (m *tableMap) readColumnCharset(r *reader, class func(*mapColumn) bool) {
	for i := range m.columns {
		if c := &m.columns[i]; class(c) {
			c.collation = r.packed()
		}
	}
}

// readMembers reads the members of each column of that type.
func (m *tableMap) readMembers(r *reader, code byte) {
	for i := range m.columns {
		c := &m.columns[i]
		if c.code != code {
			continue
		}
		for n := r.packed(); n > 0 && !r.short; n-- {
			c.symbols = append(c.symbols, string(r.take(r.packed())))
		}
	}
}

// readDetail reads a number for each column of that type.
func (m *tableMap) readDetail(r *reader, code byte) {
	for i := range m.columns {
		if c := &m.columns[i]; c.code == code {
			c.detail = r.packed()
		}
	}
}

// readKey reads the ordinals of the primary key's columns, each followed by the
// length of its prefix when prefixed.
func (m *tableMap) readKey(r *reader, prefixed bool) error {
	m.key = m.key[:0]
	for len(r.b) > 0 {
		i := r.packed()
		if prefixed {
			r.packed()
		}
		if i >= uint64(len(m.columns)) {
			return fmt.Errorf("key column %d of %d", i, len(m.columns))
		}
		m.key = append(m.key, int(i))
	}
	return nil
}
