package rulefile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
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

// topicName reads a name as Kafka takes it.
func (d *decoder) topicName(n *yaml.Node, what string) (string, bool) {
	s, ok := d.text(n, what)
	if !ok {
		return "", false
	}
	if reason := TopicFault(s); reason != "" {
		d.Add(d.src.At(n), hintTopic(s), "topic %q %s", Printable(s), reason)
		return "", false
	}
	return s, true
}

// hintTopic is the hint for a name that looks like something else.
func hintTopic(s string) string {
	if strings.ContainsAny(s, `"'+(`) {
		return `an expression stands in braces: "orders.${after.region}", or {cel: '"orders." + after.region'}`
	}
	return ""
}

// topic reads what "topic" says: a name, a template, or {cel: expression}.
func (d *decoder) topic(n *yaml.Node) *Template {
	if n.Kind == yaml.MappingNode {
		t := &Template{At: d.src.At(n)}
		errs := len(d.List)
		if there := readKeys(d, n, "topic", topicKeys, t); !there.has("cel") && len(d.List) == errs {
			d.Add(t.At, `write {cel: '"orders." + after.region'}`, "topic has no expression")
		}
		return t
	}
	s, ok := d.text(n, "topic")
	if !ok {
		return nil
	}
	t := d.template(n)
	if t == nil {
		return nil
	}
	if _, constant := t.Constant(); constant {
		d.topicName(n, "topic")
		return t
	}
	for _, p := range t.Parts {
		if i := strings.IndexFunc(p.Text, func(r rune) bool { return !legalInTopic(r) }); i >= 0 {
			d.Add(t.At, hintTopic(p.Text), "topic %q %s", Printable(s), TopicFault(p.Text))
			break
		}
	}
	return t
}

var topicKeys = []key[Template]{
	{
		"cel", exprForm, "An expression that gives the name of the topic.",
		func(d *decoder, t *Template, n *yaml.Node) {
			if e := d.expr(n, "the topic must be an expression", ""); e != nil {
				t.Parts = []TemplatePart{{Expr: e}}
			}
		},
	},
}
