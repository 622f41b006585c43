package rulefile

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Expr is an expression as it stands in a rule file.
type Expr struct {
	src  *Source
	node *yaml.Node
	base int // where it begins in the value of node, in characters
	Text string
}

// NewExpr is an expression that stands in no file but is one by itself.
func NewExpr(name, text string) *Expr {
	return &Expr{
		src:  &Source{Name: name, Text: []byte(text)},
		node: &yaml.Node{Kind: yaml.ScalarNode, Value: text, Line: 1, Column: 1}, Text: text,
	}
}

// Place maps a character of the expression to its place in the file.
func (e *Expr) Place(offset int) Place { return e.src.Within(e.node, e.base+offset) }

// expr reads a value that must be an expression. Numbers and true are expressions
// too.
func (d *decoder) expr(n *yaml.Node, what, hint string) *Expr {
	if n.Kind != yaml.ScalarNode || isNull(n) || strings.TrimSpace(n.Value) == "" {
		kind := kindName(n)
		if kind == "text" {
			kind = "empty"
		}
		d.Add(d.src.At(n), hint, "%s, not %s", what, kind)
		return nil
	}
	return d.piece(n, 0, n.Value)
}

// piece is an expression that begins at a character of the value of n.
func (d *decoder) piece(n *yaml.Node, base int, text string) *Expr {
	d.exprs++
	if d.exprs == maxExprs+1 {
		d.Add(d.src.At(n), "split the file", "more than %d expressions in a file", maxExprs)
	}
	if d.exprs > maxExprs {
		return nil
	}
	return &Expr{src: d.src, node: n, base: base, Text: text}
}
