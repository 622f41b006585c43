package transform

import (
	"fmt"
	"strings"

	"cdc/event"
)

// maxTopic is the longest name that Kafka takes.
const maxTopic = 249

// defaultTopic is the name of the topic of a table when no rule says another:
// the prefix, database or schema, and table, with the delimiter between those
// that aren't empty, made legal as Debezium makes it. The names of the schemas
// begin with the same text.
func (o Options) defaultTopic(s *event.Schema) string {
	parts := make([]string, 0, 3)
	for _, p := range []string{o.Prefix, firstName(s), s.Table} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return sanitize(strings.Join(parts, o.delimiter()))
}

// sanitize replaces what Kafka doesn't take in a name by _ and cuts the rest
// off. A character outside of the basic plane counts as two, since Debezium
// replaces UTF-16 units.
func sanitize(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case legalInTopic(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			b.WriteString("__")
		default:
			b.WriteByte('_')
		}
	}
	s := b.String()
	if len(s) > maxTopic {
		s = s[:maxTopic]
	}
	if s == "." || s == ".." {
		return strings.Repeat("_", len(s))
	}
	return s
}

func legalInTopic(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
}

// topicFault says why Kafka wouldn't take the name; empty when it would.
func topicFault(name string) string {
	if len(name) > maxTopic {
		return fmt.Sprintf("is longer than %d characters", maxTopic)
	}
	if name == "." || name == ".." {
		return "isn't a name that Kafka takes"
	}
	for _, r := range name {
		if !legalInTopic(r) {
			return fmt.Sprintf("has a %q, and Kafka takes only letters, digits, dot, _ and -", r)
		}
	}
	return ""
}
