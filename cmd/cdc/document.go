package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxConfigBytes bounds a configuration file.
const maxConfigBytes = 1 << 20

// problem is something wrong at one place of a configuration file.
type problem struct {
	file      string
	line, col int
	text      string
}

func (p *problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.file, p.line, p.col, p.text)
}

// document is a YAML file with the places of its values.
type document struct {
	file string
	root *yaml.Node
	refs references
	errs []error
}

// readDocument reads one YAML document. Nothing is resolved yet; lookup is that
// of the environment.
func readDocument(file string, lookup func(string) (string, bool)) (*document, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(text) > maxConfigBytes {
		return nil, &problem{file, 1, 1, "larger than 1 MiB, which no configuration needs"}
	}
	d := &document{file: file, refs: references{lookup: lookup, dir: filepath.Dir(file)}}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var n yaml.Node
	if err := dec.Decode(&n); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &problem{file, 1, 1, "is empty; it needs at least pipelines:"}
		}
		return nil, yamlProblem(file, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &problem{file, 1, 1, "holds more than one YAML document"}
	}
	d.root = n.Content[0]
	return d, nil
}

// yamlProblem gives an error of the YAML reader ("yaml: line 3: ...") its place.
func yamlProblem(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if n, scanErr := fmt.Sscanf(rest, "%d:", &line); n == 1 && scanErr == nil {
			_, text, _ = strings.Cut(rest, ": ")
		}
	}
	return &problem{file, line, 1, text}
}

func (d *document) fail(n *yaml.Node, format string, args ...any) {
	d.errs = append(d.errs, &problem{d.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// check resolves ${...} in every scalar, and reports keys that t doesn't know and
// values that don't suit their key.
func (d *document) check(t reflect.Type) { d.walk(d.root, t, "") }

func (d *document) walk(n *yaml.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n.Kind {
	case yaml.AliasNode:
		d.fail(n, "aliases (*%s) are not supported; write the value out", n.Value)
	case yaml.DocumentNode:
		d.fail(n, "a document inside of a document")
	case yaml.ScalarNode:
		if takesOne(t) {
			t = t.Elem()
		}
		if d.expand(n, t) {
			d.scalar(n, t, path)
		}
	case yaml.SequenceNode:
		if t.Kind() != reflect.Slice {
			d.fail(n, "%s is a list; want %s", orRoot(path), wanted(t))
			return
		}
		for i, item := range n.Content {
			d.walk(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case yaml.MappingNode:
		d.walkMapping(n, t, path)
	}
}

func (d *document) walkMapping(n *yaml.Node, t reflect.Type, path string) {
	fields := fieldsOf(t)
	if fields == nil && t.Kind() != reflect.Map {
		d.fail(n, "%s is a mapping; want %s", orRoot(path), wanted(t))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			d.fail(key, "key %q is there twice", key.Value)
			continue
		}
		seen[key.Value] = true
		if !d.suits(key, t, path) {
			continue
		}
		elem := fields[key.Value]
		if t.Kind() == reflect.Map {
			elem = t.Elem()
		}
		if elem == nil {
			d.fail(key, "unknown key %q%s%s", key.Value, inside(path), suggest(key.Value, fields))
			continue
		}
		d.walk(value, elem, join(path, key.Value))
	}
}

// suits reports whether a key is of the type that a map's keys have, and says so
// where it isn't.
func (d *document) suits(key *yaml.Node, t reflect.Type, path string) bool {
	if t.Kind() != reflect.Map || (!fraction(key, t.Key()) && key.Decode(reflect.New(t.Key()).Interface()) == nil) {
		return true
	}
	d.fail(key, "%s: key %q is not %s", path, key.Value, wanted(t.Key()))
	return false
}

// takesOne reports whether a list may be written as its only item, as its type
// says by reading YAML itself.
func takesOne(t reflect.Type) bool {
	type reader interface {
		UnmarshalYAML(decode func(any) error) error
	}
	return t.Kind() == reflect.Slice && reflect.PointerTo(t).Implements(reflect.TypeFor[reader]())
}

// fieldsOf returns the YAML keys of a struct type; nil when it has none.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if t.Kind() != reflect.Struct {
		return nil
	}
	var fields map[string]reflect.Type
	for f := range t.Fields() {
		name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" || (name == "" && opts != "inline") {
			continue
		}
		if fields == nil {
			fields = map[string]reflect.Type{}
		}
		if opts == "inline" {
			maps.Copy(fields, fieldsOf(f.Type))
			continue
		}
		fields[name] = f.Type
	}
	return fields
}

func orRoot(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

func inside(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// find returns the node at a dotted path, or the deepest one on the way there.
func (d *document) find(path string) *yaml.Node {
	n := d.root
	for rest := strings.Split(path, "."); len(rest) > 0; {
		next, used := step(n, rest)
		if next == nil {
			return n
		}
		n, rest = next, rest[used:]
	}
	return n
}

// step goes one key down, and to the item of a list when the path says "key[3]".
// A key may have dots itself; used is how many parts of the path it took.
func step(n *yaml.Node, parts []string) (next *yaml.Node, used int) {
	for used = 1; used <= len(parts); used++ {
		key, index, listed := strings.Cut(strings.TrimSuffix(strings.Join(parts[:used], "."), "]"), "[")
		if next = child(n, key); next == nil {
			continue
		}
		if i, err := strconv.Atoi(index); listed && err == nil && next.Kind == yaml.SequenceNode && i < len(next.Content) {
			next = next.Content[i]
		}
		return next, used
	}
	return nil, 0
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if v := n.Content[i+1]; v.Kind == yaml.ScalarNode || v.Kind == yaml.SequenceNode {
				return v
			}
			// A mapping begins where its key stands, which is where a reader looks.
			v := *n.Content[i+1]
			v.Line, v.Column = n.Content[i].Line, n.Content[i].Column
			return &v
		}
	}
	return nil
}
