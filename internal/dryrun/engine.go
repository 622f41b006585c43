package dryrun

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cdc/event"
	"cdc/sink/encode"
	"cdc/transform/rulefile"
)

// Rules are what an engine asks of the rules: those of a pipeline.
type Rules interface {
	event.Selector
	Run(b *event.Batch) error
}

// Engine takes changes through rules and encoder.
type Engine struct {
	rules   Rules
	encoder *encode.Encoder
	tables  *tables
	now     time.Time
	count   int // of the changes that went through
}

// NewEngine makes an engine. files are those of which the rules are made: the keys
// of their rules help to find the key of a table that is inferred.
func NewEngine(rules Rules, files []*rulefile.File, s Setup) (*Engine, error) {
	s = s.Complete()
	e := &Engine{rules: rules, now: epoch}
	e.tables = newTables(&s, func(first, name string) []string { return ruleKey(files, first, name) })
	for _, f := range files {
		if err := e.tables.hint(f.TestTables); err != nil {
			return nil, err
		}
	}
	encoding := s.Encoding
	encoding.Now = func() time.Time { return e.now }
	var err error
	e.encoder, err = encode.New(encoding)
	return e, err
}

// ruleKey returns the columns of the key of the first rule for the table that
// gives one.
func ruleKey(files []*rulefile.File, first, name string) []string {
	for _, f := range files {
		for _, r := range f.Rules {
			if r.Key == nil || r.Key.None || !r.Tables.Match(first, name) {
				continue
			}
			var columns []string
			for _, c := range r.Key.Columns {
				columns = append(columns, c.Column)
			}
			return columns
		}
	}
	return nil
}

// Learn tells the engine of a change that will be run, so that tables which are
// inferred have the columns of all their rows.
func (e *Engine) Learn(c *Change) error { return e.tables.learn(c) }

// Run takes one change through the rules and returns what leaves. The error is
// what a pipeline would stop with, or what is wrong with the change.
func (e *Engine) Run(c *Change) ([]Record, error) {
	t, err := e.tables.of(c)
	if err != nil {
		return nil, err
	}
	want, wanted, err := e.rules.Select(t.schema)
	if err != nil {
		return nil, err
	}
	b, err := e.batch(c, t)
	if err != nil {
		return nil, err
	}
	e.count++
	if !wanted {
		return nil, nil
	}
	blank(b, t.schema, want)
	b.Gen = e.rules.Generation()
	if err := e.rules.Run(b); err != nil {
		return nil, err
	}
	e.now = epoch
	if c.envelope != nil && c.envelope.nanos != 0 {
		e.now = time.Unix(0, c.envelope.nanos)
	}
	frame := new(event.Frame)
	err = e.encoder.Encode(frame, b)
	return Records(frame), err
}

// batch makes a row of a change.
func (e *Engine) batch(c *Change, t *table) (*event.Batch, error) {
	b := &event.Batch{}
	r := &reader{b: b, postgres: e.tables.postgres(), encoded: t.encoded}
	p, err := placeOf(c, r, e.count)
	if err != nil {
		return nil, err
	}
	row := event.Row{Schema: t.schema, Op: c.Op, Index: p.index, Off: p.off}
	if c.Op == event.OpRead {
		row.Flags = p.flags
	}
	if c.envelope != nil {
		row.Order, row.TableOrder = c.envelope.order, c.envelope.tableOrder
	}
	if row.Before, err = t.read(r, c.Before); err != nil {
		return nil, err
	}
	if row.After, err = t.read(r, c.After); err != nil {
		return nil, err
	}
	if err := asLogged(b, &row, c.At); err != nil {
		return nil, err
	}
	b.Txs, b.Origins, b.Rows = []event.Tx{p.tx}, []event.Origin{p.origin}, []event.Row{row}
	return b, nil
}

// asLogged marks a change of the key, and takes away what the log of the table
// doesn't hold of the row before.
func asLogged(b *event.Batch, r *event.Row, at rulefile.Place) error {
	changed := r.Op == event.OpUpdate && r.Before >= 0 && keyChanged(b, r)
	if changed {
		r.Flags |= event.KeyChanged
	}
	if r.Before < 0 || r.Schema.Old == event.OldFull || r.Schema.Old == event.OldUnknown {
		return nil
	}
	if r.Schema.Old == event.OldNone {
		return at.Errorf(fmt.Sprintf("ALTER TABLE %s REPLICA IDENTITY FULL", r.Schema.Name()),
			"table %s has no replica identity: the log holds no row before a change", r.Schema.Name())
	}
	if r.Op == event.OpUpdate && !oldChanged(b, r) {
		r.Before = -1
		return nil
	}
	r.Flags |= event.KeyOnly
	image := b.Image(r.Before, r.Schema)
	for i := range image {
		if !r.Schema.HoldsOld(i) {
			image[i] = event.Null
		}
	}
	return nil
}

// keyChanged compares the key before and after.
func keyChanged(b *event.Batch, r *event.Row) bool {
	return slices.ContainsFunc(r.Schema.Key, func(c event.Column) bool { return differs(b, r, c.Ord) })
}

// oldChanged compares the columns that the log holds of the row before.
func oldChanged(b *event.Batch, r *event.Row) bool {
	for i := range r.Schema.Width {
		if r.Schema.HoldsOld(i) && differs(b, r, i) {
			return true
		}
	}
	return false
}

func differs(b *event.Batch, r *event.Row, ord int) bool {
	before, after := b.Image(r.Before, r.Schema)[ord], b.Image(r.After, r.Schema)[ord]
	return !before.Equal(b.Arena, after, b.Arena)
}

// blank takes away the values that nobody wants, as a decoder leaves them out.
func blank(b *event.Batch, s *event.Schema, want []bool) {
	for _, at := range []int32{b.Rows[0].Before, b.Rows[0].After} {
		if at < 0 {
			continue
		}
		image := b.Image(at, s)
		for i := range image {
			if i >= len(want) || !want[i] {
				image[i] = event.Value{}
			}
		}
	}
}

// Placed returns the errors in err that stand in a file.
func Placed(err error) (list []*rulefile.Error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, each := range joined.Unwrap() {
			list = append(list, Placed(each)...)
		}
		return list
	}
	if e, ok := errors.AsType[*rulefile.Error](err); ok {
		list = append(list, e)
	}
	return list
}
