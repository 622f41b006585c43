package golden

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var unsafeInTopic = regexp.MustCompile(`[^a-zA-Z0-9._-]`)

// option says a value of a property in YAML: truth and numbers as such, lists as
// lists.
func (t *transform) option(name string, lists ...string) any {
	switch value := strings.TrimSpace(t.options[name]); {
	case slices.Contains(lists, name):
		return t.list(name)
	case value == "true" || value == "false":
		return value == "true"
	default:
		return value
	}
}

// optionsOf says options under their own names, with _ for a dot. Those that
// aren't known remain.
func (t *transform) optionsOf(known []string, lists ...string) object {
	keys := object{}
	for _, name := range slices.Sorted(maps.Keys(t.options)) {
		if slices.Contains(known, name) {
			keys.set(strings.ReplaceAll(name, ".", "_"), t.option(name, lists...))
			delete(t.options, name)
		}
	}
	return keys
}

var unwrapOptions = []string{
	"add.fields", "add.fields.prefix", "add.headers", "add.headers.prefix", "delete.tombstone.handling.mode", "drop.fields.from.key",
	"drop.fields.header.name", "drop.fields.keep.schema.compatible", "replace.null.with.default", "route.by.field",
}

// unwrap: ExtractNewRecordState.
func unwrap(d *draft, t *transform) string {
	if d.shape != shapeEnvelope {
		return "behind another one"
	}
	d.verbs.set("unwrap", t.optionsOf(unwrapOptions, "add.fields", "add.headers"))
	prefix, paths := d.added("add_fields")
	for _, item := range paths {
		d.columns = append(d.columns, column{name: addedName(prefix, item)})
	}
	d.shape = shapeRow
	return ""
}

var outboxOptions = []string{
	"table.field.event.id", "table.field.event.key", "table.field.event.type", "table.field.event.payload", "table.field.event.timestamp",
	"table.field.event.schema.version", "table.fields.additional.placement", "table.field.additional.missing", "table.expand.json.payload",
	"table.json.payload.null.behavior", "table.json.payload.empty.array.behavior", "table.op.invalid.behavior", "route.by.field", "route.topic.regex",
	"route.topic.replacement", "route.tombstone.on.empty.payload", "tracing.span.context.field", "tracing.operation.name", "tracing.with.context.field.only",
}

// outbox: EventRouter.
func outbox(d *draft, t *transform) string {
	if d.shape != shapeEnvelope {
		return "behind another one"
	}
	d.verbs.set("outbox", t.optionsOf(outboxOptions, "table.fields.additional.placement"))
	d.shape = shapeMessage
	return ""
}

var rerouteOptions = []string{
	"topic.regex", "topic.replacement", "key.enforce.uniqueness", "key.field.name", "key.field.regex", "key.field.replacement",
}

// reroute: ByLogicalTableRouter, which has another name for the field of the key
// in its newer class.
func reroute(d *draft, t *transform) string {
	t.take("logical.destination.cache.size")
	if t.class == "ToLogicalTopicRouter" && t.options["key.field.name"] == "" {
		t.options["key.field.name"] = "__dbz__sourceIdentifier"
	}
	if d.topic != d.base || d.shape == shapeMessage {
		return "behind another one"
	}
	re, err := javaPattern(t.options["topic.regex"])
	if err != nil {
		return "topic.regex=" + t.options["topic.regex"]
	}
	d.topic, _ = javaReplace(re, d.topic, t.options["topic.replacement"])
	d.verbs.set("reroute", t.optionsOf(rerouteOptions))
	if d.shape == shapeRow && d.topic != d.base {
		d.verbs.set("schema_name", d.base) // of a value that is no envelope any more
	}
	return ""
}

// changedHeaders: ExtractChangedRecordState, which looks at envelopes alone.
func changedHeaders(d *draft, t *transform) string {
	keys := object{}
	for option, key := range map[string]string{"header.changed.name": "changed", "header.unchanged.name": "unchanged"} {
		if name := t.take(option); name != "" {
			keys.set(key, name)
		}
	}
	slices.SortFunc(keys, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	if d.shape == shapeEnvelope {
		d.verbs.set("changed_headers", keys)
	}
	return ""
}

// partitionRouting: the partition by some fields of envelopes.
func partitionRouting(d *draft, t *transform) string {
	n, err := strconv.Atoi(t.take("partition.topic.num"))
	t.take("partition.hash.cache.size")
	keys := object{{"fields", t.list("partition.payload.fields")}, {"partitions", n}}
	if hash := t.take("partition.hash.function"); hash != "" {
		keys.set("hash", strings.ToLower(hash))
	}
	if d.shape == shapeEnvelope {
		d.verbs.set("partition_by", keys)
	}
	if err != nil {
		return "partition.topic.num"
	}
	return ""
}
