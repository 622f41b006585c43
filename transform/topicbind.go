package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/rulefile"
)

// bindTopic says where the records go.
func (s *shaping) bindTopic() {
	r := s.rule
	if u := r.Unwrap; u != nil {
		s.unwrapTopic(u)
	}
	topic := s.base.Topic
	if r.Topic != nil {
		text, constant := r.Topic.Constant()
		if !constant {
			s.template(r.Topic)
			return
		}
		topic = rulefile.SanitizeTopic(text)
	}
	s.base.Topic = topic
	s.reroute(topic)
}

// reroute lets a regular expression over the topic say another, and adds the name of
// the table's own to the key.
func (s *shaping) reroute(topic string) {
	r := s.rule.Reroute
	to, ok := route(r, topic)
	if !ok {
		return
	}
	s.base.Topic = to
	if s.rule.SchemaName == "" {
		s.base.Name = to
	}
	s.base.KeyName = to // schema_name is that of values alone
	if !r.KeyEnforceUniqueness || len(s.key) == 0 {
		return
	}
	if slices.ContainsFunc(s.key, func(c event.Column) bool { return c.Name == r.KeyFieldName }) {
		s.Add(r.At, "give it another name by key_field_name", "the key of table %s has a field %q already, which \"reroute\" adds", s.schema.Name(), rulefile.Printable(r.KeyFieldName))
		return
	}
	c := s.place(r.KeyFieldName, event.Type{Kind: event.KindString})
	id := identifier(r, topic)
	s.groups = append(s.groups, group{ords: []int{c.Ord}, at: r.At, what: "reroute", compile: func(event.Op) fill { return fillText(c.Ord, id) }})
	s.key = append(slices.Clip(s.key), c)
}

// template takes the topic from a text with expressions in it.
func (s *shaping) template(t *rulefile.Template) {
	s.where = &topics{}
	for _, p := range t.Parts {
		if p.Expr == nil {
			s.parts = append(s.parts, nil)
			continue
		}
		v := s.value(p.Expr)
		s.parts = append(s.parts, v)
		if v == nil {
			continue
		}
		if v.typ.Kind == event.KindList {
			s.Add(p.Expr.Place(0), "", "a list can't be a part of the name of a topic")
		}
		s.readsTopic = append(s.readsTopic, v.reads...)
		s.bothTopic = s.bothTopic || v.both
	}
}

// chooser compiles what finds the target of a row that is told as role.
func (s *shaping) chooser(form event.DeleteForm, role event.Op) func(*exec, int32) (*event.Target, error) {
	t := &topics{rule: s.rule, bind: s.target}
	base := s.base
	base.Delete = form
	for i, p := range s.rule.Topic.Parts {
		part := topicPart{text: p.Text}
		if v := s.parts[i]; v != nil {
			part.value, part.pair = v.compile(role)
		}
		t.parts = append(t.parts, part)
	}
	t.make = func(text string) (event.Target, error) {
		target := base
		target.Topic = rulefile.SanitizeTopic(text)
		return target, nil
	}
	return t.choose
}
