package rulefile

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of a rule file.
const (
	maxFile  = 1 << 20
	maxRules = 10_000
)

// syntaxLine finds the line in an error of the YAML library.
var syntaxLine = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// File is a rule file as it was read.
type File struct {
	Rules []*Rule
	// Default is what "default" says, nil when the file doesn't.
	Default *Choice
	// DeadLetter is the dead-letter topic, nil when the file doesn't say.
	DeadLetter *Name
	Tests      []*Test
	// TestTables say of tables what the tests need to know (test_tables).
	TestTables []TestTable
	// TestEnv are values for variables that hold secrets, used by nothing that runs
	// with a server.
	TestEnv map[string]string
}

// Choice is a "pass" or "drop" and where it stands.
type Choice struct {
	Pass bool
	At   Place
}

// document returns the root of the only document in src.
func document(src *Source, r *Report) *yaml.Node {
	start := Place{Source: src}
	if len(src.Text) > maxFile {
		r.Add(start, "", "the file is larger than %d KiB", maxFile>>10)
		return nil
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src.Text)))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		r.Add(start, `write "version: 1" and "rules:"`, "the file is empty")
		return nil
	}
	if err == nil {
		err = dec.Decode(&more)
		if err == nil {
			r.Add(src.At(&more), "", "a second document in a rule file")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		r.Add(syntaxPlace(src, err))
		return nil
	}
	return doc.Content[0]
}

// syntaxPlace turns an error of the YAML library into the arguments of add.
func syntaxPlace(src *Source, err error) (p Place, hint, msg string) {
	m := syntaxLine.FindStringSubmatch(err.Error())
	if m == nil {
		return Place{Source: src}, "", "not YAML: " + Printable(err.Error())
	}
	line, _ := strconv.Atoi(m[1])
	if lines := strings.Split(string(src.Text), "\n"); line > 0 && line <= len(lines) && strings.HasPrefix(lines[line-1], "\t") {
		hint = "indent with spaces, not with tabs"
	}
	return Place{Source: src, Line: max(1, line), Col: 1}, hint, "not YAML: " + Printable(m[2])
}

// Parse reads one rule file. What is wrong goes to r; the file that comes
// back then lacks it.
func Parse(src *Source, r *Report) *File {
	f := &File{}
	root := document(src, r)
	if root == nil {
		return f
	}
	d := decoder{src: src, Report: r}
	if !d.bounded(root) {
		return f
	}
	seen := d.mapping(root, "a rule file", []string{"version", "default", "rules"}, func(key, val *yaml.Node) {
		switch key.Value {
		case "version":
			d.version(val)
		case "default":
			f.Default = d.choice(val, "default")
		case "rules":
			f.Rules = d.rules(val)
		}
	})
	if seen != nil && !slices.Contains(seen, "version") {
		r.Add(src.At(root), `write "version: 1" at the top`, "the version of the rule language is missing")
	}
	return f
}

// decoder reads a node tree and reports what it doesn't understand.
type decoder struct {
	src *Source
	*Report
}

// bounded refuses aliases (a small file can stand for a huge one) and trees
// that are too deep for a rule file.
func (d *decoder) bounded(root *yaml.Node) bool {
	const maxDepth = 16
	var walk func(n *yaml.Node, depth int) bool
	walk = func(n *yaml.Node, depth int) bool {
		if n.Kind == yaml.AliasNode {
			d.Add(d.src.At(n), "write the value out", "an alias (*%s) in a rule file", Printable(n.Value))
			return false
		}
		if depth > maxDepth {
			d.Add(d.src.At(n), "", "nested too deep for a rule file")
			return false
		}
		for _, c := range n.Content {
			if !walk(c, depth+1) {
				return false
			}
		}
		return true
	}
	return walk(root, 0)
}

// mapping calls fn for each entry of n whose key is known, once per key, and
// returns the keys that were there; nil when n is no mapping.
func (d *decoder) mapping(n *yaml.Node, what string, known []string, fn func(key, val *yaml.Node)) []string {
	if n.Kind != yaml.MappingNode {
		d.Add(d.src.At(n), "", "%s must be a mapping of %s, not %s", what, strings.Join(known, ", "), kindName(n))
		return nil
	}
	seen := []string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			d.unknown(key, what, known)
		case slices.Contains(seen, key.Value):
			d.Add(d.src.At(key), "", "%q stands here twice", key.Value)
		default:
			seen = append(seen, key.Value)
			fn(key, val)
		}
	}
	return seen
}

func (d *decoder) unknown(key *yaml.Node, what string, known []string) {
	hint := DidYouMean(key.Value, known)
	if hint == "" {
		hint = "known: " + strings.Join(known, ", ")
	}
	d.Add(d.src.At(key), hint, "%s has no %q", what, Printable(key.Value))
}

func (d *decoder) version(n *yaml.Node) {
	if n.ShortTag() != "!!int" || n.Value != "1" {
		d.Add(d.src.At(n), `write "version: 1"`, "version %q of the rule language isn't known", Printable(n.Value))
	}
}

// text returns the value of a node that must be text.
func (d *decoder) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		hint := ""
		if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" {
			hint = fmt.Sprintf("write it in quotes: %q", n.Value)
		}
		d.Add(d.src.At(n), hint, "%s must be text, not %s", what, kindName(n))
		return "", false
	}
	if n.Value == "" {
		d.Add(d.src.At(n), "", "%s is empty", what)
		return "", false
	}
	return n.Value, true
}

// oneOf returns the value of a node that must be one of the words.
func (d *decoder) oneOf(n *yaml.Node, what string, words []string) (string, bool) {
	s, ok := d.text(n, what)
	if !ok {
		return "", false
	}
	if !slices.Contains(words, s) {
		hint := DidYouMean(s, words)
		if w, known := synonyms[s]; known && slices.Contains(words, w) {
			hint = fmt.Sprintf("did you mean %q?", w)
		}
		d.Add(d.src.At(n), hint, "%s can be %s, not %q", what, strings.Join(words, ", "), Printable(s))
		return "", false
	}
	return s, true
}

// texts returns the items of a list of texts, or of a single text.
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

func (d *decoder) choice(n *yaml.Node, what string) *Choice {
	s, ok := d.oneOf(n, what, []string{"pass", "drop"})
	if !ok {
		return nil
	}
	return &Choice{Pass: s == "pass", At: d.src.At(n)}
}

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
		}
		return Printable(n.ShortTag())
	default:
		return "something else"
	}
}
