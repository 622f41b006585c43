package rulefile

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// template reads a text in which ${...} holds an expression.
func (d *decoder) template(n *yaml.Node) *Template {
	t := &Template{At: d.src.At(n)}
	s := n.Value
	var text strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			end := exprEnd(s, i+2)
			if end < 0 {
				d.within(n, runes(s[:i]), `close it: "orders.${after.region}"`, `"${" without its "}"`)
				return nil
			}
			t.text(&text)
			if !d.templateExpr(t, n, i+2, end) {
				return nil
			}
			i = end + 1
		default:
			text.WriteByte(s[i])
			i++
		}
	}
	t.text(&text)
	return t
}

// text adds what was collected, if anything was.
func (t *Template) text(b *strings.Builder) {
	if b.Len() > 0 {
		t.Parts = append(t.Parts, TemplatePart{Text: b.String()})
		b.Reset()
	}
}

// templateExpr adds the expression between two bytes of the value of n.
func (d *decoder) templateExpr(t *Template, n *yaml.Node, from, to int) bool {
	text := n.Value[from:to]
	if strings.TrimSpace(text) == "" {
		d.within(n, runes(n.Value[:from-2]), `for example "orders.${after.region}"`, "no expression between the braces")
		return false
	}
	e := d.piece(n, runes(n.Value[:from]), text)
	if e != nil {
		t.Parts = append(t.Parts, TemplatePart{Expr: e})
	}
	return e != nil
}

// exprEnd returns the index of the brace that closes an expression which begins at
// from; -1 when there is none. Braces in texts and of maps are stepped over.
func exprEnd(s string, from int) int {
	depth := 0
	for i := from; i < len(s); {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		case '"', '\'':
			i = literalEnd(s, i, rawPrefix(s[from:i]))
			if i < 0 {
				return -1
			}
			continue
		}
		i++
	}
	return -1
}

// rawPrefix reports whether a literal behind that text is raw: r"\" ends at its
// second quote.
func rawPrefix(before string) bool {
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return !isWord(r) })+1:]
	return len(word) <= 2 && strings.ContainsAny(word, "rR") && strings.Trim(word, "rRbB") == ""
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7F
}

// literalEnd returns the index behind a text literal of CEL that begins at from; -1
// when it doesn't end.
func literalEnd(s string, from int, raw bool) int {
	quote := s[from : from+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s[from:], triple) {
		quote = triple
	}
	for i := from + len(quote); i < len(s); i++ {
		if !raw && s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], quote) {
			return i + len(quote)
		}
	}
	return -1
}
