package pgwal

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// An array is a type that another one names as its array: vectors like
// int2vector have elements, too, and print otherwise.
const selectTypes = `
select t.oid, t.typname::text, pg_catalog.format_type(t.oid, null), t.typtype::text, t.typbasetype, t.typtypmod, t.typnotnull, t.typndims,
       coalesce((select e.oid from pg_catalog.pg_type e where e.oid = t.typelem and e.typarray = t.oid), 0),
       array(select e.enumlabel::text from pg_catalog.pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
  from pg_catalog.pg_type t
 where t.oid = any($1)`

// selectMoney asks how many digits the money of this session has behind the
// point, which is a matter of its lc_monetary.
const selectMoney = `select scale(0::money::numeric)::int`

// typeFact is a row of pg_type.
type typeFact struct {
	name, spelt, kind string
	base              uint32
	mod               int32
	notNull           bool
	dims              int32
	elem              uint32
	labels            []string
}

// maxDomains bounds how many domains may lie on top of each other.
const maxDomains = 32

// resolveTypes follows domains down to what they are made of, and arrays to
// their elements.
func resolveTypes(ctx context.Context, c *pgx.Conn, columns []*columnFact) error {
	types := map[uint32]typeFact{}
	var wanted []uint32
	want := func(oid uint32) {
		if _, known := types[oid]; !known && oid != 0 {
			types[oid] = typeFact{}
			wanted = append(wanted, oid)
		}
	}
	for _, f := range columns {
		want(f.TypeOID)
	}
	for len(wanted) > 0 {
		asked := wanted
		wanted = nil
		if err := queryTypes(ctx, c, asked, types); err != nil {
			return err
		}
		for _, oid := range asked {
			t := types[oid]
			want(t.base)
			want(t.elem)
		}
	}
	for _, f := range columns {
		f.resolve(types, false)
	}
	return queryMoney(ctx, c, columns)
}

func queryTypes(ctx context.Context, c *pgx.Conn, oids []uint32, types map[uint32]typeFact) error {
	rows, err := c.Query(ctx, selectTypes, oids)
	if err != nil {
		return fmt.Errorf("list types: %w", err)
	}
	var oid uint32
	var t typeFact
	into := []any{&oid, &t.name, &t.spelt, &t.kind, &t.base, &t.mod, &t.notNull, &t.dims, &t.elem, &t.labels}
	_, err = pgx.ForEachRow(rows, into, func() error {
		types[oid] = t
		t.labels = nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("list types: %w", err)
	}
	return nil
}

// resolve fills in what the column's type is made of. The elements of an array
// may be domains and, behind a domain, arrays again; those have no form, and
// aren't followed.
func (c *columnFact) resolve(types map[uint32]typeFact, element bool) {
	t := types[c.TypeOID]
	c.BaseOID, c.BaseMod, c.OwnName = c.TypeOID, c.Mod, t.name
	c.NotNull = c.NotNull || t.kind == "d" && t.notNull
	for range maxDomains {
		if t.kind != "d" {
			break
		}
		c.BaseOID, c.BaseMod = t.base, t.mod
		c.Dims = max(c.Dims, dimsOf(t.dims))
		t = types[t.base]
	}
	c.BaseName = t.name
	if len(t.kind) == 1 {
		c.Kind = t.kind[0]
	}
	if c.Kind == kindEnum {
		c.Enum = append([]string{}, t.labels...)
	}
	if t.elem == 0 {
		return
	}
	c.Elem = &columnFact{Name: c.Name, TypeOID: t.elem, Mod: c.BaseMod, TypeName: types[t.elem].spelt}
	if !element {
		c.Elem.resolve(types, true)
	}
}

// queryMoney asks for the digits of money, if a column needs them.
func queryMoney(ctx context.Context, c *pgx.Conn, columns []*columnFact) error {
	var digits *int16
	for _, f := range columns {
		if f.BaseOID != oidMoney && f.BaseOID != oidMoneyArray && (f.Elem == nil || f.Elem.BaseOID != oidMoney) {
			continue
		}
		if digits == nil {
			digits = new(int16)
			if err := c.QueryRow(ctx, selectMoney).Scan(digits); err != nil {
				return fmt.Errorf("ask for the digits of money: %w", err)
			}
		}
		f.MoneyDigits = digits
		if f.Elem != nil {
			f.Elem.MoneyDigits = digits
		}
	}
	return nil
}

// loadTypes describes types that the catalogue has; those that it doesn't have
// are left out.
func loadTypes(ctx context.Context, c *pgx.Conn, oids []uint32) (map[uint32]columnFact, error) {
	columns := make([]*columnFact, len(oids))
	for i, oid := range oids {
		columns[i] = &columnFact{TypeOID: oid, Mod: -1}
	}
	if err := resolveTypes(ctx, c, columns); err != nil {
		return nil, err
	}
	found := map[uint32]columnFact{}
	for _, f := range columns {
		if f.OwnName != "" {
			f.TypeName = f.OwnName
			found[f.TypeOID] = *f
		}
	}
	return found, nil
}
