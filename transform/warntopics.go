package transform

import (
	"slices"
	"strings"

	"cdc/transform/rulefile"
)

// warnTopic finds a topic that takes records of different shapes, as far as the rules
// tell. topics has the first rule of each.
func warnTopic(r *rule, topics map[string]*rule, rep *rulefile.Report) {
	topic, ok := r.constantTopic()
	if !ok {
		return
	}
	if r.Emit != rulefile.EmitFields && severalTables(r) {
		rep.Add(r.Topic.At, `write a topic for each: "`+rulefile.Printable(topic)+`.${source.table}"; or let "reroute" keep their keys apart`,
			"rule %q sends the rows of several tables to topic %q, and they have different columns", r.Name, topic)
	}
	first := topics[topic]
	if first == nil {
		topics[topic] = r
		return
	}
	if why := differ(first, r); why != "" {
		rep.Add(r.Topic.At, "give one of them another topic", "rules %q and %q write to topic %q, and %s", first.Name, r.Name, topic, why)
	}
}

// constantTopic is the topic that a rule names, when it names one.
func (r *rule) constantTopic() (string, bool) {
	if r.Topic == nil || r.Outbox != nil {
		return "", false
	}
	return r.Topic.Constant()
}

func severalTables(r *rule) bool {
	patterns := slices.DeleteFunc(slices.Clone(r.Tables.Patterns()), func(s string) bool { return strings.HasPrefix(s, "!") })
	return len(patterns) > 1 || strings.ContainsAny(patterns[0], `*?[/`)
}

// differ says in what the records of two rules differ; empty when they don't.
func differ(a, b *rule) string {
	switch {
	case a.Emit != b.Emit:
		return "emit records of different shapes (" + rulefile.EmitWords[a.Emit] + ", " + rulefile.EmitWords[b.Emit] + ")"
	case keyNames(a) != keyNames(b):
		return "give them different keys"
	case a.Emit == rulefile.EmitFields && fieldNames(a.Fields) != fieldNames(b.Fields):
		return "give them different fields"
	case a.Emit != rulefile.EmitFields && !slices.Equal(a.Tables.Patterns(), b.Tables.Patterns()):
		return "are about different tables"
	default:
		return ""
	}
}

func keyNames(r *rule) string {
	switch {
	case r.Key == nil:
		return "the table's"
	case r.Key.None:
		return "none"
	case r.Key.Value:
		return "value"
	default:
		return fieldNames(r.Key.Columns)
	}
}

func fieldNames(fields []rulefile.Field) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(f.Output)
		if len(f.Fields) > 0 {
			b.WriteString("{" + fieldNames(f.Fields) + "}")
		}
		b.WriteByte(' ')
	}
	return b.String()
}
