package rulefile

import (
	"errors"

	"go.yaml.in/yaml/v3"

	"cdc/event"
)

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
var EmitWords = []string{"envelope", "row", "fields", "outbox"}

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

	Drop        []Name
	Changes     []Change // at most one per column
	Computed    []Computed
	Flatten     []Flatten
	Fields      []Field
	Rename      []Field // output name, column
	AddFields   []Metadata
	OmitNulls   bool
	OmitNullsAt Place

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

	fields, headers added          // what add_fields and add_headers say, until their prefixes are known
	changed         map[string]int // index into Changes, while they are read
}

// DefaultTopicLimit is how many topics a template may make when the rule doesn't say.
const DefaultTopicLimit = 1000

// PassesRest reports whether rows of its tables that no rule takes pass.
func (r *Rule) PassesRest() bool { return r.Otherwise != nil && r.Otherwise.Pass }

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
	r := &Rule{At: d.src.At(n), TopicLimit: DefaultTopicLimit}
	there := readKeys(d, n, "a rule", ruleKeys, r)
	if there != nil {
		for _, need := range []string{"name", "tables"} {
			if !there.has(need) {
				d.Add(r.At, "", "the rule has no %q", need)
			}
		}
	}
	if len(d.List) > errs {
		return nil
	}
	d.shape(r, there)
	if len(d.List) > errs {
		return nil
	}
	return r
}

func (d *decoder) tables(n *yaml.Node) *event.Tables {
	items := d.texts(n, "tables")
	patterns := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := d.text(item, "a table")
		if !ok || !d.tableExpression(item, s) {
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
