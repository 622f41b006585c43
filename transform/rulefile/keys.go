package rulefile

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// key is a key of a mapping: what its value looks like and means, for editors, and
// how it is read. Everything that knows the keys of the language (the parser, the
// hints of errors, the JSON Schema) knows them from tables of these.
type key[T any] struct {
	name string
	form form
	doc  string
	read func(d *decoder, into *T, val *yaml.Node)
}

// given are the keys of a mapping that are there, and where.
type given map[string]Place

func (g given) has(name string) bool {
	_, ok := g[name]
	return ok
}

// firstOf returns the first of the keys that is there, or "".
func (g given) firstOf(names ...string) string {
	for _, n := range names {
		if g.has(n) {
			return n
		}
	}
	return ""
}

// readKeys reads a mapping whose keys are known into a value; nil when n is no
// mapping.
func readKeys[T any](d *decoder, n *yaml.Node, what string, keys []key[T], into *T) given {
	if n.Kind != yaml.MappingNode {
		d.Add(d.src.At(n), hintMapping(keyNames(keys)), "%s must be a mapping, not %s", what, kindName(n))
		return nil
	}
	seen := given{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		word, val := n.Content[i], n.Content[i+1]
		k := findKey(keys, word)
		if k == nil {
			d.unknown(word, what, keyNames(keys))
			continue
		}
		if seen.has(k.name) {
			continue // told already
		}
		seen[k.name] = d.src.At(word)
		k.read(d, into, val)
	}
	return seen
}

func findKey[T any](keys []key[T], word *yaml.Node) *key[T] {
	if word.Kind != yaml.ScalarNode {
		return nil
	}
	for i := range keys {
		if keys[i].name == word.Value {
			return &keys[i]
		}
	}
	return nil
}

func keyNames[T any](keys []key[T]) []string {
	names := make([]string, len(keys))
	for i := range keys {
		names[i] = keys[i].name
	}
	return names
}

// maxListed is how many words an error lists.
const maxListed = 12

// hintMapping lists the keys of a mapping, if they are few.
func hintMapping(known []string) string {
	if len(known) > maxListed {
		return `its keys are listed by "cdc schema rules"`
	}
	return "known: " + strings.Join(known, ", ")
}

// unknown reports a key that isn't known, with the one that was probably meant.
func (d *decoder) unknown(word *yaml.Node, what string, known []string) {
	hint := ""
	if !d.crowded() {
		hint = d.hintKey(word.Value, known)
	}
	d.Add(d.src.At(word), hint, "%s has no %q", what, Printable(word.Value))
}
