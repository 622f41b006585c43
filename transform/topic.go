package transform

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// defaultTopic is the name of the topic of a table when no rule says another:
// the prefix, database or schema, and table, with the delimiter between those
// that aren't empty, made legal as Debezium makes it. The names of the schemas
// begin with the same text.
func (o Options) defaultTopic(s *event.Schema) string {
	parts := make([]string, 0, 3)
	for _, p := range []string{o.Prefix, s.Space(), s.Table} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return rulefile.SanitizeTopic(strings.Join(parts, o.delimiter()))
}

// topicNames counts the topics that the template of a rule has made, for all tables.
type topicNames struct {
	limit int
	round atomic.Uint32 // how often they were forgotten
	mu    sync.Mutex
	names map[string]bool // guarded by mu
}

// defaultTopicLimit bounds the topics of a rule that doesn't say how many.
const defaultTopicLimit = 1000

// take reports whether one more topic is allowed.
func (n *topicNames) take(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	limit := n.limit
	if limit <= 0 {
		limit = defaultTopicLimit
	}
	if n.names[name] {
		return true
	}
	if len(n.names) >= limit {
		return false
	}
	if n.names == nil {
		n.names = map[string]bool{}
	}
	n.names[name] = true
	return true
}

// forget lets the names be made anew.
func (n *topicNames) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names != nil {
		n.names = nil
		n.round.Add(1)
	}
}

// Forget drops the topics that rows have made, which count for topic_limit: the next
// rows find the rules as if they were the first.
func (p *Program) Forget() {
	for _, r := range p.rules {
		r.topics.forget()
	}
}

// topics finds the targets of a template, by the text that it makes. It is safe for
// concurrent use, and doesn't allocate for a text that it has seen.
type topics struct {
	parts []topicPart
	make  func(text string) (event.Target, error)
	rule  *rule
	known atomic.Pointer[foundTopics]
	mu    sync.Mutex // held while a target is made
	bind  func(event.Target) *event.Target
}

// foundTopics are the targets by their texts, for as long as the rule knows their names.
type foundTopics struct {
	round   uint32
	targets map[string]*event.Target
}

// found returns what is known and wasn't forgotten.
func (t *topics) found() map[string]*event.Target {
	if known := t.known.Load(); known != nil && known.round == t.rule.topics.round.Load() {
		return known.targets
	}
	return nil
}

// topicPart is a text, or an expression that gives one.
type topicPart struct {
	text  string
	value expr.Value
	pair  bool // it sees an update as a whole
}

var (
	errTopicNull  = values.NewFault("a part of the name of the topic is NULL", "write what then: ${row.?column.orValue(\"none\")}")
	errTopicEmpty = values.NewFault("the name of the topic is empty", "")
	errTopicMany  = values.NewFault("more topics than topic_limit allows", "raise topic_limit, or take a column with fewer values")
)

// choose makes the name for a row and finds its target.
func (t *topics) choose(x *exec, _ int32) (*event.Target, error) {
	text := x.scratch[:0]
	for i := range t.parts {
		p := &t.parts[i]
		if p.value == nil {
			text = append(text, p.text...)
			continue
		}
		r := &x.row
		if p.pair {
			r = &x.pair
		}
		v, err := p.value(x.b, r)
		if err != nil {
			return nil, err
		}
		if v.Kind() <= event.KindNull {
			return nil, errTopicNull
		}
		if text, err = values.AppendText(text, x.b.Arena, v, plainType); err != nil {
			return nil, err
		}
	}
	x.scratch = text
	return t.find(text)
}

// plainType has no precision of its own.
var plainType = &event.Type{Precision: -1}

// find returns the target for a text.
func (t *topics) find(text []byte) (*event.Target, error) {
	if target := t.found()[string(text)]; target != nil {
		return target, nil
	}
	if len(text) == 0 {
		return nil, errTopicEmpty
	}
	return t.add(string(text))
}

func (t *topics) add(text string) (*event.Target, error) {
	round := t.rule.topics.round.Load()
	target, err := t.make(text)
	if err != nil {
		return nil, err
	}
	if !t.rule.topics.take(target.Topic) {
		return nil, errTopicMany
	}
	made := t.bind(target)
	t.mu.Lock()
	defer t.mu.Unlock()
	grown := map[string]*event.Target{text: made}
	known := t.found()
	if len(known) >= maxTexts {
		return made, nil // texts that only differ in what isn't legal in a name
	}
	maps.Copy(grown, known)
	t.known.Store(&foundTopics{round, grown})
	return made, nil
}

// maxTexts bounds the texts whose topics are kept.
const maxTexts = 1 << 14

func topicPlace(r *rule) rulefile.Place {
	switch {
	case r.Topic != nil:
		return r.Topic.At
	case r.Outbox != nil:
		return r.Outbox.At
	default:
		return r.At
	}
}
