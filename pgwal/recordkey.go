package pgwal

import "slices"

// recordKey chooses the columns of the record key, in key order. Under the
// replica identity DEFAULT the message marks the primary key as it was when the
// row was written; FULL marks all columns, and then only the catalogue knows.
// With an index as identity, old rows hold nothing but its columns: a key must
// lie within them, or deletes would carry a key that no insert had.
func recordKey(m *relationMsg, f *tableFacts) []string {
	var marked, fromFacts []string
	for i := range m.columns {
		if m.columns[i].identity {
			marked = append(marked, m.columns[i].name)
		}
	}
	if f.knowsKey(m) {
		fromFacts = f.Key
	}
	if m.identity == 'f' || m.identity == 'n' || len(marked) == 0 {
		return fromFacts
	}
	within := len(fromFacts) > 0
	for _, name := range fromFacts {
		within = within && slices.Contains(marked, name)
	}
	if within && (m.identity == 'i' || len(fromFacts) == len(marked)) {
		return fromFacts
	}
	return marked
}

// knowsKey reports whether all key columns of f are columns of m with the same
// type.
func (f *tableFacts) knowsKey(m *relationMsg) bool {
	if f == nil {
		return false
	}
	for _, name := range f.Key {
		at := slices.IndexFunc(m.columns, func(c relationColumn) bool { return c.name == name })
		known := slices.IndexFunc(f.Columns, func(c columnFact) bool { return c.Name == name })
		if at < 0 || known < 0 || !f.Columns[known].is(&m.columns[at]) {
			return false
		}
	}
	return true
}

func (c *columnFact) is(m *relationColumn) bool {
	return c.Name == m.name && c.TypeOID == m.oid && c.Mod == m.mod
}
