package transform

import (
	"slices"
	"strings"
	"sync"

	"cdc/event"
	"cdc/transform/rulefile"
)

// topicUse knows what the tables write to topics to which the rules were bound, and
// finds tables whose records don't go together. It is safe for concurrent use.
type topicUse struct {
	mu       sync.Mutex
	topics   map[string]topicUser // guarded by mu
	findings []topicFinding       // guarded by mu
}

// topicUser is the first table that writes to a topic, and how.
type topicUser struct {
	rule  *rule // nil: what no rule takes
	table string
	shape event.Shape
	key   string
	// own: it is the table's default topic. fixed: the rule names it, as it stands.
	own, fixed bool
}

// topicFinding is a topic that two tables share.
type topicFinding struct {
	topic string
	a, b  topicUser
}

// maxFindings bounds what is told of topics.
const maxFindings = 20

// note notes that a table, whose default topic is own, writes to a topic by a rule; nil
// for what no rule takes.
func (u *topicUse) note(r *rule, table, own string, view *event.Schema, t *event.Target) {
	names := make([]string, len(view.Key))
	for i := range view.Key {
		names[i] = view.Key[i].Name
	}
	use := topicUser{rule: r, table: table, shape: t.Shape, key: strings.Join(names, " "), own: t.Topic == own}
	use.fixed = r != nil && r.Topic != nil && r.Reroute == nil && !use.own
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.topics == nil {
		u.topics = map[string]topicUser{}
	}
	first, there := u.topics[t.Topic]
	differ := first.shape != use.shape || first.key != use.key
	switch {
	case !there && len(u.topics) < maxTexts:
		u.topics[t.Topic] = use
	case there && (differ || first.takes(use) || use.takes(first)):
		u.find(topicFinding{topic: t.Topic, a: first, b: use})
	}
}

// takes reports whether a rule names for u what is the default topic of another table.
func (u topicUser) takes(other topicUser) bool { return u.fixed && other.own && u.table != other.table }

func (u *topicUse) find(f topicFinding) {
	known := slices.ContainsFunc(u.findings, func(o topicFinding) bool {
		return o.topic == f.topic && o.a.table == f.a.table && o.b.table == f.b.table
	})
	if !known && len(u.findings) < maxFindings {
		u.findings = append(u.findings, f)
	}
}

// report tells what was found.
func (u *topicUse) report(rep *rulefile.Report) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, f := range u.findings {
		f.report(rep)
	}
}

func (f *topicFinding) report(rep *rulefile.Report) {
	a, b := f.a, f.b
	if a.takes(b) {
		a, b = b, a
	}
	if b.takes(a) {
		tellTaken(b.rule, f.topic, a.table, rep)
		return
	}
	by := b.rule
	if by == nil {
		by = a.rule
	}
	switch {
	case by == nil: // two default topics of the same name: no rule can be blamed
	case a.table == b.table:
		rep.Add(by.At, "give one of them another topic", "records of table %s of different shapes or keys go to topic %q", a.table, f.topic)
	default:
		rep.Add(by.At, "give one of them another topic", "records of tables %s and %s, of different shapes or keys, go to topic %q", a.table, b.table, f.topic)
	}
}
