package rulefile

import "go.yaml.in/yaml/v3"

// rerouting is what is read of "reroute".
type rerouting struct {
	Reroute
	regex, replacement, keyRegex, keyReplacement *yaml.Node
}

func (d *decoder) reroute(n *yaml.Node) *Reroute {
	r := rerouting{Reroute: Reroute{At: d.src.At(n), KeyEnforceUniqueness: true, KeyFieldName: "__dbz__physicalTableIdentifier"}}
	there := readKeys(d, n, "reroute", rerouteKeys, &r)
	switch {
	case there == nil:
		return nil
	case !there.has("topic_regex") || !there.has("topic_replacement"):
		d.Add(r.At, `write "reroute: {topic_regex: '(.*)_shard\d+', topic_replacement: '$1'}"`, `reroute needs "topic_regex" and "topic_replacement"`)
		return nil
	case there.has("key_field_regex") != there.has("key_field_replacement"):
		d.Add(r.At, "write both or neither", `"key_field_regex" and "key_field_replacement" go together`)
		return nil
	case !r.KeyEnforceUniqueness && there.firstOf("key_field_name", "key_field_regex") != "":
		d.Add(there[there.firstOf("key_field_name", "key_field_regex")], "", `"key_enforce_uniqueness: false" adds no field to the key`)
		return nil
	}
	if r.regex != nil && r.replacement != nil {
		r.Topic = d.router(r.regex, r.TopicRegex, r.replacement, r.TopicReplacement, "topic_regex")
	}
	if r.keyRegex != nil && r.keyReplacement != nil {
		r.KeyField = d.router(r.keyRegex, r.KeyFieldRegex, r.keyReplacement, r.KeyFieldReplace, "key_field_regex")
	}
	return &r.Reroute
}

var rerouteKeys = []key[rerouting]{
	{
		"topic_regex", textForm, "A regular expression (RE2) that must match the whole name of the table's default topic.",
		func(d *decoder, r *rerouting, n *yaml.Node) { r.TopicRegex, r.regex = d.kept(n, "topic_regex") },
	},
	{
		"topic_replacement", anyTextForm, "The name of the topic, with $1 or ${name} for groups.",
		func(d *decoder, r *rerouting, n *yaml.Node) {
			r.TopicReplacement, r.replacement = d.kept(n, "topic_replacement")
		},
	},
	{
		"key_enforce_uniqueness", boolForm, "Whether the key gets a field that tells the tables apart; true when missing.",
		func(d *decoder, r *rerouting, n *yaml.Node) {
			r.KeyEnforceUniqueness = d.boolean(n, "key_enforce_uniqueness")
		},
	},
	{
		"key_field_name", textForm, "The name of that field; __dbz__physicalTableIdentifier when missing.",
		func(d *decoder, r *rerouting, n *yaml.Node) { r.KeyFieldName, _ = d.text(n, "key_field_name") },
	},
	{
		"key_field_regex", textForm, "A regular expression (RE2) over the default topic for the value of that field; when missing, the value is the topic.",
		func(d *decoder, r *rerouting, n *yaml.Node) {
			r.KeyFieldRegex, r.keyRegex = d.kept(n, "key_field_regex")
		},
	},
	{
		"key_field_replacement", textForm, "The value of that field, with $1 or ${name} for groups.",
		func(d *decoder, r *rerouting, n *yaml.Node) {
			r.KeyFieldReplace, r.keyReplacement = d.kept(n, "key_field_replacement")
		},
	},
}

// kept returns a text and its node; a nil node when it isn't text.
func (d *decoder) kept(n *yaml.Node, what string) (string, *yaml.Node) {
	s, ok := d.text(n, what)
	if !ok {
		return "", nil
	}
	return s, n
}
