package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"cdc/event"
)

// rowKind is what an expression reads of a row.
type rowKind uint8

const (
	rowBefore      rowKind = iota // a column of the image before
	rowAfter                      // a column of the image after
	rowRow                        // a column of the image at hand
	rowKey                        // a key column of the image at hand
	rowOld                        // old("column")
	rowChanged                    // changed("column")
	rowMissing                    // before == null, after == null and so on
	rowSource                     // source.table and so on
	rowMeta                       // ts, topic, value.ts_ms
	rowTransaction                // transaction.id and so on
)

// variables are the names by which expressions read a row, in the order of the
// kinds. Those with an @ can't be written: calls of old and changed, and
// comparisons with null, are turned into fields of them, so that all reads look
// the same.
var variables = []string{"before", "after", "row", "key", "@old", "@changed", "@missing", "source", "@meta", "transaction"}

// reserved are the names that a variable of a macro can't have.
var reserved = []string{"op", "before", "after", "row", "key", "source", "transaction", "value", "ts", "topic"}

// manner is how a read takes a value that isn't there.
type manner uint8

const (
	strict   manner = iota // a missing image is an error
	optional               // after.?column: a missing image and NULL are none
	lenient                // within coalesce: a missing image is NULL
)

// manners are put before the name of a variable.
var manners = []string{"", "@optional ", "@lenient "}

const typePrefix = "cdc.row "

// typeName is the CEL type of a variable.
func typeName(variable string) string { return typePrefix + variable }

// variableOf is the name of the variable for reads of a kind in a manner.
func variableOf(k rowKind, m manner) string { return manners[m] + variables[k] }

// kindOf is the reverse of typeName and variableOf.
func kindOf(typ string) (rowKind, manner, bool) {
	name, ok := strings.CutPrefix(typ, typePrefix)
	if !ok {
		return 0, 0, false
	}
	m := strict
	for i, p := range manners {
		if rest, cut := strings.CutPrefix(name, p); cut && p != "" {
			name, m = rest, manner(i)
		}
	}
	k := slices.Index(variables, name)
	return rowKind(max(0, k)), m, k >= 0
}

// read is a place in an expression where it looks at the row.
type read struct {
	kind   rowKind
	manner manner
	name   string // the column; the image for rowMissing
	offset int    // in the expression
}

// String is the read as a person spells it.
func (r read) String() string {
	switch r.kind {
	case rowOld:
		return `old("` + r.name + `")`
	case rowChanged:
		return `changed("` + r.name + `")`
	case rowMissing:
		return r.name
	case rowMeta:
		if strings.HasPrefix(r.name, "ts_") {
			return "value." + r.name
		}
		return r.name
	default:
		if r.manner == optional {
			return variables[r.kind] + ".?" + r.name
		}
		return variables[r.kind] + "." + r.name
	}
}

// isColumn reports whether the read is about one column.
func (r read) isColumn() bool { return r.kind < rowMissing }

// isValue reports whether the read gives a value of one column.
func (r read) isValue() bool { return r.kind < rowChanged }

// field returns the type of what the read gives, and how it is got.
func (l *Language) field(t *Table, k rowKind, m manner, name string) (*types.FieldType, bool) {
	switch {
	case t == nil:
		return offlineField(k, m), true
	case k == rowMissing:
		return boolField(missingCond(t.Schema, name)), true
	case k == rowChanged:
		col := t.Schema.Column(name)
		if col == nil {
			return nil, false
		}
		return boolField(changedCond(t.Schema, col)), true
	case k > rowMissing:
		f, ok := l.metadata(t, k, name)
		if !ok {
			return nil, false
		}
		return valueField(columnType(f.typ.Kind), f.read, m), true
	}
	col := t.column(k, name)
	if col == nil {
		return nil, false
	}
	return valueField(columnType(col.Type.Kind), readerOf(t.Schema, col, k, m), m), true
}

// column returns the column that a read of kind k names, nil when there is none.
func (t *Table) column(k rowKind, name string) *event.Column {
	col := t.Schema.Column(name)
	if k != rowKey {
		return col
	}
	for i := range t.Schema.Key {
		if key := &t.Schema.Key[i]; key.Name == name || key.Source() == name {
			if col != nil && col.Ord == key.Ord {
				return col
			}
			return key
		}
	}
	return nil
}

// offlineField takes every column to exist, with any type.
func offlineField(k rowKind, m manner) *types.FieldType {
	t := types.DynType
	switch {
	case k == rowChanged || k == rowMissing:
		t = types.BoolType
	case m == optional:
		t = types.NewOptionalType(types.DynType)
	}
	return readable(t, func(any) (any, error) { return nil, errNoRow })
}

// kindOfVariable is the kind of reads of a variable.
func kindOfVariable(name string) rowKind { return rowKind(slices.Index(variables, name)) }

// rowIdent returns the variable if e is one that stands for the row.
func rowIdent(e ast.Expr) (string, bool) {
	if e.Kind() != ast.IdentKind {
		return "", false
	}
	name := e.AsIdent()
	return name, slices.Contains([]string{"before", "after", "row", "key", "source", "transaction"}, name)
}
