package rulefile

// Name is a name in a rule file, of a column most often, and where it stands.
type Name struct {
	Text string
	At   Place
}

// OnError says what becomes of a row for which a rule fails.
type OnError uint8

// What may become of it.
const (
	OnErrorFail       OnError = iota // the pipeline stops
	OnErrorDrop                      // it doesn't leave
	OnErrorKeep                      // it leaves without what failed
	OnErrorDeadLetter                // it goes to the dead-letter topic
)

// Change is what a rule does to the values of one column.
type Change struct {
	Column Name
	Verb   Verb
	// KeepFirst and KeepLast are the characters that a mask leaves, Length is how
	// many there are instead of the text, or a truncation's limit; -1: not given.
	KeepFirst, KeepLast, Length int
	// Char replaces a character.
	Char string
	// Algorithm and Secret are those of a hash.
	Algorithm string
	Secret    *SecretRef
	// Constant is what a redaction puts there; nil: NULL, or the empty value.
	Constant *string
	// Type is what a cast makes.
	Type *CastType
}

// Verb is what is done to the values of a column.
type Verb uint8

// The verbs.
const (
	VerbMask Verb = iota
	VerbHash
	VerbTruncate
	VerbRedact
	VerbCast
)

// VerbWords are the words of the verbs, in their order.
var VerbWords = []string{"mask", "hash", "truncate", "redact", "cast"}

// SecretRef says where a secret is: in a variable of the environment, or in a file.
type SecretRef struct {
	Env, File string
	At        Place
}

// CastType is a type that values are cast to: string, int16, int32, int64, float32,
// float64, boolean, bytes, timestamp, or decimal with Precision and Scale.
type CastType struct {
	Name             string
	Precision, Scale int
}

// Computed is a field whose value is an expression.
type Computed struct {
	Name Name
	Expr *Expr
}

// Flatten opens a column that holds JSON.
type Flatten struct {
	Column    Name
	Delimiter string
	MaxDepth  int // 0: without end
	// Fields are the paths that are wanted, with dots between their parts, and
	// their types; nil: every member as it comes.
	Fields []FlatField
}

// FlatField is a member of a JSON column.
type FlatField struct {
	Path Name
	Type CastType
}

// Metadata is a field of the envelope or of its source block that is added to a
// row or to the headers: Path is as in Debezium's add.fields ("op", "source.ts_ms",
// "lsn"), Output the whole name.
type Metadata struct {
	Path   Name
	Output string
}

// DeleteMode is what "delete" says.
type DeleteMode uint8

// The modes.
const (
	DeleteUnset DeleteMode = iota
	DeleteKeep
	DeleteDrop
	DeleteRewrite
)

// TombstoneMode is what "tombstone" says.
type TombstoneMode uint8

// The modes.
const (
	TombstoneUnset TombstoneMode = iota
	TombstoneKeep
	TombstoneDrop
	TombstoneFromDelete
)

// Key is what "key" says.
type Key struct {
	At Place
	// Columns are the fields of the key: output name and column. Value: the only
	// one is the key by itself. None: records have no key.
	Columns     []Field
	Value, None bool
}

// Template is a text with expressions in it: Parts in turn, each a text or an
// expression. A template without an expression has one part.
type Template struct {
	At    Place
	Parts []TemplatePart
}

// TemplatePart is a piece of a template; Expr is nil for a text.
type TemplatePart struct {
	Text string
	Expr *Expr
}

// Constant returns the text of a template without expressions.
func (t *Template) Constant() (text string, ok bool) {
	if len(t.Parts) == 1 && t.Parts[0].Expr == nil {
		return t.Parts[0].Text, true
	}
	return "", false
}

// Partition is what "partition_by" says. One of Columns, Value and Fields is set.
type Partition struct {
	At      Place
	Columns []Name // hashed as if they were the key
	Value   *Name  // the column that holds the number of the partition
	// Fields, Hash (java or murmur) and Partitions are Debezium's PartitionRouting:
	// fields as "change.x", "after.x", "before.x", "source.x", "op".
	Fields     []Name
	Hash       string
	Partitions int
}

// Header is a header that a rule adds: the value of an expression, or a text.
type Header struct {
	Name Name
	Expr *Expr
	Text *string
}

// Unwrap are the options of ExtractNewRecordState that aren't said by other fields
// of the rule. The names are Debezium's, with underscores.
type Unwrap struct {
	At Place
	// Mode is delete_tombstone_handling_mode: drop, tombstone, rewrite,
	// rewrite-with-tombstone or delete-to-tombstone.
	Mode                           string
	RouteByField                   *Name
	DropFieldsHeader               *Name // drop_fields_header_name
	DropFieldsFromKey              bool
	DropFieldsKeepSchemaCompatible bool
	ReplaceNullWithDefault         bool
}

// ChangedHeaders are the names of the headers that list the fields that a change
// has changed or left alone (ExtractChangedRecordState); empty for none.
type ChangedHeaders struct {
	At                 Place
	Changed, Unchanged string
}

// Outbox are the options of Debezium's EventRouter, with its defaults.
type Outbox struct {
	At                           Place
	ID, Key, Type, Payload       Name
	Timestamp, SchemaVersion     *Name
	Placement                    []Placement
	AdditionalMissing            string // error or ignore
	ExpandJSON                   bool
	JSONNull                     string // ignore or optional_bytes
	JSONEmptyArray               string // ignore or optional_string
	OpInvalid                    string // warn, error or fatal
	RouteBy                      Name
	TopicRegex, TopicReplacement string
	TopicRegexAt                 Place
	Route                        *Router // of TopicRegex and TopicReplacement
	TombstoneOnEmptyPayload      bool
	TracingSpanContext           string
}

// Placement puts a column of the outbox elsewhere. To is header, envelope or
// partition.
type Placement struct {
	Column Name
	To     string
	Alias  string // the column where it is empty
}

// Reroute are the options of ByLogicalTableRouter.
type Reroute struct {
	At                             Place
	TopicRegex, TopicReplacement   string
	KeyEnforceUniqueness           bool
	KeyFieldName                   string
	KeyFieldRegex, KeyFieldReplace string
	// Topic is the router of TopicRegex, KeyField that of KeyFieldRegex, nil without
	// one. A topic that would be empty stays what it was.
	Topic, KeyField *Router
}
