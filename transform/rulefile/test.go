package rulefile

// TestTable is an entry of "test_tables": what the tests' literals don't say about
// a table. Columns that it doesn't name are inferred from the literals.
//
//	test_tables:
//	  shop.orders: {id: bigint primary key, total: "decimal(10,2)", doc: json}
type TestTable struct {
	Table   Name
	Columns []TestColumn
}

// TestColumn is a column of a TestTable: its name and its SQL type, which may be
// followed by "not null" and "primary key".
type TestColumn struct {
	Name Name
	Type string
}

// Test is an entry of "tests": changes that go through the rules, and the records
// that must leave.
type Test struct {
	Name   string
	At     Place
	Inputs []TestChange
	Expect []TestRecord
	// Error, when it isn't empty, is a part of the text of the error that must come
	// instead of records.
	Error string
}

// TestChange is a change of a row. Op is c, u, d, r or t.
type TestChange struct {
	At            Place
	Table, Op     string
	Before, After *Literal // mappings of column to value; nil where there is no row
	Source        *Literal // fields of the source block, nil for none
}

// TestRecord is what is expected of a record; what is nil isn't compared.
type TestRecord struct {
	At    Place
	Topic *string
	// Key and Value are compared whole; a null Value is a tombstone. Contains
	// compares the members of the value that it names, at any depth.
	Key, Value, Contains *Literal
	Headers              *Literal // those that it names are compared
	Partition            *int
}

// LiteralKind is the kind of a Literal.
type LiteralKind uint8

// The kinds.
const (
	LiteralNull LiteralKind = iota
	LiteralBool
	LiteralNumber // Text is the number as it was written
	LiteralText
	LiteralBytes // Text is base64 (!!binary)
	LiteralList
	LiteralMap
)

// Literal is a value as it stands in a file.
type Literal struct {
	Kind  LiteralKind
	At    Place
	Text  string
	Items []*Literal // of a list, or the values of a mapping
	Keys  []string   // of a mapping, in order
}
