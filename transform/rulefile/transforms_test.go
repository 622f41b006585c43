package rulefile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func metadata(pairs ...string) []Metadata {
	var list []Metadata
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Metadata{Path: Name{Text: pairs[i]}, Output: pairs[i+1]})
	}
	return list
}

// Added fields and headers get their prefixes, whatever the order of the keys.
func TestMetadata(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  []Metadata
	}{
		{[]string{"add_fields: [op, source.ts_ms, transaction.id]"}, metadata("op", "__op", "source.ts_ms", "__source_ts_ms", "transaction.id", "__transaction_id")},
		{[]string{"add_fields: op, source.row:rownum"}, metadata("op", "__op", "source.row", "__rownum")},
		{[]string{`add_fields_prefix: ""`, "add_fields: op"}, metadata("op", "op")},
		{[]string{"add_fields: [op]", "add_fields_prefix: m_"}, metadata("op", "m_op")},
	} {
		if diff := cmp.Diff(c.want, rule(t, append(c.lines, "emit: row")...).AddFields, modelOptions); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.lines, diff)
		}
	}
}

func TestUnwrap(t *testing.T) {
	r := rule(t, "unwrap: {}")
	want := &Unwrap{Mode: "tombstone", DropFieldsKeepSchemaCompatible: true, ReplaceNullWithDefault: true}
	if diff := cmp.Diff(want, r.Unwrap, modelOptions); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	r = rule(t, "unwrap:",
		"  delete_tombstone_handling_mode: rewrite", "  add_fields: op,lsn", "  add_headers: [op]", "  add_headers_prefix: h_",
		"  route_by_field: v", "  drop_fields_header_name: U", "  drop_fields_from_key: true",
		"  drop_fields_keep_schema_compatible: false", "  replace_null_with_default: false")
	want = &Unwrap{Mode: "rewrite", RouteByField: name("v"), DropFieldsHeader: name("U"), DropFieldsFromKey: true}
	if diff := cmp.Diff(want, r.Unwrap, modelOptions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(metadata("op", "__op", "lsn", "__lsn"), r.AddFields, modelOptions); diff != "" {
		t.Errorf("add_fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(metadata("op", "h_op"), r.AddHeaders, modelOptions); diff != "" {
		t.Errorf("add_headers (-want +got):\n%s", diff)
	}
}

func TestOutbox(t *testing.T) {
	o := rule(t, "outbox: {}").Outbox
	if o.ID.Text != "id" || o.Key.Text != "aggregateid" || o.RouteBy.Text != "aggregatetype" || o.OpInvalid != "warn" || o.AdditionalMissing != "error" {
		t.Errorf("the defaults are %+v", o)
	}
	if topic, ok := o.Route.Apply("order"); !ok || topic != "outbox.event.order" {
		t.Errorf("routed to %q, %v", topic, ok)
	}
	o = rule(t, "outbox:", `  table_fields_additional_placement: "type:header:eventType, type:envelope ,p:partition"`,
		`  route_topic_regex: "([a-z]+)_([a-z]+)"`, `  route_topic_replacement: "gory.$2.$1.$0"`).Outbox
	want := []Placement{
		{Column: Name{Text: "type"}, To: "header", Alias: "eventType"},
		{Column: Name{Text: "type"}, To: "envelope", Alias: "type"},
		{Column: Name{Text: "p"}, To: "partition", Alias: "p"},
	}
	if diff := cmp.Diff(want, o.Placement, modelOptions); diff != "" {
		t.Errorf("placements (-want +got):\n%s", diff)
	}
	if topic, ok := o.Route.Apply("ab_cd"); !ok || topic != "gory.cd.ab.ab_cd" {
		t.Errorf("routed to %q, %v", topic, ok)
	}
}

func TestReroute(t *testing.T) {
	r := rule(t, "reroute: {topic_regex: '(.*)orders_s(.*)', topic_replacement: '$1orders_all'}").Reroute
	if !r.KeyEnforceUniqueness || r.KeyFieldName != "__dbz__physicalTableIdentifier" || r.KeyField != nil {
		t.Errorf("the defaults are %+v", r)
	}
	if topic, ok := r.Topic.Apply("pre.shop.orders_s1"); !ok || topic != "pre.shop.orders_all" {
		t.Errorf("routed to %q, %v", topic, ok)
	}
	if topic, ok := r.Topic.Apply("pre.shop.lines"); ok || topic != "pre.shop.lines" {
		t.Errorf("routed to %q, %v", topic, ok)
	}
	r = rule(t, "reroute: {topic_regex: .*, topic_replacement: all, key_field_name: k, key_field_regex: '.*_(.*)', key_field_replacement: $1}").Reroute
	if id, ok := r.KeyField.Apply("a_s2"); !ok || id != "s2" || r.KeyFieldName != "k" {
		t.Errorf("identified by %q, %v", id, ok)
	}
}

// A router is as Java's: the whole name must match, and the first match in it is
// replaced.
func TestRouter(t *testing.T) {
	for _, c := range []struct {
		expr, replacement, in, want string
		ok                          bool
	}{
		{`(.*)`, `x.$1`, "a", "x.a", true},
		{`(?<a>.)(?<b>.*)`, `${b}-${a}`, "abc", "bc-a", true},
		{`a`, `b`, "ab", "ab", false},
		{`a|ab`, `x`, "ab", "xb", true},    // matches() takes ab, replaceFirst finds a
		{`(a)?b`, `<$1>`, "b", "<>", true}, // a group that took no part
		{`(a)`, `$12`, "a", "a2", true},    // there is no group 12
		{`(a)`, `\$1\\`, "a", `$1\`, true}, // escapes
		{`(a)`, `$0$0`, "a", "aa", true},   // the whole match
		{`.*`, ``, "a", "", true},          // nothing
		{`x*`, `y`, "", "y", true},         // an empty name
		{`(?i)SHOP\.(.*)`, `$1`, "shop.é", "é", true},
		{`(.*)`, `é$1`, "a\nb", "a\nb", false}, // a dot takes no line break
	} {
		r, err := NewRouter(c.expr, c.replacement)
		if err != nil {
			t.Fatalf("%s: %v", c.expr, err)
		}
		if got, ok := r.Apply(c.in); got != c.want || ok != c.ok {
			t.Errorf("%q by %q of %q: got %q, %v", c.expr, c.replacement, c.in, got, ok)
		}
	}
	for _, c := range [][2]string{{`(`, ``}, {`a`, `$`}, {`a`, `$1`}, {`a`, `$x`}, {`a`, `${b}`}, {`(?<b>a)`, `${b`}, {`a`, `\`}} {
		if _, err := NewRouter(c[0], c[1]); err == nil {
			t.Errorf("%q by %q: no error", c[0], c[1])
		}
	}
}
