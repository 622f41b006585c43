package rulefile

// shape works out what several keys say together, and refuses what they can't.
func (d *decoder) shape(r *Rule, there given) {
	d.defaults(r, there)
	for _, check := range []func(*Rule, given){
		d.shapeEmit, d.shapeOutbox, d.shapeUnwrap, d.shapeDeletes, d.shapeOps, d.shapeTopic, d.shapeColumns,
	} {
		check(r, there)
	}
}

// defaults fills in what is implied.
func (d *decoder) defaults(r *Rule, there given) {
	r.AddFields = append(r.AddFields, d.added(&r.fields)...)
	r.AddHeaders = append(r.AddHeaders, d.added(&r.headers)...)
	r.fields, r.headers, r.changed = added{}, added{}, nil
	if !there.has("emit") {
		switch {
		case there.has("outbox"):
			r.Emit = EmitOutbox
		case there.has("fields"):
			r.Emit = EmitFields
		case there.has("unwrap"):
			r.Emit = EmitRow
		}
	}
	if r.Emit == EmitOutbox && r.Outbox == nil {
		r.Outbox = d.defaultOutbox(there["emit"])
	}
	if !there.has("on") {
		r.On = defaultOps(r)
	}
}

// defaultOps are the operations of a rule without "on". What stands for a transform
// of Debezium takes what that takes.
func defaultOps(r *Rule) OpSet {
	switch {
	case r.Outbox != nil:
		return Inserts | Updates | Snapshots
	case r.Unwrap != nil:
		return DefaultOn | Snapshots
	default:
		return DefaultOn
	}
}

// apart refuses the first of the keys that is there: it has no place beside another.
func (d *decoder) apart(r *Rule, there given, beside, why string, keys ...string) {
	if k := there.firstOf(keys...); k != "" {
		d.Add(there[k], why, "rule %q has %s and %q", Printable(r.Name), beside, k)
	}
}

func (d *decoder) shapeEmit(r *Rule, there given) {
	said := `"emit: ` + EmitWords[r.Emit] + `"`
	switch {
	case r.Emit == EmitFields && r.Fields == nil:
		d.Add(r.At, "write "+fieldsExample, `rule %q says "emit: fields" and names no fields`, Printable(r.Name))
	case r.Emit != EmitFields && r.Fields != nil:
		d.Add(there["fields"], `write "emit: fields" or take "fields" out`, `rule %q says %s and names fields`, Printable(r.Name), said)
	case r.Fields != nil:
		d.apart(r, there, `"fields"`, "fields give the names themselves", "rename")
	case r.Emit == EmitEnvelope:
		d.apart(r, there, said, `an envelope has them already; rows and fields take it`, "add_fields")
	}
	if r.Emit == EmitEnvelope && r.OmitNulls {
		d.Add(there["null_fields"], `write "emit: row", or take it out`, "an envelope has all its fields")
	}
	for _, f := range []string{"fields", "headers"} {
		if there.has("add_"+f+"_prefix") && !there.has("add_"+f) {
			d.Add(there["add_"+f+"_prefix"], "", `"add_%s_prefix" without "add_%s" has no effect`, f, f)
		}
	}
}

func (d *decoder) shapeOutbox(r *Rule, there given) {
	if r.Outbox == nil {
		return
	}
	if r.Emit != EmitOutbox {
		d.Add(there["outbox"], `write "emit: outbox" or take "emit" out`, `rule %q says "emit: %s" and has "outbox"`, Printable(r.Name), EmitWords[r.Emit])
		return
	}
	said := "an outbox"
	d.apart(r, there, said, "a rule has one of them", "unwrap", "reroute")
	d.apart(r, there, said, "the value is the payload, and placements put columns elsewhere",
		"drop", "rename", "flatten", "add_fields", "null_fields", "only_if_changed")
	d.apart(r, there, said, "table_field_event_key says it", "key")
	d.apart(r, there, said, "route_by_field and route_topic_replacement say it", "topic", "topic_limit")
	d.apart(r, there, said, "a column placed as partition says it", "partition_by")
	d.apart(r, there, said, "table_field_event_timestamp says it", "timestamp")
	d.apart(r, there, said, "a deleted message sends nothing", "delete", "tombstone")
	if extra := r.On &^ (Inserts | Updates | Snapshots); extra != 0 {
		d.Add(onAt(r), "an outbox takes insert, update and snapshot; deletes and truncates of its table send nothing", `"on" of an outbox has %s`, extra)
	}
}

func (d *decoder) shapeUnwrap(r *Rule, there given) {
	if r.Unwrap == nil || r.Outbox != nil {
		return
	}
	if r.Emit != EmitRow {
		d.Add(there["unwrap"], `"unwrap" makes rows: write "emit: row", or take "emit" and "fields" out`, `rule %q says "emit: %s" and has "unwrap"`, Printable(r.Name), EmitWords[r.Emit])
		return
	}
	d.apart(r, there, `"unwrap"`, "delete_tombstone_handling_mode says it", "delete", "tombstone")
	d.apart(r, there, `"unwrap"`, `it has them itself: "unwrap: {add_fields: [op]}"`, "add_fields", "add_headers")
	if r.Unwrap.RouteByField != nil {
		d.apart(r, there, `"route_by_field"`, "it says the topic", "topic", "reroute")
	}
}

// shapeDeletes refuses what "delete" and "tombstone" can't say together.
func (d *decoder) shapeDeletes(r *Rule, there given) {
	switch {
	case r.Outbox != nil || r.Unwrap != nil: // refused
	case r.On&Deletes == 0 && there.has("delete"):
		d.Add(r.DeleteAt, `take it out, or put delete into "on"`, `"delete" has no effect, since "on" takes no deletes`)
	case r.On&Deletes == 0 && there.has("tombstone") && r.Tombstone != TombstoneDrop:
		d.Add(r.TombstoneAt, `take it out, or put delete into "on"`, `"tombstone" has no effect, since "on" takes no deletes`)
	case r.Delete == DeleteDrop && there.has("tombstone") && r.Tombstone != TombstoneDrop:
		d.Add(r.TombstoneAt, `take one of them out`, `"delete: drop" leaves nothing for "tombstone: %s"`, tombstoneWords[r.Tombstone-1])
	case r.Delete == DeleteRewrite && r.Emit == EmitEnvelope:
		d.Add(r.DeleteAt, `write "emit: row"`, `"delete: rewrite" is for rows and fields: an envelope says itself that the row is deleted`)
	case r.Delete == DeleteRewrite && r.Tombstone == TombstoneFromDelete:
		d.Add(r.TombstoneAt, `"tombstone: keep" sends one behind the row`, `"delete: rewrite" makes a row of a delete, "tombstone: from_delete" a tombstone`)
	case r.Delete == DeleteKeep && r.Tombstone == TombstoneFromDelete && r.Emit == EmitEnvelope:
		d.Add(r.TombstoneAt, "take one of them out", `"delete: keep" sends the envelope of a delete, "tombstone: from_delete" only a tombstone`)
	}
}

func (d *decoder) shapeOps(r *Rule, there given) {
	if r.Emit != EmitEnvelope && r.Outbox == nil && r.On&Truncates != 0 {
		d.Add(r.OnAt, `take it out of "on", or write "emit: envelope" in a rule of its own`,
			"a truncate has no row, so %q has nothing to print", "emit: "+EmitWords[r.Emit])
	}
	if r.OnlyIfChanged && r.On&Updates == 0 {
		d.Add(there["only_if_changed"], `take it out, or put update into "on"`, `"only_if_changed" has no effect, since "on" takes no updates`)
	}
	if r.Continue {
		d.apart(r, there, `"continue: true"`, "the rules below say what happens to the row", "otherwise")
	}
}

func (d *decoder) shapeTopic(r *Rule, there given) {
	if r.Reroute != nil {
		d.apart(r, there, `"reroute"`, "it says the topic", "topic")
		if r.Key != nil && r.Key.Value && r.Reroute.KeyEnforceUniqueness {
			d.Add(r.Key.At, `write "key: [column]", or "key_enforce_uniqueness: false"`, "reroute adds a field to the key, and a bare value has none")
		}
	}
	if there.has("topic_limit") && r.Topic != nil {
		if _, constant := r.Topic.Constant(); constant {
			d.Add(there["topic_limit"], "", `"topic_limit" has no effect: the topic has no expression`)
		}
	} else if there.has("topic_limit") {
		d.Add(there["topic_limit"], "", `"topic_limit" has no effect without "topic"`)
	}
}

// onAt is where "on" stands, or the rule when it doesn't.
func onAt(r *Rule) Place {
	if r.OnAt.IsZero() {
		return r.At
	}
	return r.OnAt
}
