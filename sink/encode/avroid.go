package encode

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"cdc/event"
	"cdc/sink/encode/connect"
	"cdc/sink/registry"
)

// What subjects call the halves of a record.
const (
	partKey   = "key"
	partValue = "value"
)

// avroID says for what a schema is registered.
type avroID struct {
	registry    *registry.Client
	topic, part string
	// head is what appendHead appends, once that is known.
	head atomic.Pointer[[]byte]
}

// appendHead registers the schema, unless that was done, and appends what stands
// before the body of each record. It waits while the registry can't be reached.
func (a *avroID) appendHead(b []byte, s *connect.Schema) ([]byte, error) {
	if head := a.head.Load(); head != nil {
		return append(b, *head...), nil
	}
	text, err := avroText(s)
	if err != nil {
		return b, err
	}
	id, err := a.registry.ID(a.registry.Subject(a.topic, a.part, s.Name), text)
	if err != nil {
		return b, err
	}
	head := appendSchemaID(nil, id)
	a.head.Store(&head)
	return append(b, head...), nil
}

// append appends the key or the value of a control record.
func (a *avroID) append(b []byte, s *connect.Schema, d datum, defaults bool) ([]byte, error) {
	b, err := a.appendHead(b, s)
	if err != nil {
		return b, err
	}
	return appendAvroDatum(b, s, d, defaults)
}

// avroText is the text of a schema.
func avroText(s *connect.Schema) (string, error) {
	text, err := s.AppendAvro(nil)
	if err == nil {
		err = checkParts(s.Name)
		return string(text), err
	}
	if bad, ok := errors.AsType[*connect.NameError](err); ok {
		return "", fmt.Errorf("%w: %w; set events.%s_name_adjustment_mode: avro, or leave it out", event.ErrConfig, err, bad.Of)
	}
	return "", err
}

// checkParts refuses the name of a schema of which a part begins with a digit.
// Some libraries take that in a namespace, but Avro doesn't allow it, registries
// refuse it, and many readers can't read such records.
func checkParts(name string) error {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || part[0] < '0' || part[0] > '9' {
			continue
		}
		return fmt.Errorf("%w: the schema name %q isn't one in Avro: its part %q begins with a digit; "+
			"rename what is called so, let a rule send it to a topic of another name (topic), or write json or json_schema (format)",
			event.ErrConfig, name, part)
	}
	return nil
}
