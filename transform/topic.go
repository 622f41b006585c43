package transform

import (
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

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
	return rulefile.SanitizeTopic(strings.Join(parts, o.delimiter()))
}
