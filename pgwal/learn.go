package pgwal

import "maps"

// columnVersion is what a relation message says of a column: as long as that
// stays, so does what the catalogue once said about it.
type columnVersion struct {
	name string
	oid  uint32
	mod  int32
}

// table is what is remembered of a table that the catalogue may know no more, or
// knows in a later form, while rows of it are still to come.
type table struct {
	facts   *tableFacts // the last ones
	columns map[columnVersion]columnFact
}

// learn remembers what the catalogue says now.
func (d *decoder) learn(f *tableFacts) {
	if f == nil {
		return
	}
	t := d.tables[f.OID]
	if t == nil {
		t = &table{columns: map[columnVersion]columnFact{}}
		d.tables[f.OID] = t
	}
	t.facts = f
	for i := range f.Columns {
		c := &f.Columns[i]
		t.columns[columnVersion{c.Name, c.TypeOID, c.Mod}] = *c
		if c.MoneyDigits != nil {
			d.moneyDigits = c.MoneyDigits
		}
		if c.TypeOID >= firstUserOID {
			d.types[c.TypeOID] = columnFact{
				TypeOID: c.TypeOID, TypeName: c.TypeName, OwnName: c.OwnName, Enum: c.Enum, Kind: c.Kind, Elem: c.Elem, Dims: c.Dims,
				BaseOID: c.BaseOID, BaseMod: c.BaseMod, BaseName: c.BaseName, MoneyDigits: c.MoneyDigits,
			}
		}
	}
}

// keyFacts are those that tell the key of a table: what the catalogue says, or
// what it said last.
func (d *decoder) keyFacts(oid uint32, f *tableFacts) *tableFacts {
	if t := d.tables[oid]; f == nil && t != nil {
		return t.facts
	}
	return f
}

// describe says all that is known about the columns of a relation message. What
// the catalogue says holds now, not when the row was written: it is used for each
// column that still looks alike, else what it said when that one did. A column
// that it never knew stands by what the message says.
func (d *decoder) describe(m *relationMsg) ([]columnFact, error) {
	known := d.tables[m.oid]
	if err := d.lookUp(m, known); err != nil {
		return nil, err
	}
	columns := make([]columnFact, len(m.columns))
	for i := range m.columns {
		c := &m.columns[i]
		if known != nil {
			if fact, ok := known.columns[columnVersion{c.name, c.oid, c.mod}]; ok {
				columns[i] = fact
				continue
			}
		}
		columns[i] = d.columnAlone(c)
		columns[i].NotNull = c.identity && m.identity != 'f'
	}
	return columns, nil
}

// lookUp asks the catalogue about types of users that nobody has told of: the
// table is gone, but its types may be there.
func (d *decoder) lookUp(m *relationMsg, known *table) error {
	if d.lookUpTypes == nil {
		return nil
	}
	var missing []uint32
	for i := range m.columns {
		c := &m.columns[i]
		if _, told := d.types[c.oid]; c.oid < firstUserOID || told {
			continue
		}
		if known != nil {
			if _, ok := known.columns[columnVersion{c.name, c.oid, c.mod}]; ok {
				continue
			}
		}
		missing = append(missing, c.oid)
	}
	if len(missing) == 0 {
		return nil
	}
	found, err := d.lookUpTypes(missing)
	if err != nil {
		return err
	}
	maps.Copy(d.types, found)
	return nil
}

// columnAlone describes a column by what its message says, and its type by what
// was learnt earlier or said by a type message.
func (d *decoder) columnAlone(m *relationColumn) columnFact {
	c := columnFact{
		Name: m.name, TypeOID: m.oid, Mod: m.mod, BaseOID: m.oid, BaseMod: m.mod, MoneyDigits: d.moneyDigits,
	}
	if m.oid < firstUserOID {
		c.TypeName, c.BaseName = typeOfOID(m.oid), nameOf(m.oid)
		return c
	}
	if t, ok := d.types[m.oid]; ok {
		t.Name, t.Mod = m.name, m.mod
		if t.BaseOID == m.oid {
			t.BaseMod = m.mod
		}
		return t
	}
	said := d.named[m.oid]
	c.TypeName, c.BaseName = said.name, said.name
	if said.name == "" {
		c.TypeName = typeOfOID(m.oid)
	}
	if base := baseOfName(said.name); said.namespace == "" && base != 0 {
		c.BaseOID, c.BaseMod = base, -1
	}
	return c
}
