package transform

import (
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// deadLetterTopic is the topic for rows for which a rule fails: that of a file, of the
// pipeline, or the prefix and "dead-letter".
func deadLetterTopic(files []*rulefile.File, o Options, rep *rulefile.Report) string {
	var said *rulefile.Name
	for _, f := range files {
		if f.DeadLetter == nil {
			continue
		}
		if said != nil && said.Text != f.DeadLetter.Text {
			rep.Add(f.DeadLetter.At, "all files of a pipeline are one list of rules", `"dead_letter" says something else at %s`, said.At)
		}
		said = f.DeadLetter
	}
	switch {
	case said != nil:
		return said.Text
	case o.DeadLetterTopic != "":
		return o.DeadLetterTopic
	}
	parts := []string{"dead-letter"}
	if o.Prefix != "" {
		parts = []string{o.Prefix, "dead-letter"}
	}
	return rulefile.SanitizeTopic(strings.Join(parts, o.delimiter()))
}

// grave is where the rows of a table go for which a rule fails: whole, as the rule
// hides them, in an envelope.
type grave struct {
	view    *event.Schema
	target  *event.Target
	form    *form
	headers [len(graveHeaders)]int // the places of their values
}

// graveHeaders are the names of the headers that say what failed.
var graveHeaders = [...]string{"__cdc.errors.rule", "__cdc.errors.message", "__cdc.errors.table", "__cdc.errors.position"}

// grave compiles it, once for a rule.
func (s *shaping) grave() *grave {
	if s.buried != nil {
		return s.buried
	}
	g := &grave{form: &form{}}
	var columns []event.Column
	for i := range s.whole.Columns {
		if c := s.buriedColumn(s.whole.Columns[i]); !s.dropped[c.Name] {
			columns = append(columns, c)
		}
	}
	key := s.layout.keptKey()
	for i := range key {
		key[i] = s.buriedColumn(key[i])
	}
	for ord := range s.schema.Width {
		if !shows(columns, ord) && !shows(key, ord) {
			continue
		}
		s.need[ord] = true
		g.form.copied = append(g.form.copied, int32(ord))
		if v := &s.verbs[ord]; v.run != nil && v.hides {
			g.form.values = append(g.form.values, valueStep{ord: ord, run: v.run, verb: v})
		}
	}
	g.view = s.schema.Project(columns)
	g.view.Key, g.view.Width = key, s.schema.Width+len(graveHeaders)
	for i, name := range graveHeaders {
		g.headers[i] = s.schema.Width + i
		g.view.Headers = append(g.view.Headers, event.Column{Name: name, Type: nullableText, Ord: g.headers[i]})
	}
	g.target = s.target(event.Target{Topic: s.opts.DeadLetterTopic, Delete: event.DeleteValue})
	s.buried = g
	return g
}

// buriedColumn is a column of the table as the verbs leave it that hide something.
func (s *shaping) buriedColumn(c event.Column) event.Column {
	if v := &s.verbs[c.Ord]; v.run != nil && v.hides {
		c.Type = s.at(c.Ord).Type
	}
	return c
}

func shows(columns []event.Column, ord int) bool {
	for i := range columns {
		if columns[i].Ord == ord {
			return true
		}
	}
	return false
}

// bury sends the row to the dead-letter topic.
func (x *exec) bury(o *output, err error) error {
	g := o.dead
	x.tell(x.r.Op, false)
	x.row.Flags &^= event.KeyChanged
	for _, image := range []*int32{&x.row.Before, &x.row.After} {
		at, bad := x.copy(*image, g.form, g.view.Width)
		if bad != nil {
			return x.stop(bad) // what hides a value can't be left out
		}
		*image = at
		if at >= 0 {
			x.inscribe(g, o, err, x.b.Values[at:int(at)+g.view.Width])
		}
	}
	if x.r.Op == event.OpTruncate { // no row, but an image that bears the headers
		at := x.grow(g.view.Width)
		x.inscribe(g, o, err, x.b.Values[at:at+g.view.Width])
		x.row.After = int32(at)
	}
	x.b.Outs = append(x.b.Outs, event.Out{Row: x.index, Before: x.row.Before, After: x.row.After, View: g.view, Target: g.target})
	return nil
}

// inscribe puts there what failed.
func (x *exec) inscribe(g *grave, o *output, err error, image []event.Value) {
	for i, text := range []string{o.rule.Name, err.Error(), x.r.Schema.Name(), where(x.b, x.r)} {
		image[g.headers[i]] = x.b.Put(event.KindString, []byte(text))
	}
}
