package main

import (
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"cdc/event"
	"cdc/transform"
)

// withEvents is the configuration of the README with two more blocks, which
// begin at line 17.
func withEvents(events, format string) string {
	return strings.Replace(asWritten, "    offsets:\n", "    events: "+events+"\n    format: "+format+"\n    offsets:\n", 1)
}

func onPostgres(text string) string {
	return strings.Replace(text, "      mysql:\n", "      postgres:\n        database: d\n", 1)
}

func TestEventsDefaults(t *testing.T) {
	env := map[string]string{"MYSQL_PASSWORD": "x"}
	c, err := parse(t, asWritten, env)
	if err != nil {
		t.Fatal(err)
	}
	e := c.Pipelines["shop"].Events
	if e.TimePrecision != "adaptive_time_microseconds" || !e.IncludeSchemaChanges || !e.TombstonesOnDelete || !slices.Equal(e.SkippedOperations, []string{"t"}) {
		t.Errorf("got %+v", e)
	}
	if f := c.Pipelines["shop"].Format; f.Value != "json" || f.Key != "json" || f.Header != "simple" {
		t.Errorf("got %+v", f)
	}
	if c, err = parse(t, onPostgres(asWritten), env); err != nil {
		t.Fatal(err)
	}
	if e := c.Pipelines["shop"].Events; e.TimePrecision != "adaptive" || e.IncludeSchemaChanges {
		t.Errorf("got %+v", e)
	}
}

func TestEventsAreTaken(t *testing.T) {
	text := withEvents(`{decimal_handling_mode: string, skipped_operations: [none], column_mask_with_chars: {5: ["shop.p.email"]}, heartbeat_interval: 2s,
      column_mask_hash: [{algorithm: SHA-256, salt: "${SALT}", columns: ["shop.p.ssn"]}], topic_delimiter: "-", provide_transaction_metadata: true,
      column_exclude_list: ["*.*.secret"], message_key_columns: ["shop.orders:tenant, id"], skip_messages_without_change: true}`, `{value: json_schema, key: json}`)
	c, err := parse(t, text, map[string]string{"MYSQL_PASSWORD": "x", "SALT": "pepper"})
	if err != nil {
		t.Fatal(err)
	}
	p := c.Pipelines["shop"]
	if p.Events.DecimalHandling != "string" || p.Events.MaskHash[0].Salt.Reveal() != "pepper" || len(p.Events.MaskWithChars[5]) != 1 || !p.Events.TombstonesOnDelete {
		t.Errorf("got %+v", p.Events)
	}
	rules, err := p.Events.rules(connectorMySQL, "shop")
	if err != nil || rules.Skip != "" || rules.Delimiter != "-" || rules.Exclude.Len() != 1 || rules.Hidden.Len() != 1 || !rules.SkipUnchanged {
		t.Errorf("got %+v, %v", rules, err)
	}
	capture, err := p.Events.capture(connectorMySQL, true, zap.NewNop())
	if err != nil || !capture.Transactions || !capture.SchemaChanges || !capture.Query || capture.Keys == nil || capture.Unfit.Policy != event.PolicyDebezium {
		t.Errorf("got %+v, %v", capture, err)
	}
	b := &builder{config: p}
	if e := b.encoding(nil, nil); e.TransactionTopic != "shop-transaction" || e.HeartbeatTopic != "__debezium-heartbeat-shop" {
		t.Errorf("topics %s, %s", e.TransactionTopic, e.HeartbeatTopic)
	}
}

func TestSkippedOperationsReachTheSource(t *testing.T) {
	e := defaultEvents(connectorPostgres)
	e.SkippedOperations = []string{"c", "t"}
	capture, err := e.capture(connectorPostgres, false, zap.NewNop())
	if err != nil || !slices.Equal(capture.Skipped, []event.Op{event.OpCreate, event.OpTruncate}) || capture.SchemaChanges {
		t.Errorf("got %+v, %v", capture, err)
	}
}

func TestEventsErrorsNameThePlace(t *testing.T) {
	const path = "pipelines.shop."
	for _, tt := range []struct{ events, format, want string }{
		{"{decimal_handling_mode: exact}", "{}", `17:37: ` + path + `events.decimal_handling_mode: "exact" isn't known`},
		{"{time_precision_mode: adaptive}", "{}", `events.time_precision_mode: adaptive would cut`},
		{"{skipped_operations: [c, x]}", "{}", `17:38: ` + path + `events.skipped_operations[1]: "x" is not one of c, u, d, t, none`},
		{"{skipped_operations: [none, c]}", "{}", `none stands beside others`},
		{"{message_key_columns: [shop.orders]}", "{}", `events.message_key_columns[0]: key pattern "shop.orders"`},
		{`{column_include_list: ["a.b"]}`, "{}", `events.column_include_list[0]: column pattern "a.b": must have three parts`},
		{`{column_include_list: ["/(/"]}`, "{}", `isn't a regular expression`},
		{`{column_include_list: [a.b.c], column_exclude_list: [a.b.d]}`, "{}", `events.column_exclude_list: stands beside column_include_list`},
		{"{heartbeat_interval: 1ms}", "{}", `events.heartbeat_interval: must be 0s`},
		{"{topic_delimiter: '/'}", "{}", `events.topic_delimiter: "/" can't be part of a topic's name`},
		{"{include_unknown_datatypes: true}", "{}", `events.include_unknown_datatypes: MySQL and MariaDB`},
		{"{unrepresentable_values: drop}", "{}", `events.unrepresentable_values: "drop" is not one of debezium, fail`},
		{"{decimal_handling: string}", "{}", `unknown key "decimal_handling" in pipelines.shop.events (did you mean "decimal_handling_mode"?)`},
		{"{column_mask_with_chars: {five: [a.b.c]}}", "{}", `17:39: ` + path + `events.column_mask_with_chars: key "five" is not a whole number`},
		{"{column_truncate_to_chars: {1.5: [a.b.c]}}", "{}", `17:41: ` + path + `events.column_truncate_to_chars: key "1.5" is not a whole number`},
		{"{column_mask_with_chars: {5: []}}", "{}", `events.column_mask_with_chars.5: must name at least one column`},
		{"{column_mask_hash: [{algorithm: MD5, columns: [a.b.c]}]}", "{}", path + `events.column_mask_hash[0].salt: is missing`},
		{"{column_mask_hash: [{algorithm: MD5, salt: '********', columns: [a.b.c]}]}", "{}", `17:56: ` + path + `events.column_mask_hash[0].salt: ******** stands for a secret`},
		{"{skipped_operations: [t, t]}", "{}", `17:38: ` + path + `events.skipped_operations[1]: t is there twice`},
		{"{message_key_columns: ['a.b:c', 'a.b:d']}", "{}", `17:45: ` + path + `events.message_key_columns[1]: "a.b" has its columns in message_key_columns[0] already`},
		{"{hstore_handling_mode: map}", "{}", `17:36: ` + path + `events.hstore_handling_mode: `},
		{"{field_name_adjustment_mode: x}", "{}", `must be none, avro, avro_unicode`},
		{"{}", "{value: avro, registry: {url: 'localhost:8081'}}", path + `format.registry.url[0]: not an address`},
		{"{}", "{value: xml}", `18:21: ` + path + `format.value: "xml" isn't known`},
		{"{}", "{value: avro}", `format.registry.url: at least one address`},
		{"{}", "{registry: {url: ['http://127.0.0.1:1']}}", `format.registry: only Avro`},
	} {
		_, err := parse(t, withEvents(tt.events, tt.format), map[string]string{"MYSQL_PASSWORD": "x"})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: got %v\nwant %s", tt.events, tt.format, err, tt.want)
		}
	}
	_, err := parse(t, onPostgres(withEvents("{include_schema_changes: true}", "{}")), map[string]string{"MYSQL_PASSWORD": "x"})
	if err == nil || !strings.Contains(err.Error(), "events.include_schema_changes: the log of PostgreSQL has no statements") {
		t.Errorf("got %v", err)
	}
}

func TestFaultsAreToldOnce(t *testing.T) {
	_, err := parse(t, withEvents("{}", "{value: protobuf, decimal_format: x}"), map[string]string{"MYSQL_PASSWORD": "x"})
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("got %v\nwant one line for each of two", err)
	}
	text := withEvents("{hstore_handling_mode: map, interval_handling_mode: string}", "{}")
	_, err = parse(t, text, map[string]string{"MYSQL_PASSWORD": "x"})
	if err == nil || !strings.Contains(err.Error(), ":17:36: ") || !strings.Contains(err.Error(), ":17:65: ") {
		t.Errorf("got %v\nwant each at its own place", err)
	}
}

func TestMaskedSecretIsRefused(t *testing.T) {
	_, err := parse(t, asWritten, map[string]string{"MYSQL_PASSWORD": "********"})
	if err == nil || !strings.Contains(err.Error(), "8:19: pipelines.shop.source.mysql.password: ******** stands for a secret") {
		t.Errorf("got %v", err)
	}
}

func TestOneAddressOfTheRegistry(t *testing.T) {
	for _, url := range []string{"'http://127.0.0.1:1'", "'${URL}'", "['http://127.0.0.1:1']"} {
		c, err := parse(t, withEvents("{}", "{value: avro, registry: {url: "+url+"}}"), map[string]string{"MYSQL_PASSWORD": "x", "URL": "http://127.0.0.1:1"})
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := c.Pipelines["shop"].Format.Registry.URLs; !slices.Equal(got, []string{"http://127.0.0.1:1"}) {
			t.Errorf("%s: got %q", url, got)
		}
	}
}

func TestChoicesAreFilledIn(t *testing.T) {
	events := "{time_precision_mode: '', column_mask_hash: [{algorithm: MD5, salt: s, columns: [a.b.c]}]}"
	for format, want := range map[string]string{"{}": "none", "{value: avro, registry: {url: 'http://127.0.0.1:1'}}": "avro"} {
		c, err := parse(t, withEvents(events, format), map[string]string{"MYSQL_PASSWORD": "x"})
		if err != nil {
			t.Fatal(err)
		}
		e := c.Pipelines["shop"].Events
		if e.SchemaNameAdjustment != want || e.FieldNameAdjustment != want || e.TimePrecision != "adaptive_time_microseconds" || e.MaskHash[0].Version != "v2" {
			t.Errorf("%s: got %+v", format, e)
		}
	}
}

func TestNothingButSnapshotsLeaves(t *testing.T) {
	c, err := parse(t, withEvents("{skipped_operations: [c, u, d]}", "{}"), map[string]string{"MYSQL_PASSWORD": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.warnings("shop", programs{"shop": transform.PassAll(transform.Options{})}); len(got) != 1 || !strings.Contains(got[0].Error(), "17:34: pipelines.shop.events.skipped_operations: skips c, u and d") {
		t.Errorf("got %v", got)
	}
}
