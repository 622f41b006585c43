package rulefile

import (
	"fmt"
	"strings"
)

// maxTopic is the longest name that Kafka takes.
const maxTopic = 249

// SanitizeTopic replaces what Kafka doesn't take in a name by _ and cuts the rest
// off. A character outside of the basic plane counts as two, since Debezium
// replaces UTF-16 units.
func SanitizeTopic(name string) string {
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

// TopicFault says why Kafka wouldn't take the name; empty when it would.
func TopicFault(name string) string {
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
