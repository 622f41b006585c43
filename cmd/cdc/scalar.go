package main

import (
	"encoding"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"cdc/security"
	"cdc/sink"
)

// scalar reports a single value that can't be what its key holds. The value is
// not shown: it may be a secret that stands, or was referred to, in the wrong
// place.
func (d *document) scalar(n *yaml.Node, t reflect.Type, path string) {
	if n.ShortTag() == "!!null" {
		return // the key's default
	}
	switch want := wanted(t); {
	case t == reflect.TypeFor[security.Secret]() && printed(n.Value):
		d.fail(n, "%s: %s stands for a secret in what config print shows; write the secret, or where it is, as ${VAR} or ${file:path}", path, n.Value)
	case t.Kind() == reflect.Slice, isMapping(t):
		d.fail(n, "%s is a single value; want %s", orRoot(path), want)
	case fraction(n, t), n.Decode(reflect.New(t).Interface()) != nil:
		if isNumber(t) && n.ShortTag() == "!!int" {
			d.fail(n, "%s: too large or too small a number", path)
			return
		}
		d.fail(n, "%s: not %s", path, want)
	}
}

// printed reports whether a text is what a secret shows of itself.
func printed(text string) bool {
	return text != "" && security.Secret(text).String() == text
}

// fraction: the YAML reader would cut it off without a word.
func fraction(n *yaml.Node, t reflect.Type) bool {
	return isNumber(t) && n.ShortTag() == "!!float"
}

func isMapping(t reflect.Type) bool { return t.Kind() == reflect.Map || fieldsOf(t) != nil }

// isNumber: a whole number that is written as one.
func isNumber(t reflect.Type) bool {
	return strings.Contains(t.Kind().String(), "int") && t != reflect.TypeFor[time.Duration]() &&
		!reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// wanted names what a key holds, for messages.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 500ms, 10s"
	case t == reflect.TypeFor[sink.Size]():
		return "a size such as 64KiB, 32MiB"
	case t.Kind() == reflect.Slice:
		return "a list"
	case isMapping(t):
		return "a mapping"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case isNumber(t):
		return "a whole number"
	default:
		return "a single value"
	}
}
