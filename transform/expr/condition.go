package expr

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"cdc/transform/rulefile"
)

// Checked is an expression whose types are known, for one table or offline.
type Checked struct {
	*rulefile.Expr
	lang  *Language
	table *Table // nil: offline
	ast   *ast.AST
	reads map[int64]read // what the expression with that id reads of a row
	// limited: the time that it takes depends on the row, so that it is counted.
	limited bool
}

// Check checks a condition for a table; offline, where its columns aren't known,
// with nil. What is wrong is reported, and the result is nil then.
func (l *Language) Check(e *rulefile.Expr, t *Table, rep *rulefile.Report) *Checked {
	c := l.check(e, t, rep)
	if c == nil {
		return nil
	}
	if typ := c.ast.GetType(c.ast.Expr().ID()); !isAny(typ) && typ.Kind() != types.BoolKind {
		hint := "compare something"
		if isOptional(typ) {
			hint = "write .orValue(false) behind it"
		}
		rep.Add(e.Place(0), hint, "a condition is true or false, this one is %s", spellType(typ.String()))
		return nil
	}
	return c
}

func isAny(t *types.Type) bool { return t.IsExactType(types.DynType) || t.Kind() == types.DynKind }

func isOptional(t *types.Type) bool {
	return t.Kind() == types.OpaqueKind && t.TypeName() == "optional_type"
}

// check parses the expression, brings every look at the row to one form, and checks
// types and cost.
func (l *Language) check(e *rulefile.Expr, t *Table, rep *rulefile.Report) *Checked {
	parsed, issues := l.env.Parse(e.Text)
	if issues.Err() != nil {
		syntaxError(e, issues, rep)
		return nil
	}
	errs := len(rep.List)
	w := newRewriter(l, e, parsed.NativeRep(), rep)
	w.walk(w.root)
	if t != nil && len(rep.List) == errs {
		w.bind(t)
	}
	if len(rep.List) > errs {
		return nil
	}
	var typed *cel.Ast
	l.within(t, func(env *cel.Env) { typed = w.types(env, parsed) })
	if typed == nil {
		return nil
	}
	c := &Checked{Expr: e, lang: l, table: t, ast: typed.NativeRep(), reads: w.reads}
	if !c.affordable(typed, rep) {
		return nil
	}
	if c.calculates(c.ast.Expr()) {
		if _, err := c.program(c.ast.Expr()); err != nil { // a constant without a value
			rep.Add(e.Place(0), "", "%s", planError(err))
			return nil
		}
	}
	return c
}

// types checks the types. Whole numbers beside decimals become decimals.
func (w *rewriter) types(env *cel.Env, parsed *cel.Ast) *cel.Ast {
	typed, issues := env.Check(parsed)
	switch {
	case issues.Err() == nil:
		if !w.mixed(w.root, typed.NativeRep()) {
			return typed
		}
		typed, issues = env.Check(parsed)
	case w.equalNumbers(env, parsed):
		typed, issues = env.Check(parsed)
	}
	if issues.Err() == nil {
		return typed
	}
	for _, e := range issues.Errors() {
		msg, hint := tidy(e.Message)
		w.Add(w.cond.Place(offsetIn(w.cond.Text, e.Location.Line(), e.Location.Column())), hint, "%s", msg)
	}
	return nil
}

// equalNumbers makes decimals of whole numbers beside decimals in an expression
// whose types don't go together, and reports whether there were any: for == and !=
// the two sides have one type.
func (w *rewriter) equalNumbers(env *cel.Env, parsed *cel.Ast) bool {
	w.rename(w.root, map[string]string{operators.Equals: looseEqual, operators.NotEquals: looseUnequal})
	typed, issues := env.Check(parsed)
	found := issues.Err() == nil && w.mixed(w.root, typed.NativeRep())
	w.rename(w.root, map[string]string{looseEqual: operators.Equals, looseUnequal: operators.NotEquals})
	return found
}

// affordable refuses what may take too long for a row. What loops over a list of
// the row is bounded when it runs.
func (c *Checked) affordable(typed *cel.Ast, rep *rulefile.Report) bool {
	c.limited = c.loopsOverRow(c.ast.Expr())
	est, err := c.lang.env.EstimateCost(typed, sizes{})
	if err != nil || est.Max > maxCost || growth(c.ast.Expr()) > maxGrowth {
		rep.Add(c.Place(0), "lists inside lists multiply: write it flatter", "the expression may take too long for a row")
		return false
	}
	return true
}

// growth is how many times larger than what it begins with a value can become that
// goes through all macros of e: each may put its variable there several times.
func growth(e ast.Expr) int {
	n := 1
	if e.Kind() == ast.ComprehensionKind {
		c := e.AsComprehension()
		n = max(1, mentions(c.LoopStep(), c.IterVar()), mentions(c.LoopStep(), c.IterVar2()), mentions(c.Result(), c.AccuVar()))
	}
	for _, part := range childrenOf(e) {
		n = min(n*growth(part), maxGrowth+1)
	}
	return n
}

// mentions counts how often e names a variable.
func mentions(e ast.Expr, name string) int {
	if e.Kind() == ast.IdentKind && e.AsIdent() == name {
		return 1
	}
	n := 0
	for _, part := range childrenOf(e) {
		n += mentions(part, name)
	}
	return n
}

// loopsOverRow reports whether a macro goes over a list that isn't written out.
func (c *Checked) loopsOverRow(e ast.Expr) bool {
	if e.Kind() == ast.ComprehensionKind {
		if r := e.AsComprehension().IterRange(); r.Kind() != ast.ListKind && r.Kind() != ast.MapKind {
			return true
		}
	}
	return slices.ContainsFunc(childrenOf(e), c.loopsOverRow)
}

// calculates reports whether a part of e may have no value though it reads nothing
// of the row: a bad timestamp, a division by zero.
func (c *Checked) calculates(e ast.Expr) bool {
	if e.Kind() == ast.CallKind && !safe[e.AsCall().FunctionName()] && c.closed(e) {
		return true
	}
	return slices.ContainsFunc(childrenOf(e), c.calculates)
}

// safe are functions that always have a value, and decimal, whose texts have been
// looked at.
var safe = map[string]bool{
	operators.Equals: true, operators.NotEquals: true, operators.In: true, operators.LogicalAnd: true, operators.LogicalOr: true,
	operators.LogicalNot: true, operators.Conditional: true, "decimal": true,
}

// planError says why a constant part of an expression has no value.
func planError(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Error()
	}
	return rulefile.Printable(err.Error())
}

// sizes tells the cost estimate how long texts are taken to be.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if t := n.Type(); t != nil && (t.Kind() == types.ListKind || t.Kind() == types.MapKind || isAny(t)) {
		return &cost.SizeEstimate{Max: assumedList}
	}
	return &cost.SizeEstimate{Max: assumedText}
}

// EstimateCallCost knows our own functions: they go over their texts once, and
// what they make is bounded.
func (sizes) EstimateCallCost(function, _ string, target *cost.AstNode, args []cost.AstNode) *cost.CallEstimate {
	if function == "string" || ownFunctions[function] {
		return cost.NewCallEstimate(cost.RangedCostEstimate(1, assumedText/10), &cost.SizeEstimate{Max: assumedText})
	}
	if function == "format" && target != nil && len(args) == 1 {
		texts, most := cost.EstimateSize(sizes{}, args[0]), uint64(assumedText)
		if texts.Elem != nil {
			most = texts.Elem.Max
		}
		size := cost.SafeAdd(cost.EstimateSize(sizes{}, *target).Max, cost.SafeMultiply(texts.Max, most))
		return cost.NewCallEstimate(cost.RangedCostEstimate(1, max(1, size/4)), &cost.SizeEstimate{Max: size})
	}
	return nil
}

// syntaxError reports the first syntax error: those that follow are its echo.
func syntaxError(c *rulefile.Expr, issues *cel.Issues, rep *rulefile.Report) {
	list := issues.Errors()
	if len(list) == 0 {
		rep.Add(c.Place(0), "", "%s", rulefile.Printable(issues.Err().Error()))
		return
	}
	e := list[0]
	at := offsetIn(c.Text, e.Location.Line(), e.Location.Column())
	msg, hint := tidy(e.Message)
	if s, ok := slipAt(c.Text, at); ok && syntaxErr.MatchString(e.Message) && hint == "" {
		at, msg, hint = s.at, "syntax error: "+s.msg, s.hint
	}
	rep.Add(c.Place(at), hint, "%s", msg)
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
	maybe      = regexp.MustCompile(`optional_type\((\w+)\)`)
	limits     = regexp.MustCompile(`limit exceeded|exceeds limit|recursion depth`)
	rowType    = regexp.MustCompile(`cdc\.row @?[\w @]+`)
)

// vocabulary is what an expression may say, for suggestions.
var vocabulary = []string{
	"op", "before", "after", "row", "key", "source", "transaction", "value", "ts", "topic", "changed", "old",
	"is_insert", "is_update", "is_delete", "is_snapshot", "is_truncate", "coalesce",
	"decimal", "has", "size", "matches", "contains", "startsWith", "endsWith",
	"int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration", "dyn", "type",
	"true", "false", "null", "in", "all", "exists", "exists_one", "map", "filter",
	"orValue", "hasValue", "optMap", "optFlatMap", "lowerAscii", "upperAscii", "replace", "split", "join", "substring", "trim",
	"indexOf", "lastIndexOf", "charAt", "format", "reverse",
	"sha256", "sha512", "md5", "hmac_sha256", "hmac_sha512", "mask", "json", "to_json", "uuid5",
	"format_time", "parse_time", "date", "unix_ms", "from_unix_ms",
}

// elsewhere are names that other languages have for things of this one.
var elsewhere = map[string]string{
	"now": "the clock isn't read: ts is when the row changed", "current_timestamp": "the clock isn't read: ts is when the row changed",
	"lower": "write text.lowerAscii()", "upper": "write text.upperAscii()", "length": "write size(text)", "len": "write size(text)",
	"substr": "write text.substring(from, to)", "concat": "write a + b", "ifnull": "write coalesce(a, b)", "nvl": "write coalesce(a, b)",
	"not": "write ! before what is denied: !(...)", "NOT": "write ! before what is denied: !(...)",
	"hmac": `write hmac_sha256(text, "VARIABLE")`, "NULL": "write null", "nil": "write null", "None": "write null",
	"header": "an event has no headers yet", "schema": "write source.schema", "table": "write source.table",
}

// endWords say what CEL's parser calls <EOF>.
var endWords = strings.NewReplacer("mismatched input '<EOF>'", "it ends too early", "'<EOF>'", "the end of the expression")

// tidy puts a message of CEL in our words, with a hint if there is one.
func tidy(msg string) (text, hint string) {
	if limits.MatchString(msg) {
		return "the expression is too long or nested too deep", "it has at most 4096 characters, 1000 parts and 60 levels"
	}
	if m := undeclared.FindStringSubmatch(msg); m != nil {
		hint := elsewhere[m[1]]
		if hint == "" {
			hint = rulefile.DidYouMean(m[1], vocabulary)
		}
		if hint == "" {
			hint = "a column is written after." + rulefile.Printable(m[1]) + " or before." + rulefile.Printable(m[1])
		}
		return "an expression knows no " + quote(m[1]), hint
	}
	if m := unknown.FindStringSubmatch(msg); m != nil {
		return "no field " + quote(m[1]) + " here", ""
	}
	if m := noOverload.FindStringSubmatch(msg); m != nil {
		name := strings.Trim(m[1], "_@")
		if name == "?_:" {
			name = "? :"
		}
		return quote(name) + " can't be applied to " + spellType(m[2]), overloadHint(name, m[2])
	}
	if strings.Contains(msg, "at: '= '") || strings.Contains(msg, "at: '='") {
		return "syntax error: a single =", "write == to compare"
	}
	if m := expecting.FindStringSubmatch(msg); m != nil {
		return "syntax error: " + rulefile.Printable(endWords.Replace(m[1])), ""
	}
	if m := syntaxErr.FindStringSubmatch(msg); m != nil {
		return "syntax error: " + rulefile.Printable(endWords.Replace(m[1])), ""
	}
	return rulefile.Printable(msg), ""
}

func quote(s string) string { return `"` + rulefile.Printable(s) + `"` }

// spellType says a list of CEL types in fewer words.
func spellType(s string) string {
	s = rowType.ReplaceAllString(nullable.ReplaceAllString(s, "$1"), "a row")
	s = maybe.ReplaceAllString(s, "optional $1")
	if m := method.FindStringSubmatch(s); m != nil {
		s = m[1] + ", " + m[2]
	}
	s = strings.ReplaceAll(s, "null_type", "null")
	if strings.HasPrefix(s, "(") {
		s = strings.TrimSuffix(s[1:], ")")
	}
	return s
}

// overloadHint says how the usual wrong pairs of types are compared.
func overloadHint(function, args string) string {
	if strings.Contains(args, "optional_type") {
		return "write .orValue(...) behind what has .?"
	}
	switch {
	case function == "coalesce":
		return "all have one type: write string(...) around the others"
	case strings.Contains(args, composedType.TypeName()):
		return "such a column can be compared with null or with itself, and taken as it is"
	case strings.Contains(function, "sha") || function == "md5" || function == "mask" || function == "json" || function == "uuid5":
		return "write string(...) around it"
	}
	if function == "? :" && strings.Contains(args, "null") {
		return "write optional.none() for it, and optional.of(...) around the other"
	}
	has := func(t string) bool { return slices.Contains(strings.Split(spellType(args), ", "), t) }
	if has("decimal") && has("double") {
		return "a decimal is exact: write double(...) around it, or decimal(\"0.1\") for the number"
	}
	if !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "in"}, function) {
		return ""
	}
	switch {
	case has("timestamp") && has("string"):
		return `write timestamp("2026-01-31T00:00:00Z")`
	case has("duration") && has("string"):
		return `write duration("8h30m")`
	case has("decimal") && has("string"):
		return `write decimal("12.50")`
	case has("string") && (has("int") || has("uint") || has("double")):
		return "numbers stand without quotes, text with them"
	case has("int") && has("uint"):
		return "write int(...) around the unsigned one"
	case has("double") && (has("int") || has("uint")):
		return "write double(...) around the whole number"
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
