package golden

import (
	"slices"
	"strings"
)

// draft is what the rules of one table are to say, while transforms are applied
// in their order.
type draft struct {
	s     *Settings
	table tableName
	// name is made of the names of the transforms.
	name string
	// base is the topic that the table has by itself, topic that of a record at the
	// place of the chain that is looked at.
	base, topic string
	// shape is what a record's value is there.
	shape shape
	// when are the conditions; orphans: the tombstone of a delete that they don't
	// take leaves all the same.
	when    []string
	orphans bool
	verbs   object
	// columns are the fields of a row in their order: what they are called by now
	// and what they are called in the table, "" for one that was made.
	columns []column
	// hidden: some fields aren't in the value that headers or the key need.
	hidden bool
}

type column struct{ name, of string }

// shape is what a value is.
type shape uint8

const (
	shapeEnvelope shape = iota
	shapeRow
	shapeMessage // of an outbox
)

func newDraft(s *Settings, c *Case, table tableName) *draft {
	delimiter := c.Config["topic.delimiter"]
	if delimiter == "" {
		delimiter = "."
	}
	d := &draft{s: s, table: table, name: strings.ReplaceAll(c.Config["transforms"], ",", "-")}
	d.base = unsafeInTopic.ReplaceAllString(strings.Join([]string{c.Prefix(), table.space, table.name}, delimiter), "_")
	d.topic = d.base
	for _, c := range table.columns {
		d.columns = append(d.columns, column{c.name, c.name})
	}
	return d
}

// textRule is a rule without its name and tables.
type textRule struct {
	suffix string
	keys   object
}

// rules are what the draft says, in the order in which they are asked.
func (d *draft) rules() []textRule {
	on := []string{"insert", "update", "snapshot"}
	if d.shape != shapeMessage {
		on = append(on, "delete")
	}
	if d.shape == shapeEnvelope {
		on = append(on, "truncate")
	}
	first := object{{"on", on}}
	if len(d.when) > 0 {
		first.set("when", strings.Join(d.when, " && "))
	}
	first = append(first, d.projection()...)
	list := []textRule{{"", first}}
	if d.orphans {
		list = append(list, textRule{"-tombstones", object{{"on", []string{"delete"}}, {"tombstone", "from_delete"}}})
	}
	return list
}

// projection are the verbs, with the columns that leave.
func (d *draft) projection() object {
	verbs := slices.Clone(d.verbs)
	var drop []string
	rename := object{}
	for _, declared := range d.table.columns {
		name := declared.name
		i := slices.IndexFunc(d.columns, func(c column) bool { return c.of == name })
		if i < 0 {
			drop = append(drop, name)
		} else if d.columns[i].name != name {
			rename.set(name, d.columns[i].name)
		}
	}
	if d.hidden {
		verbs = plain(verbs)
		fields := object{}
		for _, c := range d.columns {
			if c.of != "" {
				fields.set(c.name, c.of)
			} else if d.isComputed(c.name) {
				fields.set(c.name, c.name)
			}
		}
		return append(verbs, entry{"fields", fields})
	}
	if len(drop) > 0 {
		verbs = append(verbs, entry{"drop", drop})
		d.keepKey(&verbs, drop)
	}
	if len(rename) > 0 {
		verbs = append(verbs, entry{"rename", rename})
	}
	return verbs
}

// keepKey says that the key has what the value lacks, as behind Debezium's transforms.
func (d *draft) keepKey(verbs *object, drop []string) {
	if _, own := verbs.get("key"); own || !slices.ContainsFunc(d.table.key, func(name string) bool { return slices.Contains(drop, name) }) {
		return
	}
	verbs.set("key", d.key())
}

// plain says unwrap by the verbs that it consists of, which fields may stand
// beside.
func plain(verbs object) object {
	old, _ := verbs.get("unwrap")
	verbs.remove("unwrap")
	keys, _ := old.(object)
	for _, e := range keys {
		switch {
		case e.key != "delete_tombstone_handling_mode":
			verbs.set(e.key, e.value)
		case e.value == "drop":
			verbs.set("delete", "drop")
		case e.value == "rewrite":
			verbs.set("delete", "rewrite")
		case e.value == "rewrite-with-tombstone":
			verbs.set("delete", "rewrite")
			verbs.set("tombstone", "keep")
		}
	}
	return verbs
}

func (d *draft) isComputed(name string) bool {
	old, _ := d.verbs.get("computed")
	keys, _ := old.(object)
	_, ok := keys.get(name)
	return ok
}

// route sends records to another topic and keeps the names of the schemas.
func (d *draft) route(topic any) {
	d.verbs.set("topic", topic)
	d.verbs.set("schema_name", d.base)
}

// find returns the index of a field by what it is called now; -1 when there is
// none.
func (d *draft) find(name string) int {
	return slices.IndexFunc(d.columns, func(c column) bool { return c.name == name })
}

// of returns what a field is called in the table.
func (d *draft) of(name string) (string, bool) {
	if i := d.find(name); i >= 0 && d.columns[i].of != "" {
		return d.columns[i].of, true
	}
	return "", false
}

// sub adds a key to a mapping among the verbs.
func (d *draft) sub(verb, key string, value any) {
	var keys object
	if old, ok := d.verbs.get(verb); ok {
		keys = slices.Clone(old.(object))
	}
	keys.set(key, value)
	d.verbs.set(verb, keys)
}
