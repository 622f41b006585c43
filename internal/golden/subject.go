package golden

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Subject is a name in a registry with one of the schemas that it has.
type Subject struct{ Name, Schema string }

// Subjects are the recorded schemas under the names that the settings give them,
// in the order of the records.
func (c *Case) Subjects(s *Settings) ([]Subject, error) {
	known, err := c.writerSchemas()
	if err != nil {
		return nil, err
	}
	records, err := c.Events()
	if err != nil {
		return nil, err
	}
	var all []Subject
	for _, r := range records {
		for part, b := range map[string][]byte{"key": r.Key, "value": r.Value} {
			id, _, ok := framed(b)
			if !ok || !isAvro(c.Config[part+".converter"]) {
				continue
			}
			name, err := s.subject(r.Topic, part, known[id])
			if err != nil {
				return nil, fmt.Errorf("%s: schema %d: %w", c.dir, id, err)
			}
			if subject := (Subject{name, known[id]}); !slices.Contains(all, subject) {
				all = append(all, subject)
			}
		}
	}
	return all, nil
}

// subject is the name that a schema of a topic's part has.
func (s *Settings) subject(topic, part, schema string) (string, error) {
	var parsed map[string]any
	if err := json.Unmarshal([]byte(schema), &parsed); err != nil {
		return "", err
	}
	switch record := nameOf(parsed, ""); s.Registry[part+"_subject_name_strategy"] {
	case "record":
		return record, nil
	case "topic_record":
		return topic + "-" + record, nil
	default:
		return topic + "-" + part, nil
	}
}
