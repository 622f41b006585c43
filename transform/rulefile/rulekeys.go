package rulefile

import "go.yaml.in/yaml/v3"

// The words of the keys of a rule.
var (
	onErrorWords   = []string{"fail", "drop", "keep", "dead_letter"}
	deleteWords    = []string{"keep", "drop", "rewrite"}
	tombstoneWords = []string{"keep", "drop", "from_delete"}
	nullWords      = []string{"include", "omit"}
)

const whenExample = `for example: when: op == "c" || changed("status")`

// ruleKeys are the keys of a rule, in the order in which a rule reads best.
var ruleKeys = []key[Rule]{
	{
		"name", textForm, "What errors, warnings and metrics call the rule.",
		func(d *decoder, r *Rule, n *yaml.Node) {
			r.At = d.src.At(n)
			r.Name, _ = d.text(n, "name")
		},
	},
	{
		"tables", namesForm, "The tables: database.table for MySQL and MariaDB, schema.table for PostgreSQL; * ? [abc] are wildcards, /.../ is a regular expression, ! excludes.",
		func(d *decoder, r *Rule, n *yaml.Node) {
			r.TablesAt = d.src.At(n)
			r.Tables = d.tables(n)
		},
	},
	{
		"on", eitherForm(oneOfForm(OpWords), listForm(oneOfForm(OpWords))), "The operations. When missing: insert, update and delete; with \"unwrap\" the rows of a snapshot too, with \"outbox\" insert, update and snapshot.",
		func(d *decoder, r *Rule, n *yaml.Node) {
			r.OnAt = d.src.At(n)
			r.On = d.ops(n)
		},
	},
	{
		"when", exprForm, "A condition, in CEL. When missing: always.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.When = d.expr(n, "when must be a condition", whenExample) },
	},
	{
		"emit", oneOfForm(EmitWords), "The shape of the value; envelope when neither this nor \"fields\", \"unwrap\" or \"outbox\" says another.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Emit = Emit(d.index(n, "emit", EmitWords)) },
	},
	{
		"drop", namesForm, "Columns that are left out.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Drop = d.names(n, "drop", "a column") },
	},
	{
		"mask", mapForm(objectForm(maskKeys)), "Columns of which only some characters stay.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.mask(r, n) },
	},
	{
		"hash", mapForm(objectForm(hashKeys)), "Columns of which a hash stays: the same text gives the same hash.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.hash(r, n) },
	},
	{
		"truncate", mapForm(intForm(1, maxLength)), "Columns that are cut after so many characters.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.truncate(r, n) },
	},
	{
		"redact", eitherForm(namesForm, mapForm(form{"type": []string{"string", "null"}})), "Columns whose values are replaced: by NULL, or the empty value where the column takes none, or by a text.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.redact(r, n) },
	},
	{
		"cast", mapForm(typeForm), "Columns that become another type.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.cast(r, n) },
	},
	{
		"computed", mapForm(exprForm), "Fields whose values are expressions in CEL. They see values as the keys above leave them.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Computed = d.computed(n) },
	},
	{
		"flatten", eitherForm(objectForm(flattenKeys), listForm(objectForm(flattenKeys))), "JSON columns whose members become fields.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Flatten = d.flatten(n) },
	},
	{
		"fields", ref("fields"), "The fields of the value, in order: name and column, or name and more fields for an object.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Fields = d.fields(n) },
	},
	{
		"rename", mapForm(textForm), "Columns that have another name in the value: column and name. The others stay as they are.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Rename = d.rename(n) },
	},
	{
		"add_fields", metadataForm, "Fields of the event that are added to the row: op, table, source.ts_ms, or lsn:position for a name of one's own.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.metadata(n, "add_fields", &r.fields) },
	},
	{
		"add_fields_prefix", anyTextForm, "What stands before the names of added fields; __ when missing.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.fields.prefix = d.prefix(n, "add_fields_prefix") },
	},
	{
		"null_fields", oneOfForm(nullWords), "Whether fields that are NULL are in the value; include when missing. A format with schemas can't leave them out.",
		func(d *decoder, r *Rule, n *yaml.Node) {
			r.OmitNulls, r.OmitNullsAt = d.index(n, "null_fields", nullWords) == 1, d.src.At(n)
		},
	},
	{
		"delete", oneOfForm(deleteWords), "What becomes of a delete. Envelope: keep, drop. Row and fields: a tombstone when missing, drop, or rewrite for the row before with __deleted.",
		func(d *decoder, r *Rule, n *yaml.Node) {
			r.DeleteAt = d.src.At(n)
			if s, ok := d.oneOf(n, "delete", deleteWords); ok {
				r.Delete = map[string]DeleteMode{"keep": DeleteKeep, "drop": DeleteDrop, "rewrite": DeleteRewrite}[s]
			}
		},
	},
	{
		"tombstone", oneOfForm(tombstoneWords), "Whether a tombstone follows a delete, or stands in its place.",
		func(d *decoder, r *Rule, n *yaml.Node) {
			r.TombstoneAt = d.src.At(n)
			if s, ok := d.oneOf(n, "tombstone", tombstoneWords); ok {
				r.Tombstone = map[string]TombstoneMode{"keep": TombstoneKeep, "drop": TombstoneDrop, "from_delete": TombstoneFromDelete}[s]
			}
		},
	},
	{
		"only_if_changed", boolForm, "Whether an update that changes nothing of the output is left out; false when missing.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.OnlyIfChanged = d.boolean(n, "only_if_changed") },
	},
	{
		"key", keyForm, "The key of the records: columns, name and column, {value: column} for the bare value, or none. When missing: that of the table.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Key = d.recordKey(n) },
	},
	{
		"topic", eitherForm(textForm, objectForm(topicKeys)), "The topic: a name, a text with expressions in ${...}, or {cel: expression}. When missing: that of the table.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Topic = d.topic(n) },
	},
	{
		"topic_limit", intForm(1, maxTopics), "How many topics the expressions may make before that is an error; 1000 when missing.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.TopicLimit = d.integer(n, "topic_limit", 1, maxTopics) },
	},
	{
		"partition_by", eitherForm(listForm(textForm), objectForm(partitionKeys)), "What chooses the partition: columns, hashed as if they were the key, or {value: column} for a number. When missing: the key.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Partition = d.partition(n) },
	},
	{
		"headers", mapForm(eitherForm(exprForm, objectForm(headerKeys))), "Headers: an expression in CEL, or {value: text}.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Headers = d.headers(n) },
	},
	{
		"add_headers", metadataForm, "Fields of the event that are added as headers.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.metadata(n, "add_headers", &r.headers) },
	},
	{
		"add_headers_prefix", anyTextForm, "What stands before the names of added headers; __ when missing.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.headers.prefix = d.prefix(n, "add_headers_prefix") },
	},
	{
		"changed_headers", objectForm(changedKeys), "Headers that list the fields which an update changes or leaves alone.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.ChangedHeaders = d.changedHeaders(n) },
	},
	{
		"timestamp", textForm, "The column that is the timestamp of the record.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Timestamp = d.optional(n, "the column of the timestamp") },
	},
	{
		"schema_name", textForm, "What the names of the schemas begin with; beside reroute, that of the value's alone. When missing: the topic.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.SchemaName, _ = d.text(n, "schema_name") },
	},
	{
		"unwrap", objectForm(unwrapKeys), "Rows as Debezium's ExtractNewRecordState makes them; its options, with underscores.",
		func(d *decoder, r *Rule, n *yaml.Node) { d.unwrap(r, n) },
	},
	{
		"outbox", objectForm(outboxKeys), "Messages of an outbox table as Debezium's EventRouter makes them; its options, with underscores.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Outbox = d.outbox(n) },
	},
	{
		"reroute", objectForm(rerouteKeys), "Tables of the same shape in one topic, as Debezium's ByLogicalTableRouter puts them; its options, with underscores.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Reroute = d.reroute(n) },
	},
	{
		"continue", boolForm, "Whether the rules below see a row that this one takes; false when missing.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Continue = d.boolean(n, "continue") },
	},
	{
		"otherwise", oneOfForm(passWords), "What happens to rows of its tables that no rule takes, said by the last rule of a table; drop when missing.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.Otherwise = d.choice(n, "otherwise") },
	},
	{
		"on_error", oneOfForm(onErrorWords), "What happens to a row for which the rule fails; fail when missing: the pipeline stops.",
		func(d *decoder, r *Rule, n *yaml.Node) { r.OnError = OnError(d.index(n, "on_error", onErrorWords)) },
	},
}

// maxTopics is the largest number of topics that a rule can be allowed.
const maxTopics = 100_000
