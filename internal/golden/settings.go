package golden

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Settings say in our configuration what a connector was told by its
// properties. The maps hold the keys of their blocks.
type Settings struct {
	Source, Events, Format, Topics map[string]any
	// Registry are the keys of format.registry, without its address.
	Registry map[string]any
	// Tables are the patterns of the source.
	Tables []string
	// Mode is that of the snapshot.
	Mode string
	// Publication is one that the statements of the case make; empty means that
	// one is to be made, as ViaRoot says.
	Publication string
	ViaRoot     bool
	// Rules is the text of a rule file; empty when there are no transforms.
	Rules string
	// Avro: a registry is needed.
	Avro bool
	// Alone: the case needs a server for itself, since the patterns take tables of
	// databases that aren't its own, or a script changes the server.
	Alone bool
	// NotYet are the properties that have no counterpart yet.
	NotYet []string
	// Without are the transforms that rules have nothing for.
	Without []string

	config      map[string]string
	first       string // database.*.list or schema.*.list
	autocreated bool
	// wholeOldRows: the log holds whole rows before a change.
	wholeOldRows bool
}

// Translate says what the properties of the connector are in our configuration.
func (c *Case) Translate() *Settings {
	s := &Settings{
		Source: map[string]any{}, Events: map[string]any{}, Format: map[string]any{}, Topics: map[string]any{},
		Registry: map[string]any{},
		Mode:     "initial", config: c.Config, first: "database", autocreated: true,
	}
	if c.postgres() {
		s.first = "schema"
	}
	for _, name := range slices.Sorted(maps.Keys(c.Config)) {
		s.take(c, name, c.Config[name])
	}
	if c.Connector != "" {
		s.Events["source_version"] = c.Connector
	}
	s.tables(c)
	s.converters()
	s.statements(c)
	s.transforms(c)
	if s.autocreated {
		s.Publication = ""
	}
	slices.Sort(s.NotYet)
	s.NotYet = slices.Compact(s.NotYet)
	slices.Sort(s.Without)
	s.Without = slices.Compact(s.Without)
	return s
}

// statements finds what the scripts need that no property says.
func (s *Settings) statements(c *Case) {
	text, err := c.scripts()
	if err != nil {
		s.notYet("scripts that can't be read: "+err.Error(), "")
		return
	}
	s.Alone = s.Alone || c.Exclusive || changesServer.MatchString(text)
	s.wholeOldRows = !c.postgres() || strings.Contains(text, "replica identity full")
	if !c.postgres() && strings.Contains(text, "binlog_row_image") {
		s.Source["accept_partial_row_images"] = true
	}
}

// changesServer finds statements that others on the server would feel.
var changesServer = regexp.MustCompile(`(?i)\b(?:set\s+(?:global|persist)\b|set\s+@@(?:global|persist)|reset\s+(?:master|binary)|purge\s+binary|flush\s+(?:binary\s+)?logs|alter\s+system\b)`)

// notYet notes a property without a counterpart, with its value where another
// one has.
func (s *Settings) notYet(name, value string) {
	if value != "" {
		name += "=" + value
	}
	s.NotYet = append(s.NotYet, name)
}

// take translates one property.
func (s *Settings) take(c *Case, name, value string) {
	if family, ok := later(name); ok {
		s.notYet(family, "")
		return
	}
	if operational(name) || ofTransforms(name) || ofAnotherSource(c.Source, name) || s.takeColumns(name, value) || s.takeConverter(name, value) {
		return
	}
	t, known := translations[name]
	if !known {
		s.notYet(name, "")
		return
	}
	if !t(s, c, value) {
		s.notYet(name, value)
	}
}

// translation takes the value of a property, or reports that it can't.
type translation func(s *Settings, c *Case, value string) bool

// option is a key of events with the same words as values.
func option(key string) translation {
	return func(s *Settings, _ *Case, value string) bool {
		s.Events[key] = value
		return true
	}
}

// choice is an option whose words may stand in any case.
func choice(key string) translation {
	return func(s *Settings, c *Case, value string) bool {
		return option(key)(s, c, strings.ToLower(strings.TrimSpace(value)))
	}
}

func events(key string) translation {
	return truth(key, func(s *Settings) map[string]any { return s.Events })
}

func ofSource(key string) translation {
	return truth(key, func(s *Settings) map[string]any { return s.Source })
}

// truth is a key that is true or false.
func truth(key string, block func(*Settings) map[string]any) translation {
	return func(s *Settings, _ *Case, value string) bool {
		block(s)[key] = strings.EqualFold(value, "true")
		return strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	}
}

// only is a property whose other values have no counterpart.
func only(values ...string) translation {
	return func(_ *Settings, _ *Case, value string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) })
	}
}

// elsewhere is a property that is read together with others.
func elsewhere(*Settings, *Case, string) bool { return true }

// number is a key that holds a number.
func number(key string) translation {
	return func(s *Settings, _ *Case, value string) bool {
		var n int
		_, err := fmt.Sscanf(value, "%d", &n)
		s.Events[key] = n
		return err == nil
	}
}

// milliseconds is a key that holds a duration.
func milliseconds(key string) translation {
	return func(s *Settings, _ *Case, value string) bool {
		d, err := time.ParseDuration(value + "ms")
		s.Events[key] = d.String()
		return err == nil
	}
}

// Skips reports whether records of an operation (c, u, d, t) are skipped.
func (s *Settings) Skips(op string) bool {
	list, set := s.Events["skipped_operations"].([]string)
	return set && slices.Contains(list, op) || !set && op == "t"
}

// YAML returns a block as one line. A dollar sign of a value is no reference.
func YAML(block any) (string, error) {
	var n yaml.Node
	if err := n.Encode(block); err != nil {
		return "", err
	}
	n.Style = yaml.FlowStyle
	text, err := yaml.Marshal(&n)
	return strings.ReplaceAll(strings.TrimSpace(string(text)), "$", "$$"), err
}
