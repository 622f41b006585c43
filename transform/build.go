package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// build makes the outputs of the rule for all its operations.
func (s *shaping) build() {
	m := &maker{rule: s.rule, width: s.width, keyed: len(s.key) > 0, private: s.changes()}
	s.made = m
	if s.own && m.keyed && s.takesUpdates() {
		m.key = s.watch(s.key)
	}
	s.shownKey = s.tableKey()
	view := s.view(s.columns, s.headers)
	h := halves{noDelete: !s.takes.Has(rulefile.OpIndex(event.OpDelete)) || s.goes.nothing}
	update := s.opts.skipHalves(h)
	m.alone = update.alone
	if s.takesUpdates() {
		var shown []int // by the header of the other half
		if s.shownKey != nil {
			shown = ords(nil, s.shownKey.Columns)
		}
		s.split = true
		m.come = s.half(event.OpCreate, view, update.noCreate, shown...)
		m.gone = s.half(event.OpDelete, s.goneView(view), update.noDelete, append(shown, s.readsOfPairs()...)...)
		s.split = false
		s.ownLeaves(m.come, m.gone)
	}
	for i, op := range rulefile.Ops {
		switch {
		case !s.takes.Has(i):
		case op == event.OpDelete:
			if !s.goes.nothing && !s.silent() {
				m.halves[i] = s.half(op, s.goneView(view), false)
			}
		default:
			m.halves[i] = s.half(op, view, false)
		}
	}
	s.finish(m, view, h)
}

func opIndex(op event.Op) int { return rulefile.OpIndex(op) }

// silent reports whether a delete has neither key nor value.
func (s *shaping) silent() bool {
	return len(s.key) == 0 && s.form != event.ShapeEnvelope && !s.goes.shows && s.rule.Unwrap == nil
}

// finish gives each operation its output.
func (s *shaping) finish(m *maker, view *event.Schema, h halves) {
	plain := s.plain(m, view)
	changes := s.onlyIfChanged()
	for i, op := range rulefile.Ops {
		out := output{view: view, make: m, silent: m.halves[i] == nil}
		if plain {
			out = output{view: view, target: s.directTo(s.goes.form), silent: m.halves[i] == nil, halves: h}
		}
		if op == event.OpUpdate {
			out.changes = changes
			out.compare = s.opts.compared(op, s.schema, s.sources(ords(nil, s.valueColumns())))
		}
		if s.rule.OnError == rulefile.OnErrorDeadLetter {
			out.dead = s.grave()
		}
		s.outs[i] = out
		if s.takes.Has(i) {
			s.needHalf(m, i)
		}
	}
}

// plain reports whether the row's own images leave, with its own key, to one topic.
func (s *shaping) plain(m *maker, view *event.Schema) bool {
	return !m.private && !s.own && s.where == nil && s.viewsOf(view) == nil && len(s.partitionBy) == 0 && s.partition == nil && s.numbered == nil && s.timed == nil &&
		s.goes.after == nil && s.goes.columns == nil && s.empty == nil
}

// needHalf asks the decoder for what an operation needs.
func (s *shaping) needHalf(m *maker, op int) {
	list := []*half{m.halves[op]}
	if rulefile.Ops[op] == event.OpUpdate {
		list = append(list, m.gone, m.come)
		if m.key != nil {
			s.needs(s.sources(m.key.ords))
		}
	}
	for _, h := range list {
		if h == nil {
			continue
		}
		for _, f := range []*form{h.before, h.after} {
			if f == nil {
				continue
			}
			for _, ord := range f.copied {
				s.need[ord] = true
			}
		}
	}
}

// goneView is the view of a row that goes.
func (s *shaping) goneView(view *event.Schema) *event.Schema {
	if s.goes.columns == nil {
		return view
	}
	return s.view(s.goes.columns, s.headers)
}

// half compiles what becomes of a row, or half a change of the key, that is told as
// role. Of one that is empty nothing leaves, and only its key is made, with the values at
// more.
func (s *shaping) half(role event.Op, view *event.Schema, empty bool, more ...int) *half {
	h := &half{role: role}
	if role == event.OpTruncate {
		h.leaves = s.leavesOf(role, view)
		return h
	}
	needed := ords(slices.Clone(more), s.key)
	if s.own && s.rule.OnError == rulefile.OnErrorKeep {
		needed = append(needed, ords(nil, s.schema.Key)...)
	}
	if !empty {
		h.leaves = s.leavesOf(role, view)
		needed = slices.Concat(needed, ords(nil, view.Headers), ords(nil, view.PartitionBy), s.shownOrds(), s.readsTopic, s.readsOf(role))
		if s.goes.after != nil && role == event.OpDelete {
			needed = append(needed, ords(nil, s.goes.after.headers)...)
		}
		if role != event.OpDelete || s.goes.shows {
			needed = append(needed, ords(nil, view.Columns)...)
		}
	}
	switch role {
	case event.OpDelete:
		h.before = s.formOf(needed, role, true)
	case event.OpUpdate:
		h.after = s.formOf(needed, role, true)
		h.before = s.beforeOf(needed, view)
	default:
		h.after = s.formOf(needed, role, true)
	}
	return h
}

// beforeOf compiles the image before of an update: an envelope shows it, and
// expressions may read it.
func (s *shaping) beforeOf(needed []int, view *event.Schema) *form {
	var list []int
	if s.form == event.ShapeEnvelope {
		list = ords(nil, view.Columns)
	}
	for i := range s.groups {
		g := &s.groups[i]
		if g.both && slices.ContainsFunc(g.ords, func(ord int) bool { return slices.Contains(needed, ord) }) {
			list = append(list, g.reads...)
		}
	}
	if s.bothTopic {
		list = append(list, s.readsTopic...)
	}
	if list == nil {
		return nil
	}
	return s.formOf(list, event.OpUpdate, false)
}

// readsOfPairs are the values of the row before an update that expressions of the row
// after it may read.
func (s *shaping) readsOfPairs() []int {
	var list []int
	for i := range s.groups {
		if s.groups[i].both {
			list = append(list, s.groups[i].reads...)
		}
	}
	if s.bothTopic {
		list = append(list, s.readsTopic...)
	}
	return list
}

// readsOf are the values that a partition reads in a half of that role.
func (s *shaping) readsOf(role event.Op) []int {
	if s.partition == nil {
		return nil
	}
	_, reads := s.routing(s.partition, role)
	return reads
}

// leavesOf are what leaves of a row that is told as role.
func (s *shaping) leavesOf(role event.Op, view *event.Schema) []leaf {
	form := s.goes.form
	l := leaf{view: view, empty: s.empty, required: s.requiredKey(), chosen: ords(nil, s.partitionBy)}
	if s.rule.OnError == rulefile.OnErrorKeep {
		l.unkeyed, l.unchosen = s.unkeyed(view), unchosen(view)
		l.neither = unchosen(l.unkeyed)
	}
	if role == event.OpUpdate {
		l.look = s.viewsOf(view)
	}
	if s.numbered != nil {
		l.partition = partitionOf(s.numbered.Ord, s.numberNull)
	}
	if s.timed != nil {
		l.millis = timestampOf(s.timed.Ord)
	}
	split := role == event.OpDelete && s.partition != nil
	if s.partition != nil && role != event.OpTruncate {
		l.partition, _ = s.routing(s.partition, role)
		if form == event.DeleteDefault && s.form == event.ShapeEnvelope {
			form = event.DeleteBoth
			if s.opts.NoTombstones {
				form = event.DeleteValue
			}
		}
		split = split && form == event.DeleteBoth
	}
	if after := s.goes.after; after != nil && role == event.OpDelete {
		return []leaf{s.directed(l, event.DeleteValue, role), s.following(l, after)}
	}
	if split { // a tombstone goes by its key
		second := s.directed(l, event.DeleteTombstone, role)
		second.partition = nil
		return []leaf{s.directed(l, event.DeleteValue, role), second}
	}
	return []leaf{s.directed(l, form, role)}
}

// unkeyed is the view of a record whose key of the rule's own isn't in the log: with the
// key of the table, or without one where keys aren't objects.
func (s *shaping) unkeyed(view *event.Schema) *event.Schema {
	v := *view
	if v.Key = nil; s.base.Key == event.KeyStruct {
		v.Key = s.layout.keptKey()
	}
	return &v
}

// unchosen is a view whose records go by their keys.
func unchosen(view *event.Schema) *event.Schema {
	v := *view
	v.PartitionBy = nil
	return &v
}

// requiredKey are the values of a key of the rule's own, which must be in the log.
func (s *shaping) requiredKey() []int {
	if !s.own && s.rule.Outbox == nil {
		return nil
	}
	return ords(nil, s.key)
}

// directed gives a leaf its target.
func (s *shaping) directed(l leaf, form event.DeleteForm, role event.Op) leaf {
	l.target = s.directTo(form)
	switch {
	case s.choose != nil:
		l.choose = s.choose
	case s.routed != nil && s.rule.Topic == nil:
		l.choose = s.routeBy(form)
	case s.where != nil:
		l.choose = s.chooser(form, role)
	}
	return l
}

// following is the tombstone behind a delete that is told apart from it.
func (s *shaping) following(l leaf, t *tombstone) leaf {
	l.view = s.view(l.view.Columns, t.headers)
	target := s.base
	target.Delete = event.DeleteTombstone
	if t.topic != "" {
		target.Topic = t.topic
	}
	l.target = s.target(target)
	l.choose, l.partition, l.look = nil, nil, nil
	return l
}

// directTo is the target of a rule whose topic doesn't depend on the row.
func (s *shaping) directTo(form event.DeleteForm) *event.Target {
	t := s.base
	t.Delete = form
	return s.target(t)
}

// onlyIfChanged are the values that an update must change to leave: those of which the
// output is made, but for what the rule hides.
func (s *shaping) onlyIfChanged() []int {
	if !s.rule.OnlyIfChanged {
		return nil
	}
	shown := slices.Concat(ords(nil, s.valueColumns()), ords(nil, s.key))
	list := []int{}
	for _, ord := range s.sources(shown) {
		if s.verbs[ord].fixed {
			continue
		}
		if s.takesUpdates() && !s.schema.HoldsOld(ord) {
			s.Add(s.rule.At, expr.WholeOldRows(s.schema), "only_if_changed of rule %q needs the row before an update, and that of table %s isn't in the log", rulefile.Printable(s.rule.Name), s.schema.Name())
			return nil
		}
		list = append(list, ord)
	}
	return list
}

// valueColumns are those of the value that tell of the row, and not of the change.
func (s *shaping) valueColumns() []event.Column {
	return slices.DeleteFunc(slices.Clone(s.columns), func(c event.Column) bool { return s.told(c.Ord) })
}

// told reports whether the value at that place tells of the change.
func (l *layout) told(ord int) bool {
	return slices.ContainsFunc(l.groups, func(g group) bool { return len(g.reads) == 0 && slices.Contains(g.ords, ord) })
}
