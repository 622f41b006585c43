package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// expand resolves the references in one scalar: ${VAR}, ${VAR:-default},
// ${VAR:?message} and ${file:path}; $$ is a dollar sign. It works on values that
// the YAML reader has already read, so what a variable holds can't change the
// structure of the file.
func (d *document) expand(n *yaml.Node, t reflect.Type) {
	if !strings.Contains(n.Value, "$") {
		return
	}
	text, reason := resolve(n.Value, d.lookup)
	if reason != "" {
		d.fail(n, "%s", reason)
		return
	}
	n.Value = text
	if t.Kind() == reflect.String {
		n.Tag = "!!str" // a password of "null" or "1e5" stays what it is
		return
	}
	n.Tag, n.Style = "", 0 // resolved anew: a number, a duration, a truth value
}

// resolve returns text with its references replaced, or the reason why not. The
// reason never holds a value.
func resolve(text string, lookup func(string) (string, bool)) (resolved, reason string) {
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
			value, reason := reference(ref, lookup)
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

func reference(ref string, lookup func(string) (string, bool)) (value, reason string) {
	if path, ok := strings.CutPrefix(ref, "file:"); ok {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Sprintf("${%s}: %v", ref, err)
		}
		return strings.TrimRight(string(text), "\r\n"), ""
	}
	name, fallback, hasDefault := strings.Cut(ref, ":-")
	if hasDefault {
		if v, ok := lookup(name); ok && v != "" {
			return v, ""
		}
		return fallback, ""
	}
	name, message, required := strings.Cut(ref, ":?")
	v, ok := lookup(name)
	switch {
	case required && (!ok || v == ""):
		return "", fmt.Sprintf("variable %s: %s", name, message)
	case !ok:
		return "", fmt.Sprintf("variable %s is not set; export it, or write ${%s:-default}", name, name)
	}
	return v, ""
}
