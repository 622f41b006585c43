package event

// Logical says what a column means where the kind of its values doesn't. It
// decides the semantic name of the column's Connect schema and, for KindList,
// what the elements are.
type Logical uint8

// The logical types. Those without a kind beside them keep the Type.Kind that
// the value has anyway.
const (
	LogicalNone      Logical = iota
	LogicalYear              // KindInt: a MySQL YEAR
	LogicalEnum              // KindString: one of Type.Symbols
	LogicalSet               // KindString: members of Type.Symbols, comma-joined
	LogicalXML               // KindString
	LogicalLtree             // KindString
	LogicalTSVector          // KindString
	LogicalZonedTime         // KindString: PostgreSQL's time with time zone, in UTC as Debezium prints it
	LogicalMoney             // KindDecimal
	// LogicalInterval: KindList of three ints, months, days and microseconds.
	LogicalInterval
	// LogicalHstore: KindList, keys and values in turn: a string, then a string
	// or null, in the order in which the server names them.
	LogicalHstore
	// LogicalArray: KindList, elements of Type.Elem or null.
	LogicalArray
	// LogicalPoint: KindList of x and y (float64), WKB (bytes or null) and SRID
	// (int or null).
	LogicalPoint
	// LogicalGeometry and LogicalGeography: KindList of WKB (bytes) and SRID (int
	// or null).
	LogicalGeometry
	LogicalGeography
	// LogicalVector: KindList of float32 (MySQL, MariaDB, pgvector's halfvec).
	LogicalVector
	// LogicalDoubleVector: KindList of float64 (pgvector's vector).
	LogicalDoubleVector
	// LogicalSparseVector: KindList of the number of dimensions (int), then index
	// (int) and value (float64) in turn.
	LogicalSparseVector
	// LogicalUnknown: KindBytes, what the server sends for a type that has no
	// form of its own (Capture.UnknownTypes).
	LogicalUnknown
	// LogicalExpanded: KindString or KindJSON, JSON text of which the record holds
	// what it describes, with a schema made for this value. Text that is neither
	// an object nor an array stays text. Type.Symbols are what becomes of nulls,
	// and of empty arrays: ExpandIgnore (also where there is no symbol),
	// ExpandBytes for nulls, or ExpandStrings for empty arrays.
	LogicalExpanded
	// LogicalSpread: KindString or KindJSON, the text of a JSON object whose
	// members stand in the place of the column. Only formats without schemas have
	// it. Type.Symbols are the delimiter between the names of nested members, and
	// the prefix of all names; Type.Length is how deep objects are opened.
	LogicalSpread
	// LogicalAny: KindJSON, JSON text that is printed as it is, not as a string.
	// Only formats without schemas have it; in others it is text.
	LogicalAny
)

// What becomes of a member of LogicalExpanded whose type can't be seen, as
// Debezium calls it.
const (
	ExpandIgnore  = "ignore"          // it is left out
	ExpandBytes   = "optional_bytes"  // a null is one of bytes
	ExpandStrings = "optional_string" // an empty array is one of strings
)

// Declared is a column's type in Debezium's model of a table: what the schema
// change topic and propagated source types tell.
type Declared struct {
	// Name is the type's name in upper case: "VARCHAR", "INT UNSIGNED", "INT4".
	Name string
	// Length and Scale as Debezium has them; NoLength for none.
	Length, Scale int32
}

// NoLength stands for a length or a scale that a type doesn't have.
const NoLength = -1
