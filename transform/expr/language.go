package expr

import (
	"fmt"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// Bounds of an expression.
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
	// maxGrowth bounds how often macros may repeat what goes through them.
	maxGrowth = 10_000
	// maxRead bounds the texts that the interpreter reads, since costs are worked
	// out for short ones.
	maxRead   = 8 << 20
	maxRegexp = 2000    // instructions of a compiled pattern
	maxText   = 1 << 20 // bytes of a text that an expression makes
	// maxRowCost bounds what an expression with loops over the values of a row may
	// cost, counted while it runs.
	maxRowCost = 2_000_000
)

// Language is the vocabulary of expressions: CEL with our types and functions.
type Language struct {
	opts     Options
	now      func() time.Time
	base     *cel.Env
	registry *types.Registry
	// offline knows the tables' columns no better than that they may exist.
	offline *cel.Env
	// secrets are those that checked expressions name.
	mu      sync.RWMutex
	secrets map[string][]byte
}

// NewLanguage sets CEL up; it takes some milliseconds.
func NewLanguage(o Options) (*Language, error) {
	l := &Language{opts: o, now: o.Now, secrets: map[string][]byte{}}
	if l.now == nil {
		l.now = time.Now
	}
	var err error
	if l.registry, err = types.NewRegistry(); err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	opts := []cel.EnvOption{
		cel.CustomTypeAdapter(l.registry),
		cel.Variable("op", cel.StringType),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.EnableIdentifierEscapeSyntax(),
		cel.ParserExpressionSizeLimit(maxCondition),
		cel.ParserRecursionLimit(maxNesting),
		cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxRegexp),
		cel.OptionalTypes(),
		ext.Strings(ext.StringsVersion(5)), ext.Math(ext.MathVersion(2)), ext.Encoders(ext.EncodersVersion(0)),
	}
	for k := range variables {
		for m := range manners {
			name := variableOf(rowKind(k), manner(m))
			opts = append(opts, cel.Variable(name, cel.ObjectType(typeName(name))))
		}
	}
	opts = append(append(opts, decimalOptions()...), l.helpers()...)
	if l.base, err = cel.NewEnv(opts...); err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	if l.offline, err = l.with(nil); err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	return l, nil
}

// env returns the Language for a table, or offline with nil.
func (l *Language) env(t *Table) (*cel.Env, error) {
	if t == nil {
		return l.offline, nil
	}
	if t.env == nil {
		var err error
		if t.env, err = l.with(t); err != nil {
			return nil, err
		}
	}
	return t.env, nil
}

func (l *Language) with(t *Table) (*cel.Env, error) {
	return l.base.Extend(cel.CustomTypeProvider(rowTypes{Provider: l.registry, lang: l, table: t}))
}

// rowTypes tells CEL about the variables that stand for a row.
type rowTypes struct {
	types.Provider
	lang  *Language
	table *Table
}

func (p rowTypes) FindStructType(name string) (*types.Type, bool) {
	if _, _, ok := kindOf(name); ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p rowTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if kind, m, ok := kindOf(name); ok {
		return p.lang.field(p.table, kind, m, field)
	}
	return p.Provider.FindStructFieldType(name, field)
}

// readable makes a field type whose value is got by get. A row always has all
// its columns, so a field is always set.
func readable(t *types.Type, get func(any) (any, error)) *types.FieldType {
	return &types.FieldType{Type: t, IsSet: func(any) bool { return true }, GetFrom: get}
}

var errNoRow = fmt.Errorf("an expression was evaluated without a row")
