package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// member is a member of a JSON object or an item of an array: what it is called
// and where its value stands in the text.
type member struct {
	name       string // "[3]" for an item
	start, end int
}

// membersOf finds the members of an object, or the items of an array, in the
// order of the text; ok is false when it is neither.
func membersOf(text []byte) (all []member, ok bool) {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	for dec.More() {
		name := "[" + strconv.Itoa(len(all)) + "]"
		if text[0] == '{' {
			token, err := dec.Token()
			if err != nil {
				return nil, false
			}
			name = fmt.Sprint(token)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, false
		}
		end := int(dec.InputOffset())
		all = append(all, member{name, end - len(value), end})
	}
	_, err := dec.Token()
	return all, err == nil
}

// mask replaces the values at paths by what kind of value they are, so that
// all else is compared byte by byte.
func mask(text []byte, paths [][]string) []byte {
	members, ok := membersOf(text)
	if !ok || len(paths) == 0 {
		return text
	}
	var out []byte
	last := 0
	for _, m := range members {
		below, whole := pathsBelow(paths, m.name)
		if len(below) == 0 && !whole {
			continue
		}
		out = append(out, text[last:m.start]...)
		last = m.end
		if whole {
			out = append(out, kindOf(text[m.start:m.end])...)
		} else {
			out = append(out, mask(text[m.start:m.end], below)...)
		}
	}
	return append(out, text[last:]...)
}

func pathsBelow(paths [][]string, name string) (below [][]string, whole bool) {
	for _, p := range paths {
		if p[0] != name && (p[0] != "[*]" || !strings.HasPrefix(name, "[")) {
			continue
		}
		if len(p) == 1 {
			return nil, true
		}
		below = append(below, p[1:])
	}
	return below, false
}

// kindOf stands for a value that isn't compared.
func kindOf(value []byte) string {
	switch value[0] {
	case '"':
		return `"<text>"`
	case 'n':
		return "null"
	case 't', 'f':
		return `"<boolean>"`
	case '{':
		return `"<object>"`
	case '[':
		return `"<array>"`
	default:
		return `"<number>"`
	}
}

// leaves lists the values in a JSON text by their path. An item of an array
// that names itself is called by that name.
func leaves(text []byte) map[string]string {
	all := map[string]string{}
	walk(text, "", func(path string, value []byte, leaf bool) {
		if leaf {
			all[path] = string(value)
		}
	})
	return all
}

// parts is leaves with the objects and arrays around them.
func parts(text []byte) map[string]string {
	all := map[string]string{}
	walk(text, "", func(path string, value []byte, _ bool) { all[path] = string(value) })
	return all
}

func walk(text []byte, path string, visit func(path string, value []byte, leaf bool)) {
	members, ok := membersOf(text)
	visit(path, text, !ok || len(members) == 0)
	for _, m := range members {
		walk(text[m.start:m.end], below(path, text, m), visit)
	}
}

// below is the path of a member.
func below(path string, text []byte, m member) string {
	if text[0] == '[' {
		if name := ownName(text[m.start:m.end]); name != "" {
			return path + "[" + name + "]"
		}
		return path + m.name
	}
	return strings.TrimPrefix(path+"."+m.name, ".")
}

// ownName is how an item of a list of fields or columns calls itself.
func ownName(text []byte) string {
	if text[0] != '{' {
		return ""
	}
	var item struct{ Field, Name any }
	if json.Unmarshal(text, &item) != nil {
		return ""
	}
	for _, name := range []any{item.Field, item.Name} {
		if name, ok := name.(string); ok {
			return name
		}
	}
	return ""
}

// verdict says what becomes of a value of a JSON text.
type verdict uint8

const (
	look     verdict = iota // at what is in it
	keep                    // as it is
	drop                    // with its name
	exchange                // for another
)

// replace exchanges values of a JSON text, or takes members out, and leaves all
// else as it is. decide is asked for the text itself under the path "", then for
// what is in it.
func replace(text []byte, path string, decide func(path string, text []byte) (verdict, string)) []byte {
	switch v, mine := decide(path, text); v {
	case keep:
		return text
	case drop:
		return nil
	case exchange:
		return []byte(mine)
	case look:
	}
	members, ok := membersOf(text)
	if !ok || len(members) == 0 {
		return text
	}
	out := []byte{text[0]}
	last := 1
	for _, m := range members {
		before := text[last:m.start]
		last = m.end
		mine := replace(text[m.start:m.end], below(path, text, m), decide)
		if mine == nil {
			continue
		}
		if len(out) == 1 {
			before = bytes.TrimPrefix(before, []byte(","))
		}
		out = append(append(out, before...), mine...)
	}
	return append(out, text[last:]...)
}
