package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"cdc/transform/rulefile"
)

// opTests are the functions that ask for the operation.
var opTests = map[string]string{
	"is_insert": "c", "is_update": "u", "is_delete": "d", "is_snapshot": "r", "is_truncate": "t",
}

func (w *rewriter) call(e ast.Expr) {
	c := e.AsCall()
	args := c.Args()
	switch name := c.FunctionName(); {
	case (name == "changed" || name == "old") && !c.IsMemberFunction():
		w.function(e, name, args)
	case name == operators.Index && len(args) == 2:
		w.index(e, args[0], args[1])
	case (name == operators.OptSelect || name == operators.OptIndex) && len(args) == 2:
		w.optional(e, args[0], args[1])
	case (name == operators.Equals || name == operators.NotEquals) && len(args) == 2 && w.nullTest(e, name, args):
	case opTests[name] != "" && !c.IsMemberFunction():
		w.opTest(e, name, args)
	case name == "coalesce" && !c.IsMemberFunction():
		w.coalesce(e, args)
	case bounded[name] != "" && c.IsMemberFunction():
		w.children(e)
		e.SetKindCase(w.f.NewMemberCall(e.ID(), bounded[name], c.Target(), args...))
	default:
		w.children(e)
		w.literals(name, args)
	}
}

func isText(e ast.Expr) bool {
	return e.Kind() == ast.LiteralKind && e.AsLiteral().Type() == types.StringType
}

func (w *rewriter) function(e ast.Expr, name string, args []ast.Expr) {
	if len(args) != 1 || !isText(args[0]) {
		w.refuse(e, "write "+name+`("status")`, "%s takes the name of a column, in quotes", name)
		return
	}
	column := textOf(args[0])
	w.reads[e.ID()] = read{kind: kindOfVariable("@" + name), name: column, offset: w.offset(args[0]) + 1}
	e.SetKindCase(w.f.NewSelect(e.ID(), w.f.NewIdent(w.newID(e.ID()), "@"+name), column))
}

func (w *rewriter) index(e, operand, key ast.Expr) {
	w.debezium(operand)
	name, ok := rowIdent(operand)
	if !ok {
		w.children(e)
		return
	}
	if !isText(key) {
		w.refuse(key, `write `+name+`["column"]`, "the name of a column must be written out, in quotes")
		return
	}
	column := textOf(key)
	w.reads[e.ID()] = read{kind: kindOfVariable(name), name: column, offset: w.offset(key) + 1}
	w.checkField(e)
	e.SetKindCase(w.f.NewSelect(e.ID(), operand, column))
}

// optional looks at x.?name and x[?"name"].
func (w *rewriter) optional(e, operand, key ast.Expr) {
	w.debezium(operand)
	name, ok := rowIdent(operand)
	switch {
	case !ok:
		w.children(e)
		return
	case !isText(key):
		w.refuse(key, `write `+name+`[?"column"]`, "the name of a column must be written out, in quotes")
		return
	}
	column := textOf(key)
	k := kindOfVariable(name)
	w.reads[e.ID()] = read{kind: k, manner: optional, name: column, offset: w.offset(key)}
	w.checkField(e)
	e.SetKindCase(w.f.NewSelect(e.ID(), w.f.NewIdent(w.newID(e.ID()), variableOf(k, optional)), column))
}

func (w *rewriter) opTest(e ast.Expr, name string, args []ast.Expr) {
	if len(args) != 0 {
		w.refuse(e, "write "+name+"()", "%s takes nothing", name)
		return
	}
	op := w.f.NewIdent(w.newID(e.ID()), "op")
	e.SetKindCase(w.f.NewCall(e.ID(), operators.Equals, op, w.f.NewLiteral(w.newID(e.ID()), types.String(opTests[name]))))
}

// coalesce takes two arguments at a time. A column of an image that isn't there
// is NULL in it.
func (w *rewriter) coalesce(e ast.Expr, args []ast.Expr) {
	if len(args) < 2 {
		w.refuse(e, `write coalesce(after.a, after.b, "none")`, "coalesce takes two values or more")
		return
	}
	for _, a := range args {
		w.walk(a)
		if r, ok := w.reads[a.ID()]; ok && r.kind <= rowKey && r.manner == strict {
			r.manner = lenient
			w.reads[a.ID()] = r
			a.SetKindCase(w.f.NewSelect(a.ID(), w.f.NewIdent(w.newID(a.ID()), variableOf(r.kind, lenient)), r.name))
		}
	}
	last := args[len(args)-1]
	for _, a := range slices.Backward(args[1 : len(args)-1]) {
		last = w.f.NewCall(w.newID(e.ID()), "coalesce", a, last)
	}
	e.SetKindCase(w.f.NewCall(e.ID(), "coalesce", args[0], last))
}

// literals checks arguments that must be written out, or are when they are used
// as they should.
func (w *rewriter) literals(name string, args []ast.Expr) {
	switch {
	case name == "decimal" && len(args) == 1 && isText(args[0]):
		if _, ok := parseDecimal(textOf(args[0])); !ok {
			w.refuse(args[0], `for example decimal("12.50")`, "not a decimal number")
		}
	case name == "matches":
		w.pattern(args)
	case (name == "hmac_sha256" || name == "hmac_sha512") && len(args) == 2:
		w.secret(args[1])
	case (name == "format_time" || name == "parse_time") && len(args) == 2:
		w.layout(args[1])
	case name == "uuid5" && len(args) == 2 && isText(args[0]):
		if _, ok := namespaceOf(textOf(args[0])); !ok {
			w.refuse(args[0], "dns, url, oid, x500, or a UUID", "not a namespace of UUIDs")
		}
	}
}

// maxPattern bounds the text of a regular expression.
const maxPattern = 1000

// pattern checks the regular expression of matches, which is its last argument.
func (w *rewriter) pattern(args []ast.Expr) {
	if len(args) == 0 {
		return
	}
	p := args[len(args)-1]
	switch {
	case !isText(p):
		w.refuse(p, `for example after.code.matches("^A[0-9]+$")`, "a regular expression must be written out, in quotes")
	case len(textOf(p)) > maxPattern:
		w.refuse(p, "", "the regular expression is longer than %d characters", maxPattern)
	default:
		if err := checkPattern(textOf(p)); err != nil {
			w.refuse(p, "RE2 has no look-around and no back references", "not a regular expression: %s", rulefile.Printable(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		}
	}
}

// secret finds the secret that an HMAC names.
func (w *rewriter) secret(name ast.Expr) {
	if !isText(name) {
		w.refuse(name, `for example hmac_sha256(after.email, "PII_KEY")`, "the name of the secret's variable must be written out, in quotes")
		return
	}
	if err := w.lang.learnSecret(textOf(name)); err != "" {
		w.refuse(name, "set the variable of the environment "+rulefile.Printable(textOf(name)), "%s", err)
	}
}

func (w *rewriter) layout(e ast.Expr) {
	if !isText(e) {
		w.refuse(e, `for example "%Y-%m-%d %H:%M:%S"`, "the layout of a time must be written out, in quotes")
		return
	}
	if bad := badLayout(textOf(e)); bad != "" {
		w.refuse(e, "it has "+layoutHelp, "a layout has no %q", rulefile.Printable(bad))
	}
}
