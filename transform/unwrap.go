package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// unwrapDeletes says what becomes of a row that goes, in the words of Debezium's
// ExtractNewRecordState.
func (s *shaping) unwrapDeletes(u *rulefile.Unwrap) {
	if s.base.Name == "" {
		s.base.Name = s.topic // the names of schemas stay when records go elsewhere
	}
	if !u.ReplaceNullWithDefault || !s.opts.NullsStay {
		// Either nothing is replaced, or the converter does it anyway.
	} else {
		s.nullsToDefaults()
	}
	g := &s.goes
	switch u.Mode {
	case "drop":
		g.nothing = true
	case "rewrite", "rewrite-with-tombstone":
		g.form, g.shows = event.DeleteValue, true
		s.addDeleted()
		if u.Mode == "rewrite-with-tombstone" && !s.opts.NoTombstones {
			s.unwrapTombstone(u)
		}
	case "delete-to-tombstone":
		g.form = event.DeleteTombstone
	default: // tombstone: a null with the schema of the row, which has no added fields
		g.form = event.DeleteNull
		if len(s.rule.AddFields) > 0 {
			g.columns = slices.Clip(slices.Clone(s.columns))
		}
	}
}

// unwrapTombstone keeps the tombstone behind a delete. It goes to the topic of the
// table, and where "op" is among the headers, it has one more of them.
func (s *shaping) unwrapTombstone(u *rulefile.Unwrap) {
	if u.RouteByField == nil && !slices.ContainsFunc(s.rule.AddHeaders, isOp) {
		s.goes.form = event.DeleteBoth
		return
	}
	s.goes.after = &tombstone{}
	if u.RouteByField != nil {
		s.goes.after.topic = s.topic
	}
}

func isOp(m rulefile.Metadata) bool { return m.Path.Text == "op" }

// tombstoneHeaders are those of a tombstone by itself.
func (s *shaping) tombstoneHeaders() {
	if s.goes.after == nil {
		return
	}
	list := slices.Clip(slices.Clone(s.headers))
	for _, m := range s.rule.AddHeaders {
		if isOp(m) {
			c := s.place(m.Output, nullableText)
			s.groups = append(s.groups, group{ords: []int{c.Ord}, at: m.Path.At, what: "unwrap", shown: true, compile: func(event.Op) fill { return fillText(c.Ord, "d") }})
			list = append(list, c)
		}
	}
	s.goes.after.headers = list
}

// nullsToDefaults puts the default of its column in the place of a NULL.
func (s *shaping) nullsToDefaults() {
	for i := range s.columns {
		c := &s.columns[i]
		d := c.Type.Default
		if d == nil || d.Value.Kind() <= event.KindNull || c.Ord >= s.schema.Width {
			continue
		}
		from, made := c.Ord, s.place(c.Name, c.Type)
		s.groups = append(s.groups, group{ords: []int{made.Ord}, reads: []int{from}, at: s.rule.Unwrap.At, what: "unwrap", compile: func(event.Op) fill {
			return func(x *exec, _ *event.Row, image []event.Value) error {
				v := image[from]
				if v.Kind() == event.KindNull {
					if v = d.Value; v.HasText() {
						v = x.b.Put(v.Kind(), v.Bytes(d.Text))
					}
				}
				image[made.Ord] = v
				return nil
			}
		}})
		made.From = c.From
		*c = made
	}
}

// computedLast puts computed fields behind those that unwrap adds, where a transform
// behind ExtractNewRecordState adds its own.
func (s *shaping) computedLast() {
	if s.rule.Unwrap == nil || len(s.rule.Computed) == 0 {
		return
	}
	var own, computed []event.Column
	for _, c := range s.columns {
		isOwn := slices.ContainsFunc(s.rule.Computed, func(f rulefile.Computed) bool { return f.Name.Text == c.Name })
		if isOwn && s.schema.Column(c.Name) == nil {
			computed = append(computed, c)
		} else {
			own = append(own, c)
		}
	}
	s.columns = slices.Concat(own, computed)
}

// unwrapTopic takes the topic from a column, where the column isn't NULL.
func (s *shaping) unwrapTopic(u *rulefile.Unwrap) {
	if u.RouteByField == nil {
		return
	}
	c := s.column(u.RouteByField.Text)
	if expr.CheckColumn(&s.Report, u.RouteByField.At, s.schema, u.RouteByField.Text) == nil {
		return
	}
	if s.masked(c.Name) {
		s.hidden(u.RouteByField.At, c.Name)
	}
	s.routed = c
	s.readsTopic = append(s.readsTopic, c.Ord)
	s.where = &topics{}
}

// routeBy compiles what finds the target of a row by that column.
func (s *shaping) routeBy(form event.DeleteForm) func(*exec, int32) (*event.Target, error) {
	ord, t := s.routed.Ord, &topics{rule: s.rule, bind: s.target}
	base := s.base
	base.Delete = form
	fallback := s.target(base)
	t.make = func(text string) (event.Target, error) {
		target := base
		target.Topic = rulefile.SanitizeTopic(text)
		return target, nil
	}
	typ := s.routed.Type
	return func(x *exec, image int32) (*event.Target, error) {
		v := x.b.Values[int(image)+ord]
		if x.gone(v) {
			return nil, errTopicMissing
		}
		if v.Kind() <= event.KindNull {
			return fallback, nil
		}
		text, err := values.AppendText(x.scratch[:0], x.b.Arena, v, &typ)
		x.scratch = text
		if err != nil {
			return nil, err
		}
		if blank(text) {
			return fallback, nil
		}
		return t.find(text)
	}
}

// blank reports whether a text is nothing but what Java's trim takes off.
func blank(text []byte) bool {
	return !slices.ContainsFunc(text, func(c byte) bool { return c > ' ' })
}
