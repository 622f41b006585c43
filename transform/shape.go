package transform

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// shaping is a rule bound to a table version: what its outputs are made of, and what
// they look like.
type shaping struct {
	*layout
	form event.Shape
	key  []event.Column
	own  bool // the rule has chosen the key
	// shownKey is that of the headers of a change of the key; nil: key.
	shownKey *event.TableKey
	// headers and partitionBy are those of views; shown are the values that an output
	// needs beside them, the key and the value.
	headers, partitionBy []event.Column
	shown                []int
	partition            *rulefile.Partition // fields whose hashes choose it
	numbered             *event.Column       // that holds the number of the partition
	numberNull           bool                // NULL there stands for none
	timed                *event.Column       // that holds the time of the records
	base                 event.Target        // but for its topic and what becomes of deletes
	where                *topics             // nil: base has the topic
	parts                []*value            // of the template of the topic; nil for a text
	routed               *event.Column       // that holds the topic
	readsTopic           []int
	bothTopic            bool
	goes                 going
	// empty says for which rows there is no value; nil for none.
	empty func(x *exec, image int32) bool

	// choose finds the target of the messages of an outbox; nil for other rules.
	choose func(x *exec, image int32) (*event.Target, error)
	buried *grave // where rows go for which the rule fails, once it is compiled

	made *maker
	outs [len(rulefile.Ops)]output
}

// going is what becomes of a row that goes.
type going struct {
	form event.DeleteForm
	// nothing leaves. shows: the value of the row before leaves, and not only its key.
	nothing, shows bool
	// columns are those of the value where they are others than those of a row that
	// comes.
	columns []event.Column
	// after is what follows the value: a tombstone by itself; nil for none.
	after *tombstone
}

// tombstone is one that is told apart from the delete before it.
type tombstone struct {
	headers []event.Column // nil: those of the delete
	topic   string         // empty: that of the delete
}

// shape binds what a rule makes of rows, for the operations that it takes.
func (b *binder) shape(r *rule, takes rulefile.OpSet) *shaping {
	errs := len(b.List)
	s := &shaping{layout: b.newLayout(r, takes), base: event.Target{Topic: b.topic, Name: r.SchemaName}}
	if r.Outbox != nil {
		s.outboxRule(errs)
		return s
	}
	s.bindComputed()
	s.bindFlatten()
	s.project()
	s.form = shapeOf(r.Emit)
	s.base.Shape, s.base.OmitNulls = s.form, r.OmitNulls
	s.bindDeletes()
	s.bindMetadata()
	s.computedLast()
	s.distinct(s.columns)
	s.bindChanged()
	s.bindLeftOut()
	s.bindHeaders()
	s.tombstoneHeaders()
	s.bindKey()
	s.bindTopic()
	s.bindPartition()
	if r.Timestamp != nil {
		s.timed = s.timestampColumn(*r.Timestamp)
	}
	if len(b.List) == errs {
		s.requireOld()
	}
	if len(b.List) == errs {
		s.build()
	}
	return s
}

// requireOld refuses a key or a partition of the rule's own for rows that go, where the
// log doesn't hold what it is made of.
func (s *shaping) requireOld() {
	if !s.takes.Has(rulefile.OpIndex(event.OpDelete)) || s.goes.nothing || s.silent() {
		return
	}
	refuse := func(what string, at rulefile.Place, places []int) {
		for _, ord := range s.sources(places) {
			if !s.schema.HoldsOld(ord) {
				s.Add(at, expr.WholeOldRows(s.schema)+", or take deletes out of \"on\"",
					"a delete of table %s doesn't tell what column %q was, so its %s isn't known", s.schema.Name(), rulefile.Printable(s.at(ord).Name), what)
				return
			}
		}
	}
	if s.own && !s.takesUpdates() { // updates are told of by who watches the key
		refuse("key", s.rule.Key.At, ords(nil, s.key))
	}
	places := ords(nil, s.partitionBy)
	if s.numbered != nil {
		places = append(places, s.numbered.Ord)
	}
	if len(places) > 0 {
		refuse("partition", partitionPlace(s.rule), places)
	}
}

func shapeOf(e rulefile.Emit) event.Shape {
	if e == rulefile.EmitEnvelope {
		return event.ShapeEnvelope
	}
	return event.ShapeRow
}

// output is what the rule does with an operation.
func (s *shaping) output(op int) output { return s.outs[op] }

// bindKey takes the key that the rule says, or the table's.
func (s *shaping) bindKey() {
	if s.rule.Key == nil {
		s.key = s.layout.key(s.schema.Key)
		s.keepsDropped()
		return
	}
	s.own = true
	s.key = s.ownKey()
	if s.rule.Key.Value {
		s.base.Key = event.KeyValue
	}
}

// bindPartition takes what chooses the partition.
func (s *shaping) bindPartition() {
	p := s.rule.Partition
	switch {
	case p == nil:
	case p.Value != nil:
		s.numbered = s.numberColumn(*p.Value)
	case len(p.Fields) > 0:
		s.partition = p
		for _, f := range p.Fields { // what is wrong with one is told here, once
			role := event.OpCreate
			if strings.HasPrefix(f.Text, "before.") {
				role = event.OpDelete
			}
			s.hashed(f, role)
		}
	default:
		for _, n := range p.Columns {
			if c := s.find(n); c != nil {
				s.partitionBy = append(s.partitionBy, *c)
			}
		}
	}
}

// bindDeletes says what becomes of a row that goes.
func (s *shaping) bindDeletes() {
	r, g := s.rule, &s.goes
	switch {
	case r.Unwrap != nil:
		s.unwrapDeletes(r.Unwrap)
	case r.Delete == rulefile.DeleteDrop:
		g.nothing = true
	case s.form == event.ShapeEnvelope:
		g.form = map[rulefile.TombstoneMode]event.DeleteForm{
			rulefile.TombstoneKeep: event.DeleteBoth, rulefile.TombstoneDrop: event.DeleteValue, rulefile.TombstoneFromDelete: event.DeleteTombstone,
		}[r.Tombstone]
		g.shows = g.form != event.DeleteTombstone
	case r.Delete == rulefile.DeleteRewrite:
		g.form, g.shows = event.DeleteValue, true
		if r.Tombstone == rulefile.TombstoneKeep {
			g.form = event.DeleteBoth
		}
		s.addDeleted()
	case r.Tombstone == rulefile.TombstoneDrop:
		g.nothing = true
	}
}

// deletedField is the name of the field that tells whether a row is gone.
const deletedField = "__deleted"

// addDeleted adds the field that tells whether the row is gone.
func (s *shaping) addDeleted() {
	c := s.place(deletedField, nullableText)
	s.columns = append(s.columns, c)
	s.groups = append(s.groups, group{ords: []int{c.Ord}, what: "delete", at: s.rule.DeleteAt, alone: true, compile: func(role event.Op) fill {
		text := "false"
		if role == event.OpDelete {
			text = "true"
		}
		return fillText(c.Ord, text)
	}})
}

// nullableText is the type of what is added to rows as text.
var nullableText = event.Type{Kind: event.KindString, Flags: event.Nullable, Declared: event.Declared{Length: event.NoLength, Scale: event.NoLength}}

// fillText puts always the same text there.
func fillText(ord int, text string) fill {
	return func(x *exec, _ *event.Row, image []event.Value) error {
		at := len(x.b.Arena)
		x.b.Arena = append(x.b.Arena, text...)
		image[ord] = event.Text(event.KindString, at, len(text))
		return nil
	}
}

// view makes a view of images of the rule.
func (s *shaping) view(columns, headers []event.Column) *event.Schema {
	v := s.schema.Project(columns)
	v.Key, v.TableKey, v.Headers, v.PartitionBy = s.key, s.shownKey, headers, s.partitionBy
	if s.changes() {
		v.Width = s.width
	}
	return v
}

// changes reports whether outputs need copies of the images.
func (s *shaping) changes() bool {
	all := slices.Concat(ords(nil, s.columns), ords(nil, s.goes.columns), ords(nil, s.key), ords(nil, s.headers), ords(nil, s.partitionBy), s.readsTopic, s.shownOrds())
	return s.changesAny(all)
}

// shownOrds are the places of what chooses partition and time.
func (s *shaping) shownOrds() []int {
	list := slices.Clone(s.shown)
	for _, c := range []*event.Column{s.numbered, s.timed} {
		if c != nil {
			list = append(list, c.Ord)
		}
	}
	return list
}
