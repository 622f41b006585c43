package transform

import (
	"bytes"
	"encoding/binary"

	"cdc/event"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// outboxRule makes messages of the rows of an outbox table, as Debezium's EventRouter
// does: inserts and snapshot rows become messages, updates are told, deletes send
// nothing. errs errors were there before.
func (s *shaping) outboxRule(errs int) {
	o := s.rule.Outbox
	s.bindComputed()
	id, payload, by := s.find(o.ID), s.find(o.Payload), s.find(o.RouteBy)
	if key := s.find(o.Key); key != nil {
		s.key, s.base.Key = []event.Column{*key}, event.KeyValue
	}
	if o.Timestamp != nil {
		s.timed = s.timestampColumn(*o.Timestamp)
	}
	if id == nil || payload == nil || by == nil {
		return
	}
	s.headers = append(s.headers, s.headed(*id, "id"))
	s.outboxValue(o, *payload)
	s.tracing(o)
	s.bindHeaders()
	if o.TombstoneOnEmptyPayload {
		ord := payload.Ord
		s.shown = append(s.shown, ord)
		s.empty = func(x *exec, image int32) bool { return emptyPayload(x.b, x.b.Values[int(image)+ord]) }
	}
	s.shown = append(s.shown, by.Ord)
	s.outboxTopic(o, *by)
	if len(s.List) == errs {
		s.build()
		s.unexpectedUpdates(o)
	}
}

// named is a column under another name.
func named(c event.Column, name string) event.Column {
	if c.Name != name {
		c.From, c.Name = c.Source(), name
	}
	return c
}

// headed is a column of the table as a header. One of a type that has no placeholder fails
// where the log doesn't hold its value.
func (s *shaping) headed(c event.Column, name string) event.Column {
	c = named(c, name)
	if c.Ord >= s.schema.Width || values.IsText(c.Type.Kind) || hasPlaceholder(c.Type.Kind) {
		return c
	}
	from, made := c.Ord, s.place(c.Name, c.Type)
	made.From = c.From
	if s.rule.OnError == rulefile.OnErrorKeep {
		made.Type = withoutDefault(made.Type)
		made.Type.Flags |= event.Nullable
	}
	s.groups = append(s.groups, group{ords: []int{made.Ord}, reads: []int{from}, at: s.rule.Outbox.At, what: "header " + name, compile: func(event.Op) fill {
		return func(_ *exec, _ *event.Row, image []event.Value) error {
			if image[made.Ord] = image[from]; image[from].Kind() == event.KindUnavailable {
				return errHeaderMissing
			}
			return nil
		}
	}})
	return made
}

// outboxValue makes the value: the payload by itself, or beside columns that are placed
// in the envelope.
func (s *shaping) outboxValue(o *rulefile.Outbox, payload event.Column) {
	if o.ExpandJSON && values.IsText(payload.Type.Kind) {
		payload.Type.Logical, payload.Type.Symbols = event.LogicalExpanded, []string{o.JSONNull, o.JSONEmptyArray}
	}
	s.form = event.ShapeValue
	value := []event.Column{payload}
	for _, p := range o.Placement {
		if p.To == "envelope" && s.form == event.ShapeValue {
			s.form, value[0] = event.ShapeRow, named(payload, "payload")
		}
		if o.AdditionalMissing == "ignore" && s.column(p.Column.Text) == nil {
			continue
		}
		s.placed(p, &value)
	}
	s.base.Shape, s.columns = s.form, value
	s.distinct(value)
}

// placed puts a column where a placement says.
func (s *shaping) placed(p rulefile.Placement, value *[]event.Column) {
	alias := p.Alias
	if alias == "" {
		alias = p.Column.Text
	}
	if p.To == "partition" {
		s.numbered, s.numberNull = s.numberColumn(p.Column), true
		return
	}
	c := s.find(p.Column)
	switch {
	case c == nil:
	case p.To == "header":
		s.headers = append(s.headers, s.headed(*c, alias))
	default:
		*value = append(*value, named(*c, alias))
	}
}

// emptyPayload reports whether there is nothing in a payload but space.
func emptyPayload(b *event.Batch, v event.Value) bool {
	return v.Kind() == event.KindNull || values.IsText(v.Kind()) && blank(b.Bytes(v))
}

var errRouteNull = values.NewFault("the column that says the topic of the message is NULL", "")

// outboxTopic takes the topic from a column, and in an envelope the name and the
// version of the schema too.
func (s *shaping) outboxTopic(o *rulefile.Outbox, by event.Column) {
	envelope := s.form == event.ShapeRow
	version := -1
	if o.SchemaVersion != nil {
		c := s.find(*o.SchemaVersion)
		if c == nil {
			return
		}
		if c.Type.Kind != event.KindInt {
			s.Add(o.SchemaVersion.At, "", "column %q of table %s isn't a whole number, so it can't be a version", rulefile.Printable(c.Name), s.schema.Name())
			return
		}
		if envelope {
			version = c.Ord
			s.shown = append(s.shown, version)
		}
	}
	base, name, route := s.base, s.topic, o.Route
	if s.rule.SchemaName != "" {
		name = s.rule.SchemaName
	}
	t := &topics{rule: s.rule, bind: s.target}
	t.make = func(text string) (event.Target, error) {
		target, routed := base, text[versionBytes:]
		if routed == "" {
			return target, errTopicEmpty
		}
		to, _ := route.Apply(routed)
		if target.Topic = rulefile.SanitizeTopic(to); to == "" {
			return target, errTopicEmpty
		}
		if envelope {
			target.Name = name + "." + routed
			target.Version = int32(binary.LittleEndian.Uint32([]byte(text)))
		}
		return target, nil
	}
	s.where = t
	s.choose = outboxChooser(t, by, version)
}

const versionBytes = 4

// outboxChooser finds the target of a message by its version and the text that says
// the topic.
func outboxChooser(t *topics, by event.Column, version int) func(*exec, int32) (*event.Target, error) {
	return func(x *exec, image int32) (*event.Target, error) {
		row := x.b.Values[image:]
		n := int64(0)
		if version >= 0 && row[version].Kind() == event.KindInt {
			n = row[version].Int()
		}
		text := binary.LittleEndian.AppendUint32(x.scratch[:0], uint32(n))
		v := row[by.Ord]
		if v.Kind() == event.KindUnavailable {
			return nil, errTopicMissing
		}
		if v.Kind() <= event.KindNull {
			return nil, errRouteNull
		}
		text, err := values.AppendText(text, x.b.Arena, v, &by.Type)
		x.scratch = text
		if err != nil {
			return nil, err
		}
		return t.find(text)
	}
}

// unexpectedUpdates tells of an update of an outbox, or stops at it.
func (s *shaping) unexpectedUpdates(o *rulefile.Outbox) {
	for i, op := range rulefile.Ops {
		if op == event.OpUpdate {
			s.outs[i] = output{view: nil, make: &maker{rule: s.rule, unexpected: o.OpInvalid}, dead: s.outs[i].dead}
		}
	}
}

var errUpdated = values.NewFault("an update of an outbox, whose rows are messages that have left", "insert a new row, or say table_op_invalid_behavior: warn")

var errLeftOut = values.NewFault("an update of an outbox was left out: its rows are messages", "")

// update is what an update of an outbox does.
func (m *maker) update(x *exec) error {
	if m.unexpected == "fatal" {
		return x.fails("outbox", m.rule.Outbox.At, errUpdated)
	}
	x.note(m.rule, m.unexpected == "error", errLeftOut)
	return nil
}

// tracing takes the headers of a trace out of a column that has them as lines of
// Java's properties, where the table has the column.
func (s *shaping) tracing(o *rulefile.Outbox) {
	c := s.column(o.TracingSpanContext)
	if c == nil || !values.IsText(c.Type.Kind) || s.masked(c.Name) {
		return
	}
	from := c.Ord
	for _, name := range []string{"traceparent", "tracestate"} {
		h := s.place(name, nullableText)
		s.groups = append(s.groups, group{ords: []int{h.Ord}, reads: []int{from}, at: o.At, what: "outbox", compile: func(event.Op) fill {
			return func(x *exec, _ *event.Row, image []event.Value) error {
				image[h.Ord] = event.Null
				v := image[from]
				if v.Kind() <= event.KindNull {
					return nil
				}
				if text := property(x.b.Bytes(v), name); text != nil {
					at := len(x.b.Arena)
					x.b.Arena = unescaped(x.b.Arena, text)
					image[h.Ord] = event.Text(event.KindString, at, len(x.b.Arena)-at)
				}
				return nil
			}
		}})
		s.headers = append(s.headers, h)
	}
}

// property finds name=value among lines; nil when there is none.
func property(text []byte, name string) []byte {
	for line := range bytes.Lines(text) {
		key, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte("="))
		if ok && string(bytes.TrimSpace(key)) == name {
			return bytes.TrimSpace(value)
		}
	}
	return nil
}

// unescaped appends a value of Java's properties, in which a backslash stands before
// characters that mean something there.
func unescaped(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		dst = append(dst, text[i])
	}
	return dst
}
