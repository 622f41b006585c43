package expr

import (
	"fmt"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
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
	maxCost     = 300_000
	assumedText = 4096
	// assumedList is how long the lists of a row are taken to be. Loops over them
	// are counted when they run.
	assumedList = 256
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
	env      *cel.Env
	registry *types.Registry
	counted  map[string]cost.FunctionTracker
	// table is the one whose columns env knows for the moment: making a CEL
	// environment for every table would take most of the time of binding. It is
	// looked at while types are checked and programs are planned, never when they
	// run. nil: offline, where every column may exist.
	binding sync.Mutex
	table   *Table
	// secrets are those that checked expressions name.
	mu      sync.RWMutex
	secrets map[string][]byte
}

// NewLanguage sets CEL up; it takes some milliseconds.
func NewLanguage(o Options) (*Language, error) {
	l := &Language{opts: o, now: o.Now, secrets: map[string][]byte{}, counted: cost.StandardOverloadTrackers()}
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
	// Last, since libraries add types to the registry itself.
	opts = append(opts, cel.CustomTypeProvider(rowTypes{Provider: l.registry, lang: l}))
	if l.env, err = cel.NewEnv(opts...); err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	return l, nil
}

// within calls f while the environment knows the columns of a table.
func (l *Language) within(t *Table, f func(env *cel.Env)) {
	l.binding.Lock()
	defer l.binding.Unlock()
	l.table = t
	f(l.env)
}

// rowTypes tells CEL about the variables that stand for a row.
type rowTypes struct {
	types.Provider
	lang *Language
}

func (p rowTypes) FindStructType(name string) (*types.Type, bool) {
	if _, _, ok := kindOf(name); ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p rowTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if kind, m, ok := kindOf(name); ok {
		return p.lang.field(p.lang.table, kind, m, field)
	}
	return p.Provider.FindStructFieldType(name, field)
}

// readable makes a field type whose value is got by get. A row always has all
// its columns, so a field is always set.
func readable(t *types.Type, get func(any) (any, error)) *types.FieldType {
	return &types.FieldType{Type: t, IsSet: func(any) bool { return true }, GetFrom: get}
}

var errNoRow = fmt.Errorf("an expression was evaluated without a row")
