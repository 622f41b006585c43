package expr

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Bounds of a condition.
const (
	maxCondition = 4 << 10 // characters
	maxNodes     = 1000
	maxNesting   = 60
	// maxCost bounds what the worst row may cost, in CEL's unit (about one
	// simple operation), with texts of assumedText characters. It is computed
	// when the rule is read: a limit that counts while it runs would treble the
	// time of every row.
	maxCost     = 100_000
	assumedText = 4096
)

// rowKind is what a condition reads of a row.
type rowKind uint8

const (
	rowBefore  rowKind = iota // a column of the image before
	rowAfter                  // a column of the image after
	rowOld                    // old("column")
	rowChanged                // changed("column")
	rowMissing                // before == null, after == null
	rowSource                 // source.table and so on
)

// variables are the names by which conditions read a row. Those with an @ can't
// be written: calls of old and changed, and comparisons with null, are turned
// into fields of them, so that all reads look the same.
var variables = []string{"before", "after", "@old", "@changed", "@missing", "source"}

// sourceFields are the fields of source.
var sourceFields = []string{"table", "db", "schema"}

// Language is the vocabulary of conditions: CEL with our types and functions.
type Language struct {
	opts     Options
	base     *cel.Env
	registry *types.Registry
	// offline knows the tables' columns no better than that they may exist.
	offline *cel.Env
}

// NewLanguage sets CEL up; it takes some milliseconds.
func NewLanguage(o Options) (*Language, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	opts := []cel.EnvOption{
		cel.CustomTypeAdapter(registry),
		cel.Variable("op", cel.StringType),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.EnableIdentifierEscapeSyntax(),
		cel.ParserExpressionSizeLimit(maxCondition),
		cel.ParserRecursionLimit(maxNesting),
		cel.ExpressionNodeLimit(maxNodes),
	}
	for _, v := range variables {
		opts = append(opts, cel.Variable(v, cel.ObjectType(typeName(v))))
	}
	base, err := cel.NewEnv(append(opts, decimalOptions()...)...)
	if err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	l := &Language{opts: o, base: base, registry: registry}
	l.offline, err = l.with(offlineField)
	if err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	return l, nil
}

// with returns the Language with the given fields of rows.
func (l *Language) with(field fieldFunc) (*cel.Env, error) {
	return l.base.Extend(cel.CustomTypeProvider(rowTypes{Provider: l.registry, field: field}))
}

func typeName(variable string) string { return "cdc.row " + variable }

// fieldFunc gives the type of a field of a variable, and how it is read.
type fieldFunc func(kind rowKind, name string) (*types.FieldType, bool)

// rowTypes tells CEL about the variables that stand for a row.
type rowTypes struct {
	types.Provider
	field fieldFunc
}

func (p rowTypes) FindStructType(name string) (*types.Type, bool) {
	if _, ok := kindOf(name); ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p rowTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if kind, ok := kindOf(name); ok {
		return p.field(kind, field)
	}
	return p.Provider.FindStructFieldType(name, field)
}

func kindOf(typ string) (rowKind, bool) {
	for i, v := range variables {
		if typeName(v) == typ {
			return rowKind(i), true
		}
	}
	return 0, false
}

// offlineField takes every column to exist, with any type.
func offlineField(kind rowKind, _ string) (*types.FieldType, bool) {
	t := types.DynType
	switch kind {
	case rowChanged, rowMissing:
		t = types.BoolType
	case rowSource:
		t = types.StringType
	default: // a column
	}
	return readable(t, func(any) (any, error) { return nil, errNoRow }), true
}

// readable makes a field type whose value is got by get. A row always has all
// its columns, so a field is always set.
func readable(t *types.Type, get func(any) (any, error)) *types.FieldType {
	return &types.FieldType{Type: t, IsSet: func(any) bool { return true }, GetFrom: get}
}

var errNoRow = fmt.Errorf("a condition was evaluated without a row")

// decimalOptions declare the type decimal, its constructor and its comparisons.
// Equality is built in.
func decimalOptions() []cel.EnvOption {
	opts := []cel.EnvOption{
		cel.Function("decimal",
			cel.Overload("decimal_string", []*cel.Type{cel.StringType}, decimalType, cel.UnaryBinding(decimalOf)),
			cel.Overload("decimal_int", []*cel.Type{cel.IntType}, decimalType, cel.UnaryBinding(decimalOf)),
			cel.Overload("decimal_uint", []*cel.Type{cel.UintType}, decimalType, cel.UnaryBinding(decimalOf)),
		),
	}
	for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		name, _ := operators.FindReverse(op)
		opts = append(opts, cel.Function(op, cel.Overload("decimal "+name, []*cel.Type{decimalType, decimalType}, cel.BoolType)))
	}
	return opts
}

func decimalOf(v ref.Val) ref.Val {
	var text string
	switch v := v.(type) {
	case types.String:
		text = string(v)
	case types.Int:
		text = fmt.Sprint(int64(v))
	case types.Uint:
		text = fmt.Sprint(uint64(v))
	default:
		return types.MaybeNoSuchOverloadErr(v)
	}
	d, ok := parseDecimal(text)
	if !ok {
		return types.WrapErr(errNotDecimal)
	}
	return d
}
