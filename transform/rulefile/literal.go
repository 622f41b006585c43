package rulefile

import (
	"encoding/base64"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// plainNumber is a number as JSON writes it.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// literal reads a value as it stands in a file. Numbers keep their text; dates and
// times are text.
func (d *decoder) literal(n *yaml.Node) *Literal {
	l := &Literal{At: d.src.At(n)}
	switch n.Kind {
	case yaml.MappingNode:
		l.Kind = LiteralMap
		for i := 0; i+1 < len(n.Content); i += 2 {
			l.Keys = append(l.Keys, n.Content[i].Value)
			l.Items = append(l.Items, d.literal(n.Content[i+1]))
		}
	case yaml.SequenceNode:
		l.Kind = LiteralList
		for _, c := range n.Content {
			l.Items = append(l.Items, d.literal(c))
		}
	default: // aliases were refused
		d.scalarLiteral(n, l)
	}
	return l
}

func (d *decoder) scalarLiteral(n *yaml.Node, l *Literal) {
	l.Text = n.Value
	switch n.ShortTag() {
	case "!!null":
		l.Kind, l.Text = LiteralNull, ""
	case "!!bool":
		l.Kind, l.Text = LiteralBool, strings.ToLower(n.Value)
	case "!!int", "!!float":
		l.Kind = LiteralNumber
		if !plainNumber.MatchString(n.Value) {
			d.Add(l.At, "in quotes it is text", "a number is written like 12, -0.5 or 1e3, not %q", Printable(n.Value))
		}
	case "!!binary":
		l.Kind = LiteralBytes
		l.Text = strings.Join(strings.Fields(n.Value), "")
		if _, err := base64.StdEncoding.DecodeString(l.Text); err != nil {
			d.Add(l.At, "", "!!binary isn't base64: %s", Printable(n.Value))
		}
	default:
		l.Kind = LiteralText
	}
}

// mappingLiteral is literal for what must be a mapping; null is none.
func (d *decoder) mappingLiteral(n *yaml.Node, what, example string) *Literal {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.Add(d.src.At(n), "write "+example, "%s must be a mapping, not %s", what, kindName(n))
		return nil
	}
	return d.literal(n)
}
