package transform

import (
	"cdc/event"
)

// maker makes what leaves of the rows that a rule takes, where it isn't simply the
// row's own images.
type maker struct {
	rule *rule
	// width is that of the images of the outputs; private says that they are copies.
	width   int
	private bool
	key     *keyWatch // how a change of the key is found out; nil: the source says
	keyed   bool      // records have keys
	// halves are what becomes of each operation, gone and come of the two halves of a
	// change of the key; nil where nothing leaves.
	halves     [5]*half
	gone, come *half
	alone      bool // only one half of a change of the key is counted
	// unexpected is what an update of an outbox does; empty for other rules.
	unexpected string
}

// half is what a row becomes, or one half of a change of its key.
type half struct {
	role          event.Op
	before, after *form // nil: the image isn't needed
	leaves        []leaf
}

// leaf is one event.Out.
type leaf struct {
	view   *event.Schema
	target *event.Target
	// choose says where it goes, where that depends on the row; nil: to target.
	choose func(x *exec, image int32) (*event.Target, error)
	// look says what of the view leaves, where that depends on the row; nil: all.
	look *views
	// own is the leaf of a change of the rule's own key alone, in whose headers the key
	// of the table would tell nothing; nil: this one.
	own *leaf
	// partition and millis are those of the records, empty what says that there is no
	// value; nil: none.
	partition func(x *exec, image int32) (int32, error)
	millis    func(x *exec, image int32) (int64, error)
	empty     func(x *exec, image int32) bool
	// required are values of the key that must be in the log; where one isn't, and the
	// row leaves all the same, it leaves as unkeyed, with the key of its table.
	required []int
	unkeyed  *event.Schema
	// chosen are values that choose the partition and must be in the log, too; where one
	// isn't, the row leaves as unchosen, or as neither, and its key chooses.
	chosen            []int
	unchosen, neither *event.Schema
}

// run makes what leaves of the row.
func (m *maker) run(x *exec) error {
	if m.unexpected != "" {
		return m.update(x)
	}
	if x.r.Op == event.OpUpdate && m.keyed {
		changed, err := m.keyChanged(x)
		if err != nil {
			return err
		}
		if changed {
			return m.keyChange(x)
		}
	}
	h := m.halves[x.op]
	if h == nil {
		return nil
	}
	x.tell(h.role, false)
	if err := m.images(x, h); err != nil {
		return err
	}
	for i := range h.leaves {
		if err := x.leave(&h.leaves[i], event.Out{Before: x.row.Before, After: x.row.After}); err != nil {
			return err
		}
	}
	return nil
}

// tell makes the row that output expressions see.
func (x *exec) tell(role event.Op, second bool) {
	x.row = *x.r
	if role == x.r.Op {
		return
	}
	x.row.Op = role
	x.row.Flags &^= event.KeyChanged
	if second && x.row.Order > 0 {
		x.row.Order++
		x.row.TableOrder++
	}
}

// images makes the images of a half.
func (m *maker) images(x *exec, h *half) error {
	if !m.private {
		return nil
	}
	before, err := x.copy(x.r.Before, h.before, m.width)
	if err != nil {
		return err
	}
	after, err := x.copy(x.r.After, h.after, m.width)
	if err != nil {
		return err
	}
	x.row.Before, x.row.After = before, after
	x.pair.After = after
	if err = x.make(before, h.before, m.width, true); err != nil {
		return err
	}
	return x.make(after, h.after, m.width, false)
}

// keyChange makes what leaves of a change of the key: the old row goes, and the new
// one comes.
func (m *maker) keyChange(x *exec) error {
	x.tell(event.OpDelete, false)
	x.row.After = -1
	if err := m.images(x, m.gone); err != nil {
		return err
	}
	gone := x.row
	x.pair = *x.r
	x.pair.Before = gone.Before
	x.tell(event.OpCreate, !m.alone)
	x.row.Before = -1
	if err := m.images(x, m.come); err != nil {
		return err
	}
	come := x.row
	out := event.Out{Before: gone.Before, After: come.After, KeyChanged: true, Alone: m.alone}
	at := len(x.b.Outs)
	x.row = gone
	for i := range m.gone.leaves {
		out := out
		out.NoCreate = true
		if err := x.leave(&m.gone.leaves[i], out); err != nil {
			return err
		}
	}
	second := len(x.b.Outs)
	x.row = come
	for i := range m.come.leaves {
		out := out
		out.NoDelete = true
		if err := x.leave(&m.come.leaves[i], out); err != nil {
			return err
		}
	}
	x.join(at, second)
	return nil
}

// join makes one out of the two of a change of the key, where they are alike.
func (x *exec) join(gone, come int) {
	outs := x.b.Outs
	if come-gone != 1 || len(outs)-come != 1 {
		return
	}
	g, c := &outs[gone], &outs[come]
	if g.View != c.View || g.Target != c.Target || g.Millis != c.Millis || g.Partition != c.Partition || g.NullValue != c.NullValue {
		return
	}
	g.NoCreate = false
	x.b.Outs = outs[:come]
}

// leave appends an out.
func (x *exec) leave(l *leaf, out event.Out) error {
	image := x.row.After
	if image < 0 {
		image = x.row.Before
	}
	if l.own != nil && out.KeyChanged && x.r.Flags&event.KeyChanged == 0 {
		l = l.own
	}
	out.Row, out.View, out.Target = x.index, l.view, l.target
	if l.look != nil {
		view, err := l.look.of(x)
		if err != nil {
			if err := x.spare("unwrap", x.rule().Unwrap.At, err); err != nil {
				return err
			}
		}
		out.View = view
	}
	if lacks(x, image, l.chosen) {
		if err := x.spare("partition", partitionPlace(x.rule()), errPartitionMissing); err != nil {
			return err
		}
		out.View = l.unchosen
	}
	if lacks(x, image, l.required) {
		if err := x.spare("key", keyPlace(x.rule()), errKeyMissing); err != nil {
			return err
		}
		if out.View == l.unchosen {
			out.View = l.neither
		} else {
			out.View = l.unkeyed
		}
	}
	if err := x.route(l, &out, image); err != nil {
		return err
	}
	if l.millis != nil && image >= 0 {
		var err error
		if out.Millis, err = l.millis(x, image); err != nil {
			if err := x.spare("timestamp", timestampPlace(x.rule()), err); err != nil {
				return err
			}
		}
	}
	if l.empty != nil && image >= 0 {
		out.NullValue = l.empty(x, image)
	}
	x.b.Outs = append(x.b.Outs, out)
	return nil
}

// route finds the topic and the partition of an out.
func (x *exec) route(l *leaf, out *event.Out, image int32) error {
	if l.choose != nil {
		if t, err := l.choose(x, image); err == nil {
			out.Target = t
		} else if err := x.spare("topic", topicPlace(x.rule()), err); err != nil {
			return err
		}
	}
	if l.partition != nil && image >= 0 {
		if p, err := l.partition(x, image); err == nil {
			out.Partition = p
		} else if err := x.spare("partition", partitionPlace(x.rule()), err); err != nil {
			return err
		}
	}
	return nil
}

// lacks reports whether a value at one of the places isn't in the log.
func lacks(x *exec, image int32, places []int) bool {
	if image < 0 {
		return false
	}
	for _, ord := range places {
		if x.b.Values[int(image)+ord].Kind() == event.KindUnavailable {
			return true
		}
	}
	return false
}
