package rulefile

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds of a rule file.
const (
	maxFile  = 1 << 20
	maxLine  = 1 << 16
	maxDepth = 32
	maxRules = 10_000
	maxTests = 10_000
	maxExprs = 20_000
)

// syntaxLine finds the line in an error of the YAML library.
var syntaxLine = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// document returns the root of the only document in src, and nil when it isn't fit
// to be read.
func document(src *Source, r *Report) *yaml.Node {
	start := Place{Source: src}
	if len(src.Text) > maxFile {
		r.Add(start, "split it: a pipeline takes several", "the file is larger than %d KiB", maxFile>>10)
		return nil
	}
	if !legible(src, r) {
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
			r.Add(src.At(&more), "one file holds one document", "a second document in a rule file")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		r.Add(syntaxPlace(src, err))
		return nil
	}
	if !bounded(src, doc.Content[0], r) {
		return nil
	}
	return doc.Content[0]
}

// legible refuses what is no plain UTF-8 text, before YAML guesses what it is.
func legible(src *Source, r *Report) bool {
	const mark = "\uFEFF"
	text := string(src.Text)
	switch {
	case strings.HasPrefix(text, "\xFF\xFE"), strings.HasPrefix(text, "\xFE\xFF"):
		r.Add(Place{src, 1, 1}, "save it as UTF-8", "the file is UTF-16")
		return false
	case strings.HasPrefix(text, mark):
		r.Add(Place{src, 1, 1}, "save it as UTF-8 without one", "the file begins with a byte order mark")
		return false
	}
	if line, ok := src.longLine(maxLine); ok {
		r.Add(Place{src, line, 1}, "break it", "the line is longer than %d KiB", maxLine>>10)
		return false
	}
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			r.Add(src.at(i), "save it as UTF-8", "byte %#02x isn't UTF-8", text[i])
			return false
		}
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F || c >= 0x80 && c < 0xA0 && c != 0x85 || c == '\uFEFF' {
			r.Add(src.at(i), `in double quotes it can be written as an escape, as "\x00"`, "a character %U that no text holds", c)
			return false
		}
	}
	return true
}

// syntaxPlace turns an error of the YAML library into the arguments of add.
func syntaxPlace(src *Source, err error) (p Place, hint, msg string) {
	m := syntaxLine.FindStringSubmatch(err.Error())
	if m == nil {
		return Place{Source: src}, "", "not YAML: " + Printable(err.Error())
	}
	line, _ := strconv.Atoi(m[1])
	if strings.HasPrefix(strings.TrimLeft(src.line(line), " "), "\t") {
		hint = "indent with spaces, not with tabs"
	}
	return Place{Source: src, Line: max(1, line), Col: 1}, hint, "not YAML: " + Printable(m[2])
}

// bounded refuses what makes a small file stand for something else than it seems:
// aliases, merge keys, keys that stand twice, foreign tags, great depth.
func bounded(src *Source, root *yaml.Node, r *Report) bool {
	b := bounder{src: src, Report: r}
	b.walk(root, 0)
	return !b.bad
}

type bounder struct {
	src *Source
	*Report
	bad bool // nothing can be read from this file
}

func (b *bounder) refuse(n *yaml.Node, hint, format string, args ...any) {
	b.bad = true
	b.Add(b.src.At(n), hint, format, args...)
}

func (b *bounder) walk(n *yaml.Node, depth int) {
	switch {
	case n.Kind == yaml.AliasNode:
		b.refuse(n, "write the value out", "an alias (*%s) in a rule file", Printable(n.Value))
		return
	case n.Anchor != "":
		b.refuse(n, "write the value out where it is used", "an anchor (&%s) in a rule file", Printable(n.Anchor))
	case depth > maxDepth:
		b.refuse(n, "", "nested too deep for a rule file")
		return
	case n.Style&yaml.TaggedStyle != 0 && !plainTag(n.Tag):
		b.refuse(n, "take it out", "a tag (%s) that rule files don't know", Printable(n.Tag))
		return
	}
	if n.Kind == yaml.MappingNode {
		b.twice(n)
	}
	for _, c := range n.Content {
		if len(b.List) > maxErrors {
			return
		}
		b.walk(c, depth+1)
	}
}

// plainTag reports whether a tag is one of those that say the type of a literal.
func plainTag(tag string) bool {
	switch tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!!map", "!!seq":
		return true
	}
	return false
}

// twice reports keys of a mapping that stand there twice, and merge keys.
func (b *bounder) twice(n *yaml.Node) {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode:
			b.refuse(key, "", "a key must be a name, not %s", kindName(key))
		case key.ShortTag() == "!!merge":
			b.refuse(key, "write the keys out", "a merge key (<<) in a rule file")
		case seen[key.Value]:
			b.Add(b.src.At(key), "", "%q stands here twice", Printable(key.Value))
		}
		seen[key.Value] = true
	}
}

// within reports an error at a character of the value of a scalar.
func (d *decoder) within(n *yaml.Node, offset int, hint, format string, args ...any) {
	d.Add(d.src.Within(n, offset), hint, "%s", fmt.Sprintf(format, args...))
}
