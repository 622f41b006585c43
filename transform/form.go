package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// form is how an image of a row becomes one of an output: what is copied, and the
// steps that then change the copy.
type form struct {
	copied []int32
	values []valueStep
	made   []madeStep
}

// valueStep changes a value of the table.
type valueStep struct {
	ord  int
	run  values.Change
	verb *verb
}

// madeStep fills values behind those of the table.
type madeStep struct {
	run   fill
	ords  []int
	at    rulefile.Place
	what  string
	alone bool
	value *value
}

// formOf compiles the form of an image in which the values at needed are asked for.
// role is the operation as which the image is told; shown says that a record shows
// it, and not only an expression.
func (l *layout) formOf(needed []int, role event.Op, shown bool) *form {
	f := &form{}
	wanted := make([]bool, l.width)
	for _, ord := range needed {
		wanted[ord] = true
	}
	// What a group reads is made by one before it.
	for i := len(l.groups) - 1; i >= 0; i-- {
		g := &l.groups[i]
		if g.shown && !shown || !slices.ContainsFunc(g.ords, func(ord int) bool { return wanted[ord] }) {
			continue
		}
		told := role
		if g.alone {
			told = aloneRole(role, shown)
		}
		if run := g.compile(told); run != nil {
			f.made = append(f.made, madeStep{run: run, ords: g.ords, at: g.at, what: g.what, alone: g.alone, value: g.value})
			for _, ord := range g.reads {
				wanted[ord] = true
			}
		}
	}
	slices.Reverse(f.made)
	for ord := range l.schema.Width {
		if !wanted[ord] {
			continue
		}
		f.copied = append(f.copied, int32(ord))
		if v := &l.verbs[ord]; v.run != nil {
			f.values = append(f.values, valueStep{ord: ord, run: v.run, verb: v})
		}
	}
	return f
}

// aloneRole is the operation as which a value is told that sees one image only.
func aloneRole(role event.Op, after bool) event.Op {
	if role == event.OpUpdate && !after {
		return event.OpDelete
	}
	if role == event.OpUpdate {
		return event.OpCreate
	}
	return role
}
