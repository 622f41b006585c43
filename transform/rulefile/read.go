package rulefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxName is the longest name, in bytes, that a rule file gives to anything.
const maxName = 1000

// decoder reads a node tree and reports what it doesn't understand.
type decoder struct {
	src *Source
	*Report
	exprs int // how many expressions there were
	// The keys of a file and of a rule, for hints.
	fileNames, ruleNames []string
}

// crowded reports whether there are so many errors that a hint for one more, which
// costs more than all else, wouldn't be seen.
func (d *decoder) crowded() bool { return len(d.List) > 4*maxErrors }

// scalar returns the text of a node that must be text; it may be empty.
func (d *decoder) scalar(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		hint := ""
		if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" {
			hint = fmt.Sprintf("write it in quotes: %q", Printable(n.Value))
		}
		d.Add(d.src.At(n), hint, "%s must be text, not %s", what, kindName(n))
		return "", false
	}
	if len(n.Value) > maxName {
		d.Add(d.src.At(n), "", "%s is longer than %d bytes", what, maxName)
		return "", false
	}
	return n.Value, true
}

// text returns the value of a node that must be text and not empty.
func (d *decoder) text(n *yaml.Node, what string) (string, bool) {
	s, ok := d.scalar(n, what)
	if ok && s == "" {
		d.Add(d.src.At(n), "", "%s is empty", what)
		return "", false
	}
	return s, ok
}

// name is text, with its place.
func (d *decoder) name(n *yaml.Node, what string) (Name, bool) {
	s, ok := d.text(n, what)
	return Name{Text: s, At: d.src.At(n)}, ok
}

// optional is name for a field that is nil when it isn't there.
func (d *decoder) optional(n *yaml.Node, what string) *Name {
	name, ok := d.name(n, what)
	if !ok {
		return nil
	}
	return &name
}

// oneOf returns the value of a node that must be one of the words.
func (d *decoder) oneOf(n *yaml.Node, what string, words []string) (string, bool) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		d.Add(d.src.At(n), "", "%s can be %s, not %q", what, strings.Join(words, ", "), Printable(n.Value))
		return "", false
	}
	s, ok := d.text(n, what)
	if !ok {
		return "", false
	}
	if !slices.Contains(words, s) {
		hint := ""
		if !d.crowded() {
			hint = hintWord(s, words)
		}
		d.Add(d.src.At(n), hint, "%s can be %s, not %q", what, strings.Join(words, ", "), Printable(s))
		return "", false
	}
	return s, true
}

// index is oneOf for the number of the word.
func (d *decoder) index(n *yaml.Node, what string, words []string) int {
	s, ok := d.oneOf(n, what, words)
	if !ok {
		return 0
	}
	return slices.Index(words, s)
}

// boolean returns the value of a node that must be true or false.
func (d *decoder) boolean(n *yaml.Node, what string) bool {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		return strings.EqualFold(n.Value, "true")
	}
	hint := ""
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && (strings.EqualFold(n.Value, "true") || strings.EqualFold(n.Value, "false")) {
		hint = "write it without quotes"
	}
	d.Add(d.src.At(n), hint, "%s must be true or false, not %s", what, kindName(n))
	return false
}

// integer returns the value of a node that must be a whole number in a range.
func (d *decoder) integer(n *yaml.Node, what string, low, high int) int {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.Add(d.src.At(n), "", "%s must be a whole number, not %s", what, kindName(n))
		return low
	}
	i, err := strconv.Atoi(n.Value)
	if err == nil && n.ShortTag() == "!!str" {
		d.Add(d.src.At(n), "write it without quotes", "%s must be a whole number, not text", what)
		return low
	}
	if err != nil || i < low || i > high {
		d.Add(d.src.At(n), "", "%s must be a whole number from %d to %d, not %q", what, low, high, Printable(n.Value))
		return low
	}
	return i
}

// texts returns the items of a list, or a text as the only one.
func (d *decoder) texts(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		return []*yaml.Node{n}
	}
	if n.Kind != yaml.SequenceNode {
		d.Add(d.src.At(n), "", "%s must be a list, not %s", what, kindName(n))
		return nil
	}
	if len(n.Content) == 0 {
		d.Add(d.src.At(n), "", "%s is an empty list", what)
	}
	return n.Content
}

// names returns the names in a list, each once.
func (d *decoder) names(n *yaml.Node, what, item string) []Name {
	var list []Name
	seen := map[string]bool{}
	for _, c := range d.texts(n, what) {
		name, ok := d.name(c, item)
		if !ok {
			continue
		}
		if seen[name.Text] {
			d.Add(name.At, "", "%q stands here twice", Printable(name.Text))
			continue
		}
		seen[name.Text] = true
		list = append(list, name)
	}
	return list
}

// entries calls fn for each entry of a mapping whose keys are names of the user's
// own. The example says how one is written.
func (d *decoder) entries(n *yaml.Node, what, item, example string, fn func(name Name, val *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.Add(d.src.At(n), "write "+example, "%s must be a mapping, not %s", what, kindName(n))
		return
	}
	if len(n.Content) == 0 {
		d.Add(d.src.At(n), "write "+example, "%s is empty", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, ok := d.name(n.Content[i], item)
		if ok && !seen[name.Text] { // twice is told already
			seen[name.Text] = true
			fn(name, n.Content[i+1])
		}
	}
}

func (d *decoder) choice(n *yaml.Node, what string) *Choice {
	s, ok := d.oneOf(n, what, passWords)
	if !ok {
		return nil
	}
	return &Choice{Pass: s == "pass", At: d.src.At(n)}
}

var passWords = []string{"pass", "drop"}

// isNull reports whether nothing is written behind a key.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!str":
			return "text"
		case "!!null":
			return "empty"
		case "!!bool":
			return "true or false"
		case "!!int", "!!float":
			return "a number"
		case "!!timestamp":
			return "a date"
		}
		return Printable(n.ShortTag())
	default:
		return "something else"
	}
}

// runes is the number of characters of s.
func runes(s string) int { return utf8.RuneCountInString(s) }
