package ddl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdc/binlog/flavor"

	"cdc/binlog/charsets"
)

// ErrNotUnderstood says that a statement has something in it that isn't known
// here, or that doesn't fit the table as it is known.
var ErrNotUnderstood = errors.New("the statement can't be followed")

// draft is a table while a statement works on it.
type draft struct {
	fl      flavor.Flavor
	facts   Table
	columns []draftColumn
	primary draftIndex
	unique  []draftIndex
}

// draftIndex is a key of a draft. Those that the statement adds name columns as
// they are called behind it, the others as before.
type draftIndex struct {
	Index
	added bool
}

// draftColumn is a column of a draft. In one statement the columns go by the
// names that they had before it.
type draftColumn struct {
	Column
	old string
}

func newDraft(fl flavor.Flavor, f *Table) *draft {
	d := &draft{fl: fl, facts: *f}
	for _, index := range f.Unique {
		d.unique = append(d.unique, draftIndex{Index: index})
	}
	for _, c := range f.Columns {
		d.columns = append(d.columns, draftColumn{c, c.Name})
	}
	switch {
	case f.Primary:
		d.primary.Columns = f.Key
	case len(f.Key) > 0 && len(f.Unique) == 0: // of an older history
		d.unique = []draftIndex{{Index: Index{Columns: f.Key}}}
	}
	return d
}

// finish returns the table as the statement has left it.
func (d *draft) finish() (*Table, error) {
	f := d.facts
	f.Columns, f.Unique = make([]Column, len(d.columns)), nil
	primary, err := d.resolve(&d.primary)
	if err != nil {
		return nil, err
	}
	for i := range d.columns {
		f.Columns[i] = d.columns[i].Column
		if contains(primary.Columns, f.Columns[i].Name) {
			f.Columns[i].Nullable = false
		}
	}
	for i := range d.unique {
		index, err := d.resolve(&d.unique[i])
		if err != nil {
			return nil, err
		}
		f.Unique = append(f.Unique, index)
	}
	f.setKey(primary.Columns)
	return &f, nil
}

// resolve names the columns of a key as they are called in the end.
func (d *draft) resolve(index *draftIndex) (Index, error) {
	out := index.Index
	out.Columns = nil
	for _, name := range index.Columns {
		i := slices.IndexFunc(d.columns, func(c draftColumn) bool {
			return strings.EqualFold(name, c.old) && !index.added || strings.EqualFold(name, c.Name) && index.added
		})
		if i < 0 {
			return out, fmt.Errorf("%w: no column %q for a key", ErrNotUnderstood, name)
		}
		out.Columns = append(out.Columns, d.columns[i].Name)
	}
	return out, nil
}

// setKey puts the unique indexes in the server's order and chooses the key.
func (f *Table) setKey(primary []string) {
	slices.SortStableFunc(f.Unique, func(a, b Index) int { return f.rank(&a) - f.rank(&b) })
	f.UseKey(primary)
}

// UseKey chooses the record key: the primary key, or the unique index that the
// server lists first, unless that has an expression.
func (f *Table) UseKey(primary []string) {
	f.Key, f.Primary = nil, len(primary) > 0
	if f.Primary {
		f.Key = f.names(primary)
		return
	}
	if len(f.Unique) > 0 && !f.Unique[0].Expression {
		f.Key = f.names(f.Unique[0].Columns)
	}
}

// rank is where the server lists a unique index: those without NULLs first, and
// those of whole columns before others.
func (f *Table) rank(i *Index) int {
	rank := 0
	if i.Prefix {
		rank = 1
	}
	if i.Expression {
		return rank + 2
	}
	for k := range f.Columns {
		if f.Columns[k].Nullable && contains(i.Columns, f.Columns[k].Name) {
			return rank + 2
		}
	}
	return rank
}

// names spells the names of columns as the columns themselves do.
func (f *Table) names(list []string) []string {
	out := make([]string, 0, len(list))
	for _, name := range list {
		for i := range f.Columns {
			if strings.EqualFold(f.Columns[i].Name, name) {
				out = append(out, f.Columns[i].Name)
			}
		}
	}
	return out
}

func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// find returns the index of the column that had a name before the statement, -1
// for none.
func (d *draft) find(old string) int {
	return slices.IndexFunc(d.columns, func(c draftColumn) bool { return strings.EqualFold(c.old, old) })
}

// place returns the index behind a column, by its name before or in the statement.
func (d *draft) place(after string) (int, error) {
	i := slices.IndexFunc(d.columns, func(c draftColumn) bool { return strings.EqualFold(c.Name, after) })
	if i < 0 {
		i = d.find(after)
	}
	if i < 0 {
		return 0, fmt.Errorf("%w: no column %q", ErrNotUnderstood, after)
	}
	return i + 1, nil
}

// add puts a new column where its definition says.
func (d *draft) add(c *columnDef) error {
	if slices.ContainsFunc(d.columns, func(have draftColumn) bool { return strings.EqualFold(have.Name, c.name) && have.old != "" }) {
		return fmt.Errorf("%w: column %q is there already", ErrNotUnderstood, c.name)
	}
	return d.put(c, "", len(d.columns))
}

// put puts a column at an index, unless its definition says another place.
func (d *draft) put(c *columnDef, old string, at int) error {
	fact, ok := c.fact(d.fl, d.facts.Charset)
	if !ok {
		return fmt.Errorf("%w: column %q of type %s", ErrNotUnderstood, c.name, c.typeText)
	}
	switch {
	case c.first:
		at = 0
	case c.after != "":
		var err error
		if at, err = d.place(c.after); err != nil {
			return err
		}
	}
	d.columns = slices.Insert(d.columns, at, draftColumn{fact, old})
	if c.primary {
		d.primary = draftIndex{Index{Columns: []string{c.name}}, true}
	}
	if c.unique {
		d.addUnique(Index{Columns: []string{c.name}})
	}
	return nil
}

// change replaces a column by another definition, perhaps of another name.
func (d *draft) change(old string, c *columnDef) error {
	i := d.find(old)
	if i < 0 {
		return fmt.Errorf("%w: no column %q", ErrNotUnderstood, old)
	}
	old = d.columns[i].old
	d.columns = slices.Delete(d.columns, i, i+1)
	return d.put(c, old, i)
}

// drop removes a column, and it from the keys.
func (d *draft) drop(name string) error {
	i := d.find(name)
	if i < 0 {
		return fmt.Errorf("%w: no column %q", ErrNotUnderstood, name)
	}
	d.columns = slices.Delete(d.columns, i, i+1)
	without := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.EqualFold(n, name) })
	}
	if !d.primary.added {
		d.primary.Columns = without(d.primary.Columns)
	}
	var left []draftIndex
	for _, index := range d.unique {
		if !index.added {
			index.Columns = without(index.Columns)
		}
		if len(index.Columns) > 0 || index.Expression {
			left = append(left, index)
		}
	}
	d.unique = left
	return nil
}

// addUnique adds an index, and names it as the server does when it has no name.
func (d *draft) addUnique(index Index) {
	if index.Name == "" && len(index.Columns) > 0 {
		index.Name = index.Columns[0]
		for n := 2; d.index(index.Name) >= 0; n++ {
			index.Name = fmt.Sprintf("%s_%d", index.Columns[0], n)
		}
	}
	d.unique = append(d.unique, draftIndex{index, true})
}

func (d *draft) index(name string) int {
	return slices.IndexFunc(d.unique, func(i draftIndex) bool { return strings.EqualFold(i.Name, name) })
}

// dropIndex removes an index. One that isn't known isn't unique.
func (d *draft) dropIndex(name string) error {
	if strings.EqualFold(name, "PRIMARY") {
		d.primary = draftIndex{}
		return nil
	}
	if i := d.index(name); i >= 0 {
		d.unique = slices.Delete(d.unique, i, i+1)
		return nil
	}
	if slices.ContainsFunc(d.unique, func(i draftIndex) bool { return i.Name == "" }) {
		return fmt.Errorf("%w: whether %q is the unique index isn't known", ErrNotUnderstood, name)
	}
	return nil
}

// convert gives all text columns a character set.
func (d *draft) convert(charset string) {
	charset = charsets.Canonical(charset)
	for i := range d.columns {
		c := &d.columns[i].Column
		spec, err := ParseType(c.Type)
		if err != nil || !spec.IsText() || c.Charset == "" {
			continue
		}
		c.Type = widened(&spec, c.Type, c.Charset, charset)
		c.Charset, c.Collation = charset, ""
		if c.Written != nil {
			w := *c.Written
			w.Type, w.Charset = c.Type, charset
			c.Written = &w
		}
	}
	d.facts.Charset = charset
}

// widened is the type of a text in another character set, which the server
// makes so large that as many characters have room.
func widened(spec *Type, text, from, to string) string {
	kinds := map[string]int{"tinytext": 1<<8 - 1, "text": 1<<16 - 1, "mediumtext": 1<<24 - 1, "longtext": 1<<32 - 1}
	bytes, ok := kinds[spec.Name]
	if !ok || charsets.MaxBytes(from) == 0 || charsets.MaxBytes(to) == 0 {
		return text
	}
	return sizedBlob("text", bytes/charsets.MaxBytes(from)*charsets.MaxBytes(to))
}
