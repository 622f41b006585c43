package rulefile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The defaults of EventRouter for the topic.
const (
	outboxRegex       = `(?<routedByValue>.*)`
	outboxReplacement = `outbox.event.${routedByValue}`
)

// outboxing is what is read of "outbox".
type outboxing struct {
	Outbox
	regex, replacement *yaml.Node
}

// newOutbox is an outbox table as Debezium expects it.
func newOutbox(at Place) Outbox {
	name := func(s string) Name { return Name{Text: s, At: at} }
	return Outbox{
		At: at, ID: name("id"), Key: name("aggregateid"), Type: name("type"), Payload: name("payload"),
		AdditionalMissing: "error", JSONNull: "ignore", JSONEmptyArray: "ignore", OpInvalid: "warn",
		RouteBy: name("aggregatetype"), TopicRegex: outboxRegex, TopicReplacement: outboxReplacement, TopicRegexAt: at,
		TracingSpanContext: "tracingspancontext",
	}
}

func (d *decoder) outbox(n *yaml.Node) *Outbox {
	o := outboxing{Outbox: newOutbox(d.src.At(n))}
	if !isNull(n) {
		readKeys(d, n, "outbox", outboxKeys, &o)
	}
	o.Route = d.router(o.regex, o.TopicRegex, o.replacement, o.TopicReplacement, "route_topic_regex")
	return &o.Outbox
}

// defaultOutbox is that of "emit: outbox" alone.
func (d *decoder) defaultOutbox(at Place) *Outbox {
	o := newOutbox(at)
	o.Route = d.router(nil, o.TopicRegex, nil, o.TopicReplacement, "")
	return &o
}

// into reads the name of a column.
func into(what string, field func(o *outboxing) *Name) func(*decoder, *outboxing, *yaml.Node) {
	return func(d *decoder, o *outboxing, n *yaml.Node) {
		if name, ok := d.name(n, what); ok {
			*field(o) = name
		}
	}
}

// wordInto reads one of some words.
func wordInto(what string, words []string, field func(o *outboxing) *string) func(*decoder, *outboxing, *yaml.Node) {
	return func(d *decoder, o *outboxing, n *yaml.Node) {
		if s, ok := d.oneOf(n, what, words); ok {
			*field(o) = s
		}
	}
}

// The words of the options of EventRouter.
var (
	missingWords    = []string{"error", "ignore"}
	jsonNullWords   = []string{"ignore", "optional_bytes"}
	emptyArrayWords = []string{"ignore", "optional_string"}
	opInvalidWords  = []string{"warn", "error", "fatal"}
	placementWords  = []string{"header", "envelope", "partition"}
)

var outboxKeys = []key[outboxing]{
	{
		"table_field_event_id", textForm, "The column of the message's id, which becomes the header id; id when missing.",
		into("table_field_event_id", func(o *outboxing) *Name { return &o.ID }),
	},
	{
		"table_field_event_key", textForm, "The column of the record key; aggregateid when missing.",
		into("table_field_event_key", func(o *outboxing) *Name { return &o.Key }),
	},
	{
		"table_field_event_type", textForm, "The column of the message's type; type when missing. It goes where table_fields_additional_placement says.",
		into("table_field_event_type", func(o *outboxing) *Name { return &o.Type }),
	},
	{
		"table_field_event_payload", textForm, "The column of the message; payload when missing.",
		into("table_field_event_payload", func(o *outboxing) *Name { return &o.Payload }),
	},
	{
		"table_field_event_timestamp", textForm, "The column of the record's timestamp.",
		func(d *decoder, o *outboxing, n *yaml.Node) {
			o.Timestamp = d.optional(n, "table_field_event_timestamp")
		},
	},
	{
		"table_field_event_schema_version", textForm, "The column of the version of the schema.",
		func(d *decoder, o *outboxing, n *yaml.Node) {
			o.SchemaVersion = d.optional(n, "table_field_event_schema_version")
		},
	},
	{
		"table_fields_additional_placement", metadataForm, "Where other columns go: column:header, column:envelope or column:partition, each with :name behind it if it has another name there.",
		func(d *decoder, o *outboxing, n *yaml.Node) { d.placements(n, o) },
	},
	{
		"table_field_additional_missing", oneOfForm(missingWords), "What happens where the table lacks such a column; error when missing.",
		wordInto("table_field_additional_missing", missingWords, func(o *outboxing) *string { return &o.AdditionalMissing }),
	},
	{
		"table_expand_json_payload", boolForm, "Whether a payload that is JSON becomes a value with a schema; false when missing.",
		func(d *decoder, o *outboxing, n *yaml.Node) { o.ExpandJSON = d.boolean(n, "table_expand_json_payload") },
	},
	{
		"table_json_payload_null_behavior", oneOfForm(jsonNullWords), "What null is in such a payload; ignore when missing.",
		wordInto("table_json_payload_null_behavior", jsonNullWords, func(o *outboxing) *string { return &o.JSONNull }),
	},
	{
		"table_json_payload_empty_array_behavior", oneOfForm(emptyArrayWords), "What an empty array is in such a payload; ignore when missing.",
		wordInto("table_json_payload_empty_array_behavior", emptyArrayWords, func(o *outboxing) *string { return &o.JSONEmptyArray }),
	},
	{
		"table_op_invalid_behavior", oneOfForm(opInvalidWords), "What an update of the outbox table does: it is told as a warning or an error and left out, or it stops the pipeline; warn when missing.",
		wordInto("table_op_invalid_behavior", opInvalidWords, func(o *outboxing) *string { return &o.OpInvalid }),
	},
	{
		"route_by_field", textForm, "The column that says the topic; aggregatetype when missing.",
		into("route_by_field", func(o *outboxing) *Name { return &o.RouteBy }),
	},
	{
		"route_topic_regex", textForm, "A regular expression (RE2) over that value; (?<routedByValue>.*) when missing.",
		func(d *decoder, o *outboxing, n *yaml.Node) {
			o.TopicRegexAt = d.src.At(n)
			if s, ok := d.text(n, "route_topic_regex"); ok {
				o.TopicRegex, o.regex = s, n
			}
		},
	},
	{
		"route_topic_replacement", textForm, "The name of the topic, with $1 or ${name} for groups; outbox.event.${routedByValue} when missing.",
		func(d *decoder, o *outboxing, n *yaml.Node) {
			if s, ok := d.text(n, "route_topic_replacement"); ok {
				o.TopicReplacement, o.replacement = s, n
			}
		},
	},
	{
		"route_tombstone_on_empty_payload", boolForm, "Whether an empty payload is a tombstone; false when missing.",
		func(d *decoder, o *outboxing, n *yaml.Node) {
			o.TombstoneOnEmptyPayload = d.boolean(n, "route_tombstone_on_empty_payload")
		},
	},
	{
		"tracing_span_context_field", textForm, "The column of the tracing context, whose lines traceparent=... and tracestate=... become headers; tracingspancontext when missing.",
		func(d *decoder, o *outboxing, n *yaml.Node) {
			o.TracingSpanContext, _ = d.text(n, "tracing_span_context_field")
		},
	},
}

// placements reads a list of placements, or a text with commas between them.
func (d *decoder) placements(n *yaml.Node, o *outboxing) {
	for _, item := range d.texts(n, "table_fields_additional_placement") {
		s, ok := d.text(item, "a placement")
		if !ok {
			continue
		}
		base := 0
		for piece := range strings.SplitSeq(s, ",") {
			trimmed := strings.TrimSpace(piece)
			at := d.src.Within(item, base+runes(piece)-runes(strings.TrimLeft(piece, " ")))
			d.placement(Name{Text: trimmed, At: at}, o)
			base += runes(piece) + 1
		}
	}
}

func (d *decoder) placement(text Name, o *outboxing) {
	parts := strings.Split(text.Text, ":")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
		d.Add(text.At, `write column:header, column:envelope or column:partition, and :name behind it for another name`,
			"%q isn't a placement", Printable(text.Text))
		return
	}
	p := Placement{Column: Name{Text: parts[0], At: text.At}, To: strings.ToLower(parts[1]), Alias: parts[0]}
	if !slices.Contains(placementWords, p.To) {
		d.Add(text.At, hintWord(p.To, placementWords), "a column goes to header, envelope or partition, not to %q", Printable(parts[1]))
		return
	}
	if len(parts) == 3 {
		p.Alias = parts[2]
	}
	if p.To != "header" && slices.ContainsFunc(o.Placement, func(q Placement) bool {
		return q.To == p.To && (p.To == "partition" || q.Alias == p.Alias)
	}) {
		d.Add(text.At, "", "%q is placed twice", Printable(p.To+" "+p.Alias))
		return
	}
	o.Placement = append(o.Placement, p)
}
