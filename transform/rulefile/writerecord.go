package rulefile

import "fmt"

// record prints what a rule says of records beside their value.
func (h hasher) record(r *Rule) {
	if k := r.Key; k != nil {
		h.open("key")
		h.fields("columns", k.Columns)
		h.flag("value", k.Value)
		h.flag("none", k.None)
		h.close()
	}
	if t := r.Topic; t != nil {
		h.open("topic")
		for _, p := range t.Parts {
			h.text("text", p.Text)
			h.expr("cel", p.Expr)
		}
		h.close()
	}
	if r.TopicLimit != DefaultTopicLimit {
		h.number("topic_limit", r.TopicLimit)
	}
	if p := r.Partition; p != nil {
		h.open("partition_by")
		h.names("columns", p.Columns)
		h.name("value", p.Value)
		h.names("fields", p.Fields)
		h.text("hash", p.Hash)
		h.number("partitions", p.Partitions)
		h.close()
	}
	for _, header := range r.Headers {
		h.open("header")
		h.text("name", header.Name.Text)
		h.expr("cel", header.Expr)
		h.pointer("text", header.Text)
		h.close()
	}
	h.metadata("add_headers", r.AddHeaders)
	h.name("timestamp", r.Timestamp)
	h.text("schema_name", r.SchemaName)
}

// transforms prints what a rule has of Debezium's transforms.
func (h hasher) transforms(r *Rule) {
	if u := r.Unwrap; u != nil {
		h.open("unwrap")
		h.text("mode", u.Mode)
		h.name("route_by_field", u.RouteByField)
		h.name("drop_fields_header", u.DropFieldsHeader)
		h.flag("drop_fields_from_key", u.DropFieldsFromKey)
		h.flag("drop_fields_keep_schema_compatible", u.DropFieldsKeepSchemaCompatible)
		h.flag("replace_null_with_default", u.ReplaceNullWithDefault)
		h.close()
	}
	if c := r.ChangedHeaders; c != nil {
		h.open("changed_headers")
		h.text("changed", c.Changed)
		h.text("unchanged", c.Unchanged)
		h.close()
	}
	if r.Outbox != nil {
		h.outbox(r.Outbox)
	}
	if o := r.Reroute; o != nil {
		h.open("reroute")
		h.text("topic_regex", o.TopicRegex)
		h.text("topic_replacement", o.TopicReplacement)
		h.flag("key_enforce_uniqueness", o.KeyEnforceUniqueness)
		h.text("key_field_name", o.KeyFieldName)
		h.text("key_field_regex", o.KeyFieldRegex)
		h.text("key_field_replacement", o.KeyFieldReplace)
		h.close()
	}
}

func (h hasher) outbox(o *Outbox) {
	h.open("outbox")
	for _, n := range []struct{ name, text string }{
		{"id", o.ID.Text},
		{"key", o.Key.Text},
		{"type", o.Type.Text},
		{"payload", o.Payload.Text},
		{"missing", o.AdditionalMissing},
		{"json_null", o.JSONNull},
		{"json_empty_array", o.JSONEmptyArray},
		{"op_invalid", o.OpInvalid},
		{"route_by", o.RouteBy.Text},
		{"regex", o.TopicRegex},
		{"replacement", o.TopicReplacement},
		{"tracing", o.TracingSpanContext},
	} {
		h.text(n.name, n.text)
	}
	h.name("timestamp", o.Timestamp)
	h.name("schema_version", o.SchemaVersion)
	for _, p := range o.Placement {
		fmt.Fprintf(h.w, "place=%q ", []string{p.Column.Text, p.To, p.Alias})
	}
	h.flag("expand_json", o.ExpandJSON)
	h.flag("tombstone_on_empty_payload", o.TombstoneOnEmptyPayload)
	h.close()
}
