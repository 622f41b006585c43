package rulefile

import "go.yaml.in/yaml/v3"

// Expr is an expression as it stands in a rule file.
type Expr struct {
	src  *Source
	node *yaml.Node
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
func (e *Expr) Place(offset int) Place { return e.src.Within(e.node, offset) }
