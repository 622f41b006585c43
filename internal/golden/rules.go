package golden

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object is a mapping of YAML in an order of its own.
type object []entry

type entry struct {
	key   string
	value any
}

// set adds a key, or gives it another value.
func (o *object) set(key string, value any) {
	for i := range *o {
		if (*o)[i].key == key {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, entry{key, value})
}

// remove takes a key out and reports whether it was there.
func (o *object) remove(key string) bool {
	for i := range *o {
		if (*o)[i].key == key {
			*o = append((*o)[:i:i], (*o)[i+1:]...)
			return true
		}
	}
	return false
}

func (o object) get(key string) (any, bool) {
	for _, e := range o {
		if e.key == key {
			return e.value, true
		}
	}
	return nil, false
}

// MarshalYAML keeps the order.
func (o object) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, e := range o {
		var key, value yaml.Node
		if err := key.Encode(e.key); err != nil {
			return nil, err
		}
		if err := value.Encode(e.value); err != nil {
			return nil, err
		}
		n.Content = append(n.Content, &key, &value)
	}
	return n, nil
}

// ruleFile is the text of a rule file. Tables with the same rules share them;
// where all have the same, the patterns of the case stand for them.
func ruleFile(drafts []*draft, all []string) (string, error) {
	var groups [][]*draft
	for _, d := range drafts {
		groups = group(groups, d)
	}
	var rules []object
	for i, g := range groups {
		tables := all
		if len(groups) > 1 {
			tables = nil
			for _, d := range g {
				tables = append(tables, d.table.pattern())
			}
		}
		for _, r := range g[0].rules() {
			name := g[0].name
			if len(groups) > 1 {
				name = fmt.Sprintf("%s-%d", name, i+1)
			}
			rules = append(rules, append(object{{"name", name + r.suffix}, {"tables", tables}}, r.keys...))
		}
	}
	text, err := yaml.Marshal(object{{"version", 1}, {"default", "pass"}, {"rules", rules}})
	return string(text), err
}

// group puts a draft beside those that say the same.
func group(groups [][]*draft, d *draft) [][]*draft {
	for i, g := range groups {
		if g[0].text() == d.text() {
			groups[i] = append(g, d)
			return groups
		}
	}
	return append(groups, []*draft{d})
}

// text is all that the rules of a draft say, but for the table.
func (d *draft) text() string {
	var b strings.Builder
	for _, r := range d.rules() {
		text, err := yaml.Marshal(r.keys)
		fmt.Fprintln(&b, r.suffix, string(text), err)
	}
	return b.String()
}
