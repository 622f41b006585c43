package transform

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"cdc/event"
)

// The words of "on", in the order of the bits of opSet.
var opWords = []string{"insert", "update", "delete", "snapshot", "truncate"}

// ops are the operations in the same order.
var ops = [...]event.Op{event.OpCreate, event.OpUpdate, event.OpDelete, event.OpRead, event.OpTruncate}

// synonyms are words that other tools use.
var synonyms = map[string]string{
	"create": "insert", "c": "insert", "u": "update", "d": "delete",
	"read": "snapshot", "r": "snapshot", "initial": "snapshot", "t": "truncate",
	"remove": "delete", "keep": "pass", "forward": "pass", "ignore": "drop", "skip": "drop",
	"flat": "row", "flatten": "row", "debezium": "envelope",
}

// opIndex is the index of op in ops, or len(ops).
func opIndex(op event.Op) int {
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
		return len(ops)
	}
}

// opSet is a set of operations: bit i stands for ops[i].
type opSet uint8

const (
	deletes   opSet = 1 << 2
	snapshots opSet = 1 << 3
	truncates opSet = 1 << 4
	// defaultOn is what "on" means when it isn't there: the changes of rows.
	defaultOn opSet = 1<<0 | 1<<1 | deletes
	allOps    opSet = 1<<len(ops) - 1
)

func (s opSet) has(i int) bool { return s&(1<<i) != 0 }

func (s opSet) String() string {
	var words []string
	for i, w := range opWords {
		if s.has(i) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

type emit uint8

const (
	emitEnvelope emit = iota
	emitRow
	emitFields
)

var emitWords = []string{"envelope", "row", "fields"}

// rule is one entry of "rules".
type rule struct {
	name     string
	at       place
	tables   *event.Tables
	tablesAt place
	on       opSet
	onAt     place
	when     *condition // nil: always
	emit     emit
	fields   []field
	topic    string  // empty: the table's default topic
	rest     *choice // "otherwise", nil when it isn't there
}

// field is an entry of "fields".
type field struct {
	output, column string
	at             place // of the column
}

var ruleKeys = []string{"name", "tables", "on", "when", "emit", "fields", "topic", "otherwise"}

func (d *decoder) rules(n *yaml.Node) []*rule {
	if n.Kind != yaml.SequenceNode {
		d.add(d.src.at(n), `each begins with "- name:"`, "rules must be a list of rules, not %s", kindName(n))
		return nil
	}
	if len(n.Content) > maxRules {
		d.add(d.src.at(n), "", "more than %d rules in a file", maxRules)
		return nil
	}
	var list []*rule
	for _, c := range n.Content {
		if r := d.rule(c); r != nil {
			list = append(list, r)
		}
	}
	return list
}

// rule reads one rule; nil when it can't be used.
func (d *decoder) rule(n *yaml.Node) *rule {
	errs := len(d.list)
	r := &rule{at: d.src.at(n), on: defaultOn}
	seen := d.mapping(n, "a rule", ruleKeys, func(key, val *yaml.Node) { d.ruleKey(r, key, val) })
	for _, need := range []string{"name", "tables"} {
		if seen != nil && !slices.Contains(seen, need) {
			d.add(r.at, "", "the rule has no %q", need)
		}
	}
	if len(d.list) > errs {
		return nil
	}
	d.shape(r, slices.Contains(seen, "emit"))
	if len(d.list) > errs {
		return nil
	}
	return r
}

func (d *decoder) ruleKey(r *rule, key, val *yaml.Node) {
	switch key.Value {
	case "name":
		r.at = d.src.at(val)
		r.name, _ = d.text(val, "name")
	case "tables":
		r.tablesAt = d.src.at(val)
		r.tables = d.tables(val)
	case "on":
		r.onAt = d.src.at(val)
		r.on = d.ops(val)
	case "when":
		r.when = d.when(val)
	case "emit":
		if s, ok := d.oneOf(val, "emit", emitWords); ok {
			r.emit = emit(slices.Index(emitWords, s))
		}
	case "fields":
		r.fields = d.fields(val)
	case "topic":
		r.topic = d.topic(val)
	case "otherwise":
		r.rest = d.choice(val, "otherwise")
	}
}

// shape checks what depends on several keys.
func (d *decoder) shape(r *rule, emitGiven bool) {
	if r.fields != nil && !emitGiven {
		r.emit = emitFields
	}
	switch {
	case r.emit == emitFields && r.fields == nil:
		d.add(r.at, `write "fields: {output: column}"`, `rule %q says "emit: fields" and names no fields`, r.name)
	case r.emit != emitFields && r.fields != nil:
		d.add(r.at, `write "emit: fields" or take "fields" out`, `rule %q says "emit: %s" and names fields`, r.name, emitWords[r.emit])
	case r.emit != emitEnvelope && r.on&truncates != 0:
		d.add(r.onAt, `take it out of "on", or write "emit: envelope" in a rule of its own`,
			"a truncate has no row, so %q has nothing to print", "emit: "+emitWords[r.emit])
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
		d.add(d.src.at(items[pe.Index]), "", "table pattern %q %s", printable(pe.Pattern), pe.Reason)
		return nil
	}
	return t
}

func (d *decoder) ops(n *yaml.Node) opSet {
	var set opSet
	for _, item := range d.texts(n, "on") {
		s, ok := d.oneOf(item, "on", opWords)
		if !ok {
			continue
		}
		bit := opSet(1) << slices.Index(opWords, s)
		if set&bit != 0 {
			d.add(d.src.at(item), "", "%q stands here twice", s)
		}
		set |= bit
	}
	return set
}

func (d *decoder) fields(n *yaml.Node) []field {
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		d.add(d.src.at(n), "", "fields is empty")
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.add(d.src.at(n), `write "fields: {orderId: id}"`, "fields must be a mapping of output name to column, not %s", kindName(n))
		return nil
	}
	var list []field
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		output, ok := d.text(key, "the name of a field")
		column, ok2 := d.text(val, "the column of a field")
		if !ok || !ok2 {
			continue
		}
		if slices.ContainsFunc(list, func(f field) bool { return f.output == output }) {
			d.add(d.src.at(key), "", "field %q stands here twice", printable(output))
		}
		list = append(list, field{output: output, column: column, at: d.src.at(val)})
	}
	return list
}

func (d *decoder) topic(n *yaml.Node) string {
	s, ok := d.text(n, "topic")
	if !ok {
		return ""
	}
	if reason := topicFault(s); reason != "" {
		d.add(d.src.at(n), "", "topic %q %s", printable(s), reason)
	}
	return s
}

func (d *decoder) when(n *yaml.Node) *condition {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || strings.TrimSpace(n.Value) == "" {
		d.add(d.src.at(n), `for example: when: op == "c" || changed("status")`, "when must be a condition, not %s", kindName(n))
		return nil
	}
	return &condition{src: d.src, node: n, text: n.Value}
}

// write prints the rule for the hash of the program: what it means, not where
// it stands.
func (r *rule) write(w io.Writer) {
	fmt.Fprintf(w, "rule %q %q on %d emit %d topic %q", r.name, r.tables.Patterns(), r.on, r.emit, r.topic)
	if r.when != nil {
		fmt.Fprintf(w, " when %q", r.when.text)
	}
	for _, f := range r.fields {
		fmt.Fprintf(w, " field %q %q", f.output, f.column)
	}
	fmt.Fprintf(w, " otherwise %t\n", r.passesRest())
}

// passesRest reports whether rows of its tables that no rule takes pass.
func (r *rule) passesRest() bool { return r.rest != nil && r.rest.pass }
