package transform

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// Program is a set of rules, ready to be bound to tables.
type Program struct {
	opts     Options
	lang     *expr.Language
	rules    []*rule
	counters []counter // of the rules, in their order
	fallback bool      // rows of tables that no rule names pass
	fallAt   rulefile.Place
	hash     string
	headers  *[]event.Header // that all records carry; nil for none
	secrets  *secrets
	plans    event.Cache[*event.Schema, *plan]
	targets  event.Cache[event.Target, *event.Target]
	execs    sync.Pool // of *exec
	topicUse topicUse  // of the tables that the rules were bound to
	log      atomic.Pointer[func(Note)]
}

// Load reads and checks rule files. The rules of all files make one list, in
// the order of the files. The error joins all that is wrong, each an *Error.
func Load(files []string, o Options) (*Program, error) {
	sources := make([]*rulefile.Source, 0, len(files))
	var bad []error
	for _, name := range files {
		src, err := rulefile.ReadSource(name)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		sources = append(sources, src)
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	return Parse(sources, o)
}

// PassAll is the program without rules: every row leaves as a whole, in an
// envelope, to <prefix>.<database or schema>.<table>.
func PassAll(o Options) *Program {
	return newProgram(o, nil, true)
}

// Parse is Load for rule files that are in memory.
func Parse(sources []*rulefile.Source, o Options) (*Program, error) {
	var rep rulefile.Report
	files := make([]*rulefile.File, len(sources))
	for i, src := range sources {
		files[i] = rulefile.Parse(src, &rep)
	}
	if err := rep.Err(); err != nil {
		return nil, err
	}
	return New(files, o)
}

// New makes a program of rule files that have been read.
func New(files []*rulefile.File, o Options) (*Program, error) {
	s := newSecrets(files, o)
	lang, err := expr.NewLanguage(expr.Options{Now: o.Now, Secret: s.env})
	if err != nil {
		return nil, err
	}
	var rep rulefile.Report
	var list []*rulefile.Rule
	for _, f := range files {
		list = append(list, f.Rules...)
	}
	fallback := agree(files, &rep)
	o.DeadLetterTopic = deadLetterTopic(files, o, &rep)
	rules := prepare(list, s, &rep)
	checkRules(lang, rules, &rep)
	for _, r := range list {
		checkMetadata(lang, o.Connector, r, &rep)
	}
	if o.Schemas {
		checkOmission(list, &rep)
	}
	if err := rep.Err(); err != nil {
		return nil, err
	}
	p := newProgram(o, rules, fallback == nil || fallback.Pass)
	p.lang, p.secrets = lang, s
	if fallback != nil {
		p.fallAt = fallback.At
	}
	return p, nil
}

// agree returns what the files say of tables that no rule names.
func agree(files []*rulefile.File, rep *rulefile.Report) (fallback *rulefile.Choice) {
	for _, f := range files {
		if f.Default == nil {
			continue
		}
		if fallback != nil && fallback.Pass != f.Default.Pass {
			rep.Add(f.Default.At, "all files of a pipeline are one list of rules", `"default" says something else at %s`, fallback.At)
		}
		fallback = f.Default
	}
	return fallback
}

// checkRules checks what needs all rules, and the conditions.
func checkRules(lang *expr.Language, rules []*rule, rep *rulefile.Report) {
	names := map[string]rulefile.Place{}
	for _, r := range rules {
		if first, ok := names[r.Name]; ok {
			rep.Add(r.At, "", "another rule is called %q: %s", rulefile.Printable(r.Name), first)
			continue
		}
		names[r.Name] = r.At
		if r.When != nil {
			checkCondition(lang, r, rep)
		}
		checkOutputs(lang, r.Rule, rep)
	}
}

// checkOmission refuses to leave fields out of values that carry schemas.
func checkOmission(rules []*rulefile.Rule, rep *rulefile.Report) {
	for _, r := range rules {
		if r.OmitNulls {
			rep.Add(r.OmitNullsAt, "write json (format), or take it out", "rule %q leaves fields out that are NULL, and the values of this pipeline carry schemas, which have all fields", rulefile.Printable(r.Name))
		}
	}
}

// checkCondition checks a condition as far as that goes without a table, and
// refuses one that would stop the pipeline at the first row of some operation.
func checkCondition(lang *expr.Language, r *rule, rep *rulefile.Report) {
	c := lang.Check(r.When, nil, rep)
	if c == nil {
		return
	}
	for i, op := range rulefile.Ops {
		if !r.On.Has(i) {
			continue
		}
		if f := c.Fails(op); f != nil {
			rep.Add(f.At, advice(i, r.Rule),
				"%s has no image %s, so %s would stop the pipeline at the first one", article(rulefile.OpWords[i]), f.Image, f.Read)
			return
		}
	}
	r.facts = c.Facts(rulefile.Ops[:], r.On.Has)
}

// advice says how a condition is kept from rows of an operation.
func advice(op int, r *rulefile.Rule) string {
	return fmt.Sprintf("write op != %q && ..., or take %s out of \"on\" (now: %s)", string(rulefile.Ops[op]), rulefile.OpWords[op], r.On)
}

func article(op string) string {
	switch op {
	case "insert", "update":
		return "an " + op
	case "snapshot":
		return "a snapshot row"
	default:
		return "a " + op
	}
}

func newProgram(o Options, rules []*rule, fallback bool) *Program {
	p := &Program{opts: o, rules: rules, counters: make([]counter, len(rules)), fallback: fallback}
	h := sha256.New()
	fmt.Fprintf(h, "rules 1 prefix %q default %t\n", o.Prefix, fallback)
	o.write(h)
	for _, r := range rules {
		r.Write(h)
		if r.OnError == rulefile.OnErrorDeadLetter {
			fmt.Fprintf(h, "dead letters %q\n", o.DeadLetterTopic)
		}
	}
	p.hash = hex.EncodeToString(h.Sum(nil)[:8])
	if o.RulesHeader != "" {
		p.headers = &[]event.Header{{Key: o.RulesHeader, Value: []byte(p.hash)}}
	}
	p.Tell(o.Log)
	p.plans.Compile = p.bind
	p.targets.Compile = func(t event.Target) (*event.Target, error) { return &t, nil }
	return p
}

// Tell lets log know what an operator should know of rows, some times a minute at
// most, as Options.Log does; nil for nobody.
func (p *Program) Tell(log func(Note)) { p.log.Store(&log) }

// Hash names what the rules mean: comments and layout don't change it.
func (p *Program) Hash() string { return p.hash }

// Select implements event.Selector. An error joins all that hinders the rules
// of this table version, each an *Error.
func (p *Program) Select(s *event.Schema) (want []bool, ok bool, err error) {
	pl, err := p.plans.Get(s)
	if err != nil {
		return nil, false, err
	}
	return pl.want, pl.want != nil, nil
}

// Generation is 0: a program by itself is never swapped.
func (p *Program) Generation() uint32 { return 0 }

// Newest returns p.
func (p *Program) Newest() event.Selector { return p }

// Check binds the rules to a table and returns what is wrong, as Select does.
func (p *Program) Check(s *event.Schema) error {
	_, _, err := p.Select(s)
	return err
}
