package expr

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

var (
	errNoNumber   = &Error{msg: "NaN and the infinities can't be calculated with or converted", mend: "test the column first"}
	errTooLong    = &Error{msg: "a decimal has too many digits to be calculated with"}
	errWholeRange = &Error{msg: "a decimal is too large for a whole number"}
)

// maxBits bounds the numbers that are calculated with: a result is no longer than
// its operands together, but a chain of multiplications would be.
const maxBits = 1 << 15

// decimalOperators are those that take decimals, also beside whole numbers; and
// == and != do, which the type checker knows nothing of.
var decimalOperators = []string{
	operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
	operators.Add, operators.Subtract, operators.Multiply, looseEqual, looseUnequal,
}

// looseEqual and looseUnequal stand for == and != while it is found out what is
// compared with what.
const looseEqual, looseUnequal = "@equal", "@unequal"

// decimalOptions declare the type decimal, its constructor, comparisons,
// arithmetic and conversions. Whole numbers beside decimals are only known to the
// type checker: rewriter.mixed turns them into decimals.
func decimalOptions() []cel.EnvOption {
	one := func(t *cel.Type) []*cel.Type { return []*cel.Type{t} }
	opts := []cel.EnvOption{
		cel.Function("decimal",
			cel.Overload("decimal_string", one(cel.StringType), decimalType, cel.UnaryBinding(decimalOf)),
			cel.Overload("decimal_int", one(cel.IntType), decimalType, cel.UnaryBinding(decimalOf)),
			cel.Overload("decimal_uint", one(cel.UintType), decimalType, cel.UnaryBinding(decimalOf)),
			cel.Overload("decimal_decimal", one(decimalType), decimalType, cel.UnaryBinding(decimalOf)),
		),
		cel.Function(asDecimal,
			cel.Overload("as_decimal_any", one(cel.DynType), decimalType, cel.UnaryBinding(decimalOrNull))),
		cel.Function("string", cel.Overload("decimal_to_string", one(decimalType), cel.StringType, cel.UnaryBinding(to(types.StringType)))),
		cel.Function("double", cel.Overload("decimal_to_double", one(decimalType), cel.DoubleType, cel.UnaryBinding(to(types.DoubleType)))),
		cel.Function("int", cel.Overload("decimal_to_int", one(decimalType), cel.IntType, cel.UnaryBinding(to(types.IntType)))),
	}
	two := []*cel.Type{cel.DynType, cel.DynType}
	opts = append(opts,
		cel.Function(looseEqual, cel.Overload("loose_equal", two, cel.BoolType)),
		cel.Function(looseUnequal, cel.Overload("loose_unequal", two, cel.BoolType)))
	for i, op := range decimalOperators[:7] {
		result := decimalType
		if i < 4 {
			result = cel.BoolType
		}
		for j, pair := range pairsWithDecimal() {
			opts = append(opts, cel.Function(op, cel.Overload("decimal "+op+strconv.Itoa(j), pair, result)))
		}
	}
	return opts
}

func pairsWithDecimal() [][]*cel.Type {
	return [][]*cel.Type{
		{decimalType, decimalType},
		{decimalType, cel.IntType},
		{cel.IntType, decimalType},
		{decimalType, cel.UintType},
		{cel.UintType, decimalType},
	}
}

// asDecimal is what whole numbers beside decimals become. Unlike decimal it takes
// NULL, so that == takes it for a value of its own.
const asDecimal = "@decimal"

// mixed turns whole numbers beside decimals into decimals, and reports whether
// there were any. Types are those of the tree as it is.
func (w *rewriter) mixed(e ast.Expr, typed *ast.AST) bool {
	found := false
	for _, c := range childrenOf(e) {
		found = w.mixed(c, typed) || found
	}
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 || e.AsCall().IsMemberFunction() {
		return found
	}
	if !slices.Contains(decimalOperators, e.AsCall().FunctionName()) {
		return found
	}
	a, b := e.AsCall().Args()[0], e.AsCall().Args()[1]
	return w.toDecimal(b, typed.GetType(a.ID()), typed.GetType(b.ID())) || w.toDecimal(a, typed.GetType(b.ID()), typed.GetType(a.ID())) || found
}

// rename calls the functions of the tree by other names.
func (w *rewriter) rename(e ast.Expr, names map[string]string) {
	for _, c := range childrenOf(e) {
		w.rename(c, names)
	}
	if e.Kind() == ast.CallKind && names[e.AsCall().FunctionName()] != "" {
		e.SetKindCase(w.f.NewCall(e.ID(), names[e.AsCall().FunctionName()], e.AsCall().Args()...))
	}
}

func (w *rewriter) toDecimal(e ast.Expr, beside, own *types.Type) bool {
	if beside.TypeName() != decimalType.TypeName() || own.Kind() != types.IntKind && own.Kind() != types.UintKind {
		return false
	}
	inner := w.f.CopyExpr(e)
	inner.RenumberIDs(w.renumber())
	e.SetKindCase(w.f.NewCall(e.ID(), asDecimal, inner))
	return true
}

// renumber gives new ids to a copied tree, which keeps its places and its reads.
func (w *rewriter) renumber() ast.IDGenerator {
	return func(was int64) int64 {
		id := w.newID(was)
		if r, ok := w.reads[was]; ok {
			w.reads[id] = r
		}
		return id
	}
}

func to(t ref.Type) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val { return v.ConvertToType(t) }
}

func decimalOrNull(v ref.Val) ref.Val {
	if v == types.NullValue {
		return v
	}
	return decimalOf(v)
}

func decimalOf(v ref.Val) ref.Val {
	switch v := v.(type) {
	case decimal:
		return v
	case types.String:
		if d, ok := parseDecimal(string(v)); ok {
			return d
		}
		return types.WrapErr(errNotDecimal)
	case types.Int:
		return decimal{unscaled: int64(v)}
	case types.Uint:
		if v <= math.MaxInt64 {
			return decimal{unscaled: int64(v)}
		}
		return decimal{big: new(big.Int).SetUint64(uint64(v))}
	default:
		return types.MaybeNoSuchOverloadErr(v)
	}
}

// append appends the plain text: -12.50, NaN, Infinity.
func (d decimal) append(p []byte) []byte {
	switch d.special {
	case -1:
		return append(p, "-Infinity"...)
	case 1:
		return append(p, "Infinity"...)
	case 2:
		return append(p, "NaN"...)
	}
	var room [24]byte
	digits := strconv.AppendInt(room[:0], d.unscaled, 10)
	if d.big != nil {
		digits = d.big.Append(room[:0], 10)
	}
	if digits[0] == '-' {
		p, digits = append(p, '-'), digits[1:]
	}
	if d.scale == 0 {
		return append(p, digits...)
	}
	whole := len(digits) - d.scale
	if whole <= 0 {
		p = append(p, "0."...)
		for range -whole {
			p = append(p, '0')
		}
		return append(p, digits...)
	}
	return append(append(append(p, digits[:whole]...), '.'), digits[whole:]...)
}

func (d decimal) double() ref.Val {
	switch d.special {
	case -1, 1:
		return types.Double(math.Inf(int(d.special)))
	case 2:
		return types.Double(math.NaN())
	}
	f, err := strconv.ParseFloat(string(d.append(nil)), 64)
	if err != nil {
		return types.WrapErr(errTooLong)
	}
	return types.Double(f)
}

func (d decimal) whole() ref.Val {
	if d.special != 0 {
		return types.WrapErr(errNoNumber)
	}
	n := d.int()
	if d.scale > 0 {
		n = new(big.Int).Quo(n, shift(big.NewInt(1), d.scale))
	}
	if !n.IsInt64() {
		return types.WrapErr(errWholeRange)
	}
	return types.Int(n.Int64())
}

// Add adds exactly.
func (d decimal) Add(other ref.Val) ref.Val { return d.calculate(other, '+') }

// Subtract subtracts exactly.
func (d decimal) Subtract(other ref.Val) ref.Val { return d.calculate(other, '-') }

// Multiply multiplies exactly.
func (d decimal) Multiply(other ref.Val) ref.Val { return d.calculate(other, '*') }

// small calculates where everything fits an int64.
func (d decimal) small(e decimal, op byte) (n int64, scale int, ok bool) {
	if d.big != nil || e.big != nil {
		return 0, 0, false
	}
	const half = 1 << 31 // products of less don't overflow
	a, b := d.unscaled, e.unscaled
	switch {
	case op == '*':
		return a * b, d.scale + e.scale, a > -half && a < half && b > -half && b < half
	case d.scale != e.scale:
		return 0, 0, false
	case op == '-':
		b = -b
	}
	const most = math.MaxInt64 / 2
	return a + b, d.scale, a > -most && a < most && b > -most && b < most
}

func (d decimal) calculate(other ref.Val, op byte) ref.Val {
	e, ok := other.(decimal)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(other)
	case d.special != 0 || e.special != 0:
		return types.WrapErr(errNoNumber)
	case d.scale+e.scale > maxDigits:
		return types.WrapErr(errTooLong)
	}
	if n, scale, ok := d.small(e, op); ok {
		return decimal{unscaled: n, scale: scale}
	}
	a, b, scale := d.int(), e.int(), max(d.scale, e.scale)
	if op == '*' {
		scale = d.scale + e.scale
	} else {
		a, b = shift(a, scale-d.scale), shift(b, scale-e.scale)
	}
	if a.BitLen()+b.BitLen() > maxBits {
		return types.WrapErr(errTooLong)
	}
	n := new(big.Int)
	switch op {
	case '+':
		n.Add(a, b)
	case '-':
		n.Sub(a, b)
	default:
		n.Mul(a, b)
	}
	if n.IsInt64() {
		return decimal{unscaled: n.Int64(), scale: scale}
	}
	return decimal{big: n, scale: scale}
}
