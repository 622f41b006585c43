package expr

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Checked is a condition whose types are known, for one table or offline.
type Checked struct {
	*rulefile.Expr
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

// Check checks a condition for a table; offline, where its columns aren't known,
// with nil. What is wrong is reported, and the result is nil then.
func (l *Language) Check(c *rulefile.Expr, t *Table, rep *rulefile.Report) *Checked {
	env := l.offline
	var s *event.Schema
	if t != nil {
		var err error
		s = t.Schema
		if env, err = l.with(fieldsOf(s)); err != nil {
			rep.Add(c.Place(0), "", "set up CEL: %s", err)
			return nil
		}
	}
	return l.check(c, env, s, rep)
}

// check parses the condition, lets adapt change the tree for the table (nil:
// offline), and checks its types in env.
func (l *Language) check(c *rulefile.Expr, env *cel.Env, s *event.Schema, rep *rulefile.Report) *Checked {
	parsed, issues := l.base.Parse(c.Text)
	if issues.Err() != nil {
		syntax(c, issues, rep)
		return nil
	}
	errs := len(rep.List)
	w := newRewriter(c, parsed.NativeRep(), rep)
	w.walk(parsed.NativeRep().Expr())
	if s != nil {
		w.bind(s)
	}
	if len(rep.List) > errs {
		return nil
	}
	typed, issues := env.Check(parsed)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			msg, hint := tidy(e.Message)
			rep.Add(c.Place(offsetIn(c.Text, e.Location.Line(), e.Location.Column())), hint, "%s", msg)
		}
		return nil
	}
	if t := typed.OutputType(); !t.IsExactType(types.BoolType) && !t.IsExactType(types.DynType) && t.Kind() != types.BoolKind {
		rep.Add(c.Place(0), "compare something", "a condition is true or false, this one is %s", spellType(t.String()))
		return nil
	}
	est, err := env.EstimateCost(typed, sizes{})
	if err != nil || est.Max > maxCost {
		rep.Add(c.Place(0), "lists inside lists multiply: write it flatter", "the condition may take too long for a row")
		return nil
	}
	ok := &Checked{Expr: c, env: env, ast: typed.NativeRep(), reads: w.reads}
	if _, err := ok.program(ok.ast.Expr()); err != nil { // a constant without a value
		rep.Add(c.Place(0), "", "%s", rulefile.Printable(err.Error()))
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
func syntax(c *rulefile.Expr, issues *cel.Issues, rep *rulefile.Report) {
	list := issues.Errors()
	if len(list) == 0 {
		rep.Add(c.Place(0), "", "%s", rulefile.Printable(issues.Err().Error()))
		return
	}
	e := list[0]
	msg, hint := tidy(e.Message)
	rep.Add(c.Place(offsetIn(c.Text, e.Location.Line(), e.Location.Column())), hint, "%s", msg)
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
		hint := rulefile.DidYouMean(m[1], vocabulary)
		if hint == "" {
			hint = "a column is written after." + rulefile.Printable(m[1]) + " or before." + rulefile.Printable(m[1])
		}
		return "a condition knows no " + quote(m[1]), hint
	}
	if m := unknown.FindStringSubmatch(msg); m != nil {
		return "no field " + quote(m[1]) + " here", rulefile.DidYouMean(m[1], sourceFields)
	}
	if m := noOverload.FindStringSubmatch(msg); m != nil {
		name := strings.Trim(m[1], "_@")
		return quote(name) + " can't be applied to " + spellType(m[2]), overloadHint(name, m[2])
	}
	if m := expecting.FindStringSubmatch(msg); m != nil {
		return "syntax error: " + rulefile.Printable(m[1]), ""
	}
	if m := syntaxErr.FindStringSubmatch(msg); m != nil {
		return "syntax error: " + rulefile.Printable(m[1]), ""
	}
	return rulefile.Printable(msg), ""
}

func quote(s string) string { return `"` + rulefile.Printable(s) + `"` }

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

// Columns calls fn for every column that the condition reads.
func (c *Checked) Columns(fn func(name string)) {
	for _, r := range c.reads {
		if r.isColumn() {
			fn(r.name)
		}
	}
}
