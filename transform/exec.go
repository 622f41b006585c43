package transform

import (
	"slices"

	"cdc/event"
)

// exec takes the rows of one batch through the rules. It belongs to one worker at
// a time, and is kept for the next batch.
type exec struct {
	program *Program
	b       *event.Batch
	r       *event.Row // as it was decoded
	index   int32      // of r
	op      int        // of r, in rulefile.Ops
	// row is r as output expressions see it: with the images of the output, and the
	// operation as which a half of a change of the key is told. lone is the same with
	// one image alone, and pair is the update of which row is a half.
	row, lone, pair event.Row
	counts          []RuleCounts // of this batch, by rule
	counted         []int        // the rules that have some: a batch pays for no others
	scratch         []byte
	values          []event.Value
	failure         failure
}

func (p *Program) exec(b *event.Batch) *exec {
	x, _ := p.execs.Get().(*exec)
	if x == nil {
		x = &exec{program: p, counts: make([]RuleCounts, len(p.rules))}
	}
	x.b = b
	return x
}

// done counts what the batch has met and forgets the batch.
func (p *Program) done(x *exec) {
	for _, i := range x.counted {
		p.counters[i].add(&x.counts[i])
		x.counts[i] = RuleCounts{}
	}
	x.counted = x.counted[:0]
	x.b, x.r = nil, nil
	x.row.Schema, x.lone.Schema, x.pair.Schema = nil, nil, nil
	x.failure = failure{}
	p.execs.Put(x)
}

// grow makes room for an image of so many values.
func (x *exec) grow(width int) int {
	b := x.b
	at := len(b.Values)
	b.Values = slices.Grow(b.Values, width)[:at+width]
	clear(b.Values[at:])
	return at
}

// copy makes a private copy of the image at index at, and changes its values. It
// returns -1 where there is no image, or none is needed.
func (x *exec) copy(at int32, f *form, width int) (int32, error) {
	if at < 0 || f == nil {
		return -1, nil
	}
	to := x.grow(width)
	from, image := x.b.Values[at:], x.b.Values[to:to+width]
	for _, ord := range f.copied {
		image[ord] = from[ord]
	}
	for i := range f.values {
		s := &f.values[i]
		v := image[s.ord]
		if v.Kind() <= event.KindNull && !(s.verb.all && v.Kind() == event.KindUnavailable) {
			continue
		}
		w, err := s.run(x.b, v)
		if err != nil {
			if err := x.spare(s.verb.what, s.verb.at, err); err != nil {
				return -1, err
			}
			w = event.Null
		}
		image[s.ord] = w
	}
	return int32(to), nil
}

// make fills what the rule adds to the image at index at.
func (x *exec) make(at int32, f *form, width int, before bool) error {
	if at < 0 || f == nil {
		return nil
	}
	x.lone = x.row
	if before {
		x.lone.After = -1
	} else {
		x.lone.Before = -1
	}
	if x.row.Op == event.OpUpdate {
		x.lone.Op = aloneRole(event.OpUpdate, !before)
	}
	for i := range f.made {
		s := &f.made[i]
		r := &x.row
		if s.alone {
			r = &x.lone
		}
		// What fills an image puts nothing into the slab but there.
		image := x.b.Values[at : int(at)+width]
		err := s.run(x, r, image)
		if err == nil {
			continue
		}
		if err := x.spare(s.what, s.at, err); err != nil {
			return err
		}
		for _, ord := range s.ords {
			image[ord] = event.Null
		}
	}
	return nil
}
