package rulefile

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of a regular expression: its characters, and the steps of the program that
// it becomes.
const (
	maxRegex = 1000
	maxSteps = 10_000
)

// regex compiles a regular expression. RE2 takes time in proportion to the text,
// whatever the expression; what it lacks for that is told by name.
func (d *decoder) regex(n *yaml.Node, what string) *regexp.Regexp {
	s, ok := d.text(n, what)
	if !ok {
		return nil
	}
	if !d.fitRegex(n, s, 0) {
		return nil
	}
	re, err := regexp.Compile(s)
	if err != nil { // it was parsed before
		d.within(n, 0, "", "%s isn't a regular expression", what)
		return nil
	}
	return re
}

// fitRegex reports whether an expression, which begins at a character of the value
// of n, is one and of a bounded size.
func (d *decoder) fitRegex(n *yaml.Node, s string, base int) bool {
	if len(s) > maxRegex {
		d.Add(d.src.At(n), "", "the regular expression is longer than %d bytes", maxRegex)
		return false
	}
	tree, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		at, hint, why := regexFault(s, err)
		d.within(n, base+at, hint, "regular expression: %s", why)
		return false
	}
	if steps(tree) > maxSteps {
		d.Add(d.src.At(n), "count less", "the regular expression is too large")
		return false
	}
	return true
}

// steps estimates the size of the program, without unfolding the repetitions.
func steps(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, sub := range re.Sub {
		n += steps(sub)
		if n > maxSteps {
			return n
		}
	}
	if re.Op == syntax.OpRepeat {
		n *= max(1, re.Min, re.Max)
	}
	return n
}

// foreign are pieces of Java's expressions that RE2 doesn't have.
var foreign = []struct{ piece, what string }{
	{"(?=", "look-ahead (?=...)"},
	{"(?!", "look-ahead (?!...)"},
	{"(?<=", "look-behind (?<=...)"},
	{"(?<!", "look-behind (?<!...)"},
	{"(?>", "an atomic group (?>...)"},
	{`\k`, `a back-reference \k<name>`},
	{`\R`, `\R for a line break`},
	{`\h`, `\h for a space`},
	{`\Z`, `\Z for the end`},
	{`\G`, `\G for the last match`},
	{`\u`, `\u and four digits`},
	{"++", "a possessive quantifier"},
	{"*+", "a possessive quantifier"},
	{"?+", "a possessive quantifier"},
}

// regexFault says where (in characters) and why s isn't an expression of RE2.
func regexFault(s string, err error) (at int, hint, why string) {
	se, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return 0, "", Printable(err.Error())
	}
	if i := strings.Index(s, se.Expr); i > 0 && se.Expr != s {
		at = runes(s[:i])
	}
	for _, f := range foreign {
		if strings.HasPrefix(se.Expr, f.piece) {
			return at, "expressions are RE2, which has neither look-around nor back-references", f.what + " isn't there"
		}
	}
	if len(se.Expr) == 2 && se.Expr[0] == '\\' && se.Expr[1] >= '1' && se.Expr[1] <= '9' {
		return at, "expressions are RE2, which has neither look-around nor back-references", "a back-reference " + se.Expr + " isn't there"
	}
	return at, "", fmt.Sprintf("%s: %q", se.Code, Printable(se.Expr))
}

// tableExpression checks what stands between the slashes of a pattern for tables.
func (d *decoder) tableExpression(n *yaml.Node, pattern string) bool {
	body := strings.TrimPrefix(pattern, "!")
	if len(body) < 2 || body[0] != '/' || body[len(body)-1] != '/' {
		return true
	}
	return d.fitRegex(n, body[1:len(body)-1], len(pattern)-len(body)+1)
}
