package main

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"cdc/internal/smallfile"
)

// expand resolves the references in one scalar: ${VAR}, ${VAR:-default},
// ${VAR:?message} and ${file:path}; $$ is a dollar sign. It works on values that
// the YAML reader has already read, so what a variable holds can't change the
// structure of the file. It reports whether that went well.
func (d *document) expand(n *yaml.Node, t reflect.Type) bool {
	if !strings.Contains(n.Value, "$") {
		return true
	}
	text, reason := d.refs.resolve(n.Value)
	if reason != "" {
		d.fail(n, "%s", reason)
		return false
	}
	n.Value = text
	if t.Kind() == reflect.String {
		n.Tag = "!!str" // a password of "null" or "1e5" stays what it is
		return true
	}
	n.Tag, n.Style = "", 0 // resolved anew: a number, a duration, a truth value
	return true
}

// references is where what references stand for comes from.
type references struct {
	lookup func(string) (string, bool) // of the environment
	dir    string                      // where relative paths start
}

// resolve returns text with its references replaced, or the reason why not. The
// reason never holds a value.
func (r references) resolve(text string) (resolved, reason string) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String(), ""
		}
		switch {
		case strings.HasPrefix(rest, "$"):
			b.WriteByte('$')
			text = rest[1:]
		case strings.HasPrefix(rest, "{"):
			ref, after, closed := strings.Cut(rest[1:], "}")
			if !closed {
				return "", "a ${ without its }; write $$ for a dollar sign"
			}
			value, reason := r.value(ref)
			if reason != "" {
				return "", reason
			}
			b.WriteString(value)
			text = after
		default:
			b.WriteByte('$')
			text = rest
		}
	}
}

func (r references) value(ref string) (value, reason string) {
	if path, ok := strings.CutPrefix(ref, "file:"); ok {
		text, err := smallfile.Read(below(r.dir, path), maxConfigBytes)
		if err != nil {
			return "", fmt.Sprintf("${%s}: %v", ref, err)
		}
		return strings.TrimRight(string(text), "\r\n"), ""
	}
	name, fallback, hasDefault := strings.Cut(ref, ":-")
	if hasDefault {
		if v, ok := r.lookup(name); ok && v != "" {
			return v, ""
		}
		return fallback, ""
	}
	name, message, required := strings.Cut(ref, ":?")
	v, ok := r.lookup(name)
	switch {
	case required && (!ok || v == ""):
		return "", fmt.Sprintf("variable %s: %s", name, message)
	case !ok:
		return "", fmt.Sprintf("variable %s is not set; export it, or write ${%s:-default}", name, name)
	}
	return v, ""
}
