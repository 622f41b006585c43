package transform

import (
	"cdc/transform/rulefile"
)

// route returns the topic that a rule's "reroute" gives to that of a table; false when
// it stays.
func route(r *rulefile.Reroute, topic string) (string, bool) {
	if r == nil || r.Topic == nil {
		return topic, false
	}
	to, ok := r.Topic.Apply(topic)
	if !ok || to == "" {
		return topic, false
	}
	return rulefile.SanitizeTopic(to), true
}

// identifier is what tells apart the keys of the tables of a topic.
func identifier(r *rulefile.Reroute, topic string) string {
	if r.KeyField != nil {
		if id, ok := r.KeyField.Apply(topic); ok {
			return id
		}
	}
	return topic
}
