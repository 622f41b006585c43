package rulefile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"cdc/event"
)

// OpWords are the words of "on", in the order of the bits of OpSet.
var OpWords = []string{"insert", "update", "delete", "snapshot", "truncate"}

// Ops are the operations in the same order.
var Ops = [...]event.Op{event.OpCreate, event.OpUpdate, event.OpDelete, event.OpRead, event.OpTruncate}

// synonyms are words that other tools use.
var synonyms = map[string]string{
	"create": "insert", "c": "insert", "u": "update", "d": "delete",
	"read": "snapshot", "r": "snapshot", "initial": "snapshot", "t": "truncate",
	"remove": "delete", "keep": "pass", "forward": "pass", "ignore": "drop", "skip": "drop",
	"flat": "row", "flatten": "row", "debezium": "envelope",
}

// OpIndex is the index of op in Ops, or len(Ops).
func OpIndex(op event.Op) int {
	switch op {
	case event.OpCreate:
		return 0
	case event.OpUpdate:
		return 1
	case event.OpDelete:
		return 2
	case event.OpRead:
		return 3
	case event.OpTruncate:
		return 4
	default:
		return len(Ops)
	}
}

// OpSet is a set of operations: bit i stands for Ops[i].
type OpSet uint8

// Some sets.
const (
	Deletes   OpSet = 1 << 2
	Snapshots OpSet = 1 << 3
	Truncates OpSet = 1 << 4
	// DefaultOn is what "on" means when it isn't there: the changes of rows.
	DefaultOn OpSet = 1<<0 | 1<<1 | Deletes
	AllOps    OpSet = 1<<len(Ops) - 1
)

// Has reports whether operation i of Ops is in the set.
func (s OpSet) Has(i int) bool { return s&(1<<i) != 0 }

// String lists the words of the set.
func (s OpSet) String() string {
	var words []string
	for i, w := range OpWords {
		if s.Has(i) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// Emit is the shape that a rule gives to rows.
type Emit uint8

// The shapes.
const (
	EmitEnvelope Emit = iota
	EmitRow
	EmitFields
	EmitOutbox
)

// EmitWords are the words of the shapes, in their order.
var EmitWords = []string{"envelope", "row", "fields"}

// Rule is one entry of "rules".
type Rule struct {
	Name     string
	At       Place // of the name
	Tables   *event.Tables
	TablesAt Place
	On       OpSet
	OnAt     Place
	When     *Expr // nil: always
	Emit     Emit
	Continue bool // later rules see the row too
	OnError  OnError

	Drop      []Name
	Changes   []Change // at most one per column
	Computed  []Computed
	Flatten   []Flatten
	Fields    []Field
	Rename    []Field // output name, column
	AddFields []Metadata
	OmitNulls bool

	Delete        DeleteMode
	DeleteAt      Place
	Tombstone     TombstoneMode
	TombstoneAt   Place
	OnlyIfChanged bool

	Key        *Key      // nil: the table's
	Topic      *Template // nil: the table's default topic
	TopicLimit int       // how many topics a template may make
	Partition  *Partition
	Headers    []Header
	AddHeaders []Metadata
	Timestamp  *Name
	SchemaName string // the base of the names of Connect schemas; empty: by the topic

	Unwrap         *Unwrap
	ChangedHeaders *ChangedHeaders
	Outbox         *Outbox
	Reroute        *Reroute

	Otherwise *Choice // nil when it isn't there
}

// Field is a field of the output and the column that it shows, or the fields of
// which it is made.
type Field struct {
	Output, Column string
	At             Place // of the column
	Fields         []Field
}

var ruleKeys = []string{"name", "tables", "on", "when", "emit", "fields", "topic", "otherwise"}

func (d *decoder) rules(n *yaml.Node) []*Rule {
	if n.Kind != yaml.SequenceNode {
		d.Add(d.src.At(n), `each begins with "- name:"`, "rules must be a list of rules, not %s", kindName(n))
		return nil
	}
	if len(n.Content) > maxRules {
		d.Add(d.src.At(n), "", "more than %d rules in a file", maxRules)
		return nil
	}
	var list []*Rule
	for _, c := range n.Content {
		if r := d.rule(c); r != nil {
			list = append(list, r)
		}
	}
	return list
}

// rule reads one rule; nil when it can't be used.
func (d *decoder) rule(n *yaml.Node) *Rule {
	errs := len(d.List)
	r := &Rule{At: d.src.At(n), On: DefaultOn}
	seen := d.mapping(n, "a rule", ruleKeys, func(key, val *yaml.Node) { d.ruleKey(r, key, val) })
	for _, need := range []string{"name", "tables"} {
		if seen != nil && !slices.Contains(seen, need) {
			d.Add(r.At, "", "the rule has no %q", need)
		}
	}
	if len(d.List) > errs {
		return nil
	}
	d.shape(r, slices.Contains(seen, "emit"))
	if len(d.List) > errs {
		return nil
	}
	return r
}

func (d *decoder) ruleKey(r *Rule, key, val *yaml.Node) {
	switch key.Value {
	case "name":
		r.At = d.src.At(val)
		r.Name, _ = d.text(val, "name")
	case "tables":
		r.TablesAt = d.src.At(val)
		r.Tables = d.tables(val)
	case "on":
		r.OnAt = d.src.At(val)
		r.On = d.ops(val)
	case "when":
		r.When = d.when(val)
	case "emit":
		if s, ok := d.oneOf(val, "emit", EmitWords); ok {
			r.Emit = Emit(slices.Index(EmitWords, s))
		}
	case "fields":
		r.Fields = d.fields(val)
	case "topic":
		if text := d.topic(val); text != "" {
			r.Topic = &Template{At: d.src.At(val), Parts: []TemplatePart{{Text: text}}}
		}
	case "otherwise":
		r.Otherwise = d.choice(val, "otherwise")
	}
}

// shape checks what depends on several keys.
func (d *decoder) shape(r *Rule, emitGiven bool) {
	if r.Fields != nil && !emitGiven {
		r.Emit = EmitFields
	}
	switch {
	case r.Emit == EmitFields && r.Fields == nil:
		d.Add(r.At, `write "fields: {output: column}"`, `rule %q says "emit: fields" and names no fields`, r.Name)
	case r.Emit != EmitFields && r.Fields != nil:
		d.Add(r.At, `write "emit: fields" or take "fields" out`, `rule %q says "emit: %s" and names fields`, r.Name, EmitWords[r.Emit])
	case r.Emit != EmitEnvelope && r.On&Truncates != 0:
		d.Add(r.OnAt, `take it out of "on", or write "emit: envelope" in a rule of its own`,
			"a truncate has no row, so %q has nothing to print", "emit: "+EmitWords[r.Emit])
	}
}

func (d *decoder) tables(n *yaml.Node) *event.Tables {
	items := d.texts(n, "tables")
	patterns := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := d.text(item, "a table")
		if !ok {
			return nil
		}
		patterns = append(patterns, s)
	}
	t, err := event.ParseTables(patterns)
	if pe, ok := errors.AsType[*event.PatternError](err); ok {
		d.Add(d.src.At(items[pe.Index]), "", "table pattern %q %s", Printable(pe.Pattern), pe.Reason)
		return nil
	}
	return t
}

func (d *decoder) ops(n *yaml.Node) OpSet {
	var set OpSet
	for _, item := range d.texts(n, "on") {
		s, ok := d.oneOf(item, "on", OpWords)
		if !ok {
			continue
		}
		bit := OpSet(1) << slices.Index(OpWords, s)
		if set&bit != 0 {
			d.Add(d.src.At(item), "", "%q stands here twice", s)
		}
		set |= bit
	}
	return set
}

func (d *decoder) fields(n *yaml.Node) []Field {
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		d.Add(d.src.At(n), "", "fields is empty")
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.Add(d.src.At(n), `write "fields: {orderId: id}"`, "fields must be a mapping of output name to column, not %s", kindName(n))
		return nil
	}
	var list []Field
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		output, ok := d.text(key, "the name of a field")
		column, ok2 := d.text(val, "the column of a field")
		if !ok || !ok2 {
			continue
		}
		if slices.ContainsFunc(list, func(f Field) bool { return f.Output == output }) {
			d.Add(d.src.At(key), "", "field %q stands here twice", Printable(output))
		}
		list = append(list, Field{Output: output, Column: column, At: d.src.At(val)})
	}
	return list
}

func (d *decoder) topic(n *yaml.Node) string {
	s, ok := d.text(n, "topic")
	if !ok {
		return ""
	}
	if reason := TopicFault(s); reason != "" {
		d.Add(d.src.At(n), "", "topic %q %s", Printable(s), reason)
	}
	return s
}

func (d *decoder) when(n *yaml.Node) *Expr {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || strings.TrimSpace(n.Value) == "" {
		d.Add(d.src.At(n), `for example: when: op == "c" || changed("status")`, "when must be a condition, not %s", kindName(n))
		return nil
	}
	return &Expr{src: d.src, node: n, Text: n.Value}
}

// Write prints the rule for the hash of the program: what it means, not where
// it stands.
func (r *Rule) Write(w io.Writer) {
	fmt.Fprintf(w, "rule %q %q on %d emit %d topic %q", r.Name, r.Tables.Patterns(), r.On, r.Emit, r.topicText())
	if r.When != nil {
		fmt.Fprintf(w, " when %q", r.When.Text)
	}
	for _, f := range r.Fields {
		fmt.Fprintf(w, " field %q %q", f.Output, f.Column)
	}
	fmt.Fprintf(w, " otherwise %t\n", r.PassesRest())
}

func (r *Rule) topicText() string {
	if r.Topic == nil {
		return ""
	}
	text, _ := r.Topic.Constant()
	return text
}

// PassesRest reports whether rows of its tables that no rule takes pass.
func (r *Rule) PassesRest() bool { return r.Otherwise != nil && r.Otherwise.Pass }
