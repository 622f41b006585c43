package transform

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"go.yaml.in/yaml/v3"

	"cdc/event"
)

// condition is a "when" as it stands in a rule file.
type condition struct {
	src  *Source
	node *yaml.Node
	text string
}

// place maps a character of the condition to its place in the file.
func (c *condition) place(offset int) place { return c.src.within(c.node, offset) }

// checked is a condition whose types are known, in some environment.
type checked struct {
	*condition
	env   *cel.Env
	ast   *ast.AST
	reads map[int64]read // what the expression with that id reads of a row
}

// read is a place in a condition where it looks at the row.
type read struct {
	kind   rowKind
	name   string // the column; "before" or "after" for rowMissing
	offset int    // in the condition
}

// String is the read as the condition spells it.
func (r read) String() string {
	switch r.kind {
	case rowOld:
		return `old("` + r.name + `")`
	case rowChanged:
		return `changed("` + r.name + `")`
	case rowMissing:
		return r.name
	default:
		return variables[r.kind] + "." + r.name
	}
}

// isColumn reports whether the read is about one column.
func (r read) isColumn() bool { return r.kind != rowMissing && r.kind != rowSource }

// check parses the condition, lets adapt change the tree for the table (nil:
// offline), and checks its types in env.
func (c *condition) check(l *language, env *cel.Env, s *event.Schema, rep *report) *checked {
	parsed, issues := l.base.Parse(c.text)
	if issues.Err() != nil {
		c.syntax(issues, rep)
		return nil
	}
	errs := len(rep.list)
	w := newRewriter(c, parsed.NativeRep(), rep)
	w.walk(parsed.NativeRep().Expr())
	if s != nil {
		w.bind(s)
	}
	if len(rep.list) > errs {
		return nil
	}
	typed, issues := env.Check(parsed)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			msg, hint := tidy(e.Message)
			rep.add(c.place(offsetIn(c.text, e.Location.Line(), e.Location.Column())), hint, "%s", msg)
		}
		return nil
	}
	if t := typed.OutputType(); !t.IsExactType(types.BoolType) && !t.IsExactType(types.DynType) && t.Kind() != types.BoolKind {
		rep.add(c.place(0), "compare something", "a condition is true or false, this one is %s", spellType(t.String()))
		return nil
	}
	est, err := env.EstimateCost(typed, sizes{})
	if err != nil || est.Max > maxCost {
		rep.add(c.place(0), "lists inside lists multiply: write it flatter", "the condition may take too long for a row")
		return nil
	}
	ok := &checked{condition: c, env: env, ast: typed.NativeRep(), reads: w.reads}
	if _, err := ok.program(ok.ast.Expr()); err != nil { // a constant without a value
		rep.add(c.place(0), "", "%s", printable(err.Error()))
		return nil
	}
	return ok
}

// sizes tells the cost estimate how long texts are taken to be.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if len(n.Path()) == 0 {
		return nil
	}
	return &cost.SizeEstimate{Max: assumedText}
}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// syntax reports the first syntax error: those that follow are its echo.
func (c *condition) syntax(issues *cel.Issues, rep *report) {
	list := issues.Errors()
	if len(list) == 0 {
		rep.add(c.place(0), "", "%s", printable(issues.Err().Error()))
		return
	}
	e := list[0]
	msg, hint := tidy(e.Message)
	rep.add(c.place(offsetIn(c.text, e.Location.Line(), e.Location.Column())), hint, "%s", msg)
}

// offsetIn turns a line (from 1) and column (from 0) of text into an index of
// its characters.
func offsetIn(text string, line, col int) int {
	at := 0
	for i, l := range strings.Split(text, "\n") {
		if i+1 >= line {
			break
		}
		at += len([]rune(l)) + 1
	}
	return at + max(0, col)
}

// Messages of CEL that are said in other words here.
var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	unknown    = regexp.MustCompile(`^undefined field '(.*)'$`)
	noOverload = regexp.MustCompile(`^found no matching overload for '(.*)' applied to '(.*)'$`)
	expecting  = regexp.MustCompile(`(?s)^Syntax error: (.*?) expecting .*$`)
	syntaxErr  = regexp.MustCompile(`(?s)^Syntax error: (.*)$`)
	method     = regexp.MustCompile(`^(.*)\.\((.*)\)$`)
	nullable   = regexp.MustCompile(`wrapper\((\w+)\)`)
	rowType    = regexp.MustCompile(`cdc\.row @?(\w+)`)
)

// vocabulary is what a condition may say, for suggestions.
var vocabulary = []string{
	"op", "before", "after", "source", "changed", "old", "decimal", "has", "size", "matches", "contains",
	"startsWith", "endsWith", "int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration",
	"true", "false", "null", "in", "all", "exists", "exists_one", "map", "filter",
}

// tidy puts a message of CEL in our words, with a hint if there is one.
func tidy(msg string) (text, hint string) {
	if m := undeclared.FindStringSubmatch(msg); m != nil {
		hint := didYouMean(m[1], vocabulary)
		if hint == "" {
			hint = "a column is written after." + printable(m[1]) + " or before." + printable(m[1])
		}
		return "a condition knows no " + quote(m[1]), hint
	}
	if m := unknown.FindStringSubmatch(msg); m != nil {
		return "no field " + quote(m[1]) + " here", didYouMean(m[1], sourceFields)
	}
	if m := noOverload.FindStringSubmatch(msg); m != nil {
		name := strings.Trim(m[1], "_@")
		return quote(name) + " can't be applied to " + spellType(m[2]), overloadHint(name, m[2])
	}
	if m := expecting.FindStringSubmatch(msg); m != nil {
		return "syntax error: " + printable(m[1]), ""
	}
	if m := syntaxErr.FindStringSubmatch(msg); m != nil {
		return "syntax error: " + printable(m[1]), ""
	}
	return printable(msg), ""
}

func quote(s string) string { return `"` + printable(s) + `"` }

// spellType says a list of CEL types in fewer words.
func spellType(s string) string {
	s = rowType.ReplaceAllString(nullable.ReplaceAllString(s, "$1"), "a row")
	if m := method.FindStringSubmatch(s); m != nil {
		s = m[1] + ", " + m[2]
	}
	return strings.Trim(s, "()")
}

// overloadHint says how the usual wrong pairs of types are compared.
func overloadHint(function, args string) string {
	if !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "in"}, function) {
		return ""
	}
	has := func(t string) bool { return slices.Contains(strings.Split(spellType(args), ", "), t) }
	switch {
	case has("timestamp") && has("string"):
		return `write timestamp("2026-01-31T00:00:00Z")`
	case has("duration") && has("string"):
		return `write duration("8h30m")`
	case has("decimal") && has("string"):
		return `write decimal("12.50")`
	case has("decimal") && (has("int") || has("uint")):
		return "write decimal(...) around the whole number"
	case has("string") && (has("int") || has("uint") || has("double")):
		return "numbers stand without quotes, text with them"
	case has("bytes") && has("string"):
		return `write b"..." for bytes`
	default:
		return ""
	}
}
