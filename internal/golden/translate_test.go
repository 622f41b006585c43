package golden

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func translate(t *testing.T, source string, config map[string]string) *Settings {
	t.Helper()
	config["topic.prefix"] = "p"
	c := &Case{Source: source, Databases: []string{"d", "e"}, Config: config, Connector: "3.6.1.Final"}
	return c.Translate()
}

func TestTranslate(t *testing.T) {
	s := translate(t, "mysql", map[string]string{
		"tasks.max": "1", "decimal.handling.mode": "DOUBLE", "tombstones.on.delete": "false", "include.query": "true",
		"heartbeat.interval.ms": "1500", "skipped.operations": "c, t", "message.key.columns": "d.t:a,b;(.*)\\.x y:c",
		"column.mask.with.0.chars": "d.t.a,.*\\.b{1\\,2}", "column.mask.hash.v2.SHA-256.with.salt.pep.per": "d.t.c",
		"column.mask.hash.MD5.with.salt.x": "d.t.e", "column.truncate.to.10.chars": "d.t.d", "column.exclude.list": ".*secret",
		"value.converter.decimal.format": "NUMERIC", "value.converter.replace.null.with.default": "false",
		"key.converter.schemas.enable": "false", "topic.creation.default.partitions": "3", "snapshot.mode": "schema_only",
	})
	if len(s.NotYet) > 0 || s.Mode != "no_data" || !s.Skips("c") || s.Skips("d") {
		t.Errorf("not yet %q, mode %s", s.NotYet, s.Mode)
	}
	for got, want := range map[string]string{
		block(t, s.Events): `{column_exclude_list: [/.*secret/], column_mask_hash: [{algorithm: MD5, columns: [/d.t.e/], salt: x, version: v1}, ` +
			`{algorithm: SHA-256, columns: [/d.t.c/], salt: pep.per, version: v2}], column_mask_with_chars: {0: [/d.t.a/, '/.*\.b{1,2}/']}, ` +
			`column_truncate_to_chars: {10: [/d.t.d/]}, decimal_handling_mode: double, heartbeat_interval: 1.5s, ` +
			`message_key_columns: ['/d.t/:a,b', '/(.*)\.x y/:c'], skipped_operations: [c, t], source_version: 3.6.1.Final, tombstones_on_delete: false}`,
		block(t, s.Source): `{include_query: true}`,
		block(t, s.Topics): `{partitions: 3}`,
		block(t, s.Format): `{decimal_format: numeric, key: json, key_decimal_format: base64, key_replace_null_with_default: true, replace_null_with_default: false, value: json_schema}`,
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func block(t *testing.T, keys any) string {
	t.Helper()
	text, err := YAML(keys)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestNotYet(t *testing.T) {
	s := translate(t, "postgres", map[string]string{
		"converters": "a", "a.type": "b", "signal.data.collection": "s", "no.such.property": "1", "snapshot.mode": "always",
		"value.converter": "x.CloudEvents", "value.converter.its.own": "1", "table.include.list": "(?=a)b", "header.converter.schemas.enable": "true",
		"header.converter": jsonConverter + "X", "plugin.name": "decoderbufs", "key.converter": "io.confluent.connect.avro.AvroConverter",
		"key.converter.schema.registry.url": "${registry}", "key.converter.enhanced.avro.schema.support": "true",
	})
	want := []string{
		"a.type", "converters", "header.converter=" + jsonConverter + "X", "key.converter.enhanced.avro.schema.support=true", "no.such.property", "plugin.name=decoderbufs",
		"signal.data.collection", "snapshot.mode=always", "table.include.list=(?=a)b", "value.converter=x.CloudEvents",
	}
	if !slices.Equal(s.NotYet, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(s.NotYet, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestTables(t *testing.T) {
	for _, tt := range []struct {
		source string
		config map[string]string
		want   string
		wide   bool
	}{
		{"mysql", map[string]string{}, "*.*", true},
		{"mysql", map[string]string{"database.include.list": "d"}, `/(?:d)\..*/`, false},
		{"mysql", map[string]string{"database.include.list": "d.*"}, `/(?:d.*)\..*/`, true},
		{"mysql", map[string]string{"database.include.list": "d", "table.include.list": `d\.a,d.b`}, `/d\.a/ /d.b/ !/e\..*/`, false},
		{"mysql", map[string]string{"table.include.list": `.*\.a`}, `/.*\.a/`, true},
		{"postgres", map[string]string{"schema.exclude.list": "s", "table.exclude.list": "public.x"}, `*.* !/(?:s)\..*/ !/public.x/`, false},
		{"postgres", map[string]string{"schema.include.list": "a,b"}, `/(?:a)\..*/ /(?:b)\..*/`, false},
	} {
		s := translate(t, tt.source, tt.config)
		if got := strings.Join(s.Tables, " "); got != tt.want || s.Alone != tt.wide {
			t.Errorf("got %s (alone: %t), want %s (%t)", got, s.Alone, tt.want, tt.wide)
		}
	}
}

func TestStatementsSayMore(t *testing.T) {
	for script, want := range map[string]string{
		"insert into t values (1)":                   "{} false",
		"set session binlog_row_image = 'MINIMAL';":  "{accept_partial_row_images: true} false",
		"SET  GLOBAL binlog_row_metadata = MINIMAL;": "{} true",
		"flush binary logs":                          "{} true",
	} {
		c := one(t, map[string]string{"changes.sql": script})
		c.Config["database.include.list"] = "d"
		if s := c.Translate(); fmt.Sprintf("%s %t", block(t, s.Source), s.Alone) != want {
			t.Errorf("%s: got %s %t", script, block(t, s.Source), s.Alone)
		}
	}
}

func TestYAMLKeepsDollars(t *testing.T) {
	if got := block(t, map[string]any{"a": "b$<${c}"}); got != `{a: b$$<$${c}}` && got != `{a: 'b$$<$${c}'}` {
		t.Errorf("got %s", got)
	}
}

// TestCorpusIsTranslated: of the recordings that there are, only those wait that
// ask for signals, notifications or CloudEvents.
func TestCorpusIsTranslated(t *testing.T) {
	cases, err := Load(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, p := range c.Translate().NotYet {
			if !strings.HasPrefix(p, "signal.") && !strings.HasPrefix(p, "notification.") && !strings.Contains(p, "CloudEvents") {
				t.Errorf("%s: %s", c.Name, p)
			}
		}
	}
}

// TestTranslateConverters: what a converter is told for one part doesn't hold for
// the other, while ours for keys follow those for values.
func TestTranslateConverters(t *testing.T) {
	const rest = `key_decimal_format: base64, key_replace_null_with_default: true, replace_null_with_default: true`
	for _, tt := range []struct {
		config                   map[string]string
		format, registry, notYet string
	}{
		{map[string]string{"value.converter.decimal.format": "NUMERIC", "key.converter.replace.null.with.default": "false"}, `{decimal_format: numeric, key: json_schema, key_decimal_format: base64, key_replace_null_with_default: false, replace_null_with_default: true, value: json_schema}`, "{}", ""},
		{map[string]string{"key.converter.decimal.format": "numeric"}, `{decimal_format: base64, key: json_schema, key_decimal_format: numeric, key_replace_null_with_default: true, replace_null_with_default: true, value: json_schema}`, "{}", ""},
		{map[string]string{"header.converter": jsonConverter}, `{decimal_format: base64, header: json_schema, key: json_schema, ` + rest + `, value: json_schema}`, "{}", ""},
		{map[string]string{"header.converter": jsonConverter, "header.converter.schemas.enable": "False"}, `{decimal_format: base64, header: json, key: json_schema, ` + rest + `, value: json_schema}`, "{}", ""},
		{map[string]string{
			"value.converter": confluentConverter, "value.converter.auto.register.schemas": "false",
			"value.converter.value.subject.name.strategy": "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy",
			"value.converter.key.subject.name.strategy":   "io.confluent.kafka.serializers.subject.RecordNameStrategy",
		}, `{decimal_format: base64, key: json_schema, ` + rest + `, value: avro}`, "{value_subject_name_strategy: topic_record}", ""},
		{map[string]string{
			"key.converter": confluentConverter, "key.converter.key.subject.name.strategy": "x.Own",
		}, `{decimal_format: base64, key: avro, ` + rest + `, value: json_schema}`, `{key_subject_name_strategy: ""}`, "key.converter.key.subject.name.strategy=x.Own"},
	} {
		s := translate(t, "mysql", tt.config)
		if f, r, n := block(t, s.Format), block(t, s.Registry), strings.Join(s.NotYet, " "); f != tt.format || r != tt.registry || n != tt.notYet {
			t.Errorf("got  %s %s %s\nwant %s %s %s", f, r, n, tt.format, tt.registry, tt.notYet)
		}
	}
}

const confluentConverter = "io.confluent.connect.avro.AvroConverter"

// TestTranslateWords: words in any case, and values that change nothing.
func TestTranslateWords(t *testing.T) {
	for _, tt := range []struct{ name, value, events, notYet string }{
		{"decimal.handling.mode", "PRECISE", "decimal_handling_mode: precise", ""},
		{"time.precision.mode", "Connect", "time_precision_mode: connect", ""},
		{"topic.transaction", "Own", "topic_transaction: Own", ""},
		{"event.converting.failure.handling.mode", "FAIL", "unrepresentable_values: fail", ""},
		{"event.converting.failure.handling.mode", "skip", "unrepresentable_values: debezium", ""},
		{"read.only", "true", "", ""},
		{"snapshot.mode", "INITIAL", "", ""},
		{"snapshot.include.collection.list", ".*", "", ""},
		{"snapshot.include.collection.list", "d.t", "", "snapshot.include.collection.list=d.t"},
		{"publication.autocreate.mode", "no_tables", "", "publication.autocreate.mode=no_tables"},
		{"topic.naming.strategy", "io.debezium.schema.SchemaUnicodeTopicNamingStrategy", "", ""},
		{"topic.naming.strategy", "io.debezium.schema.DefaultRegexTopicNamingStrategy", "", "topic.naming.strategy=io.debezium.schema.DefaultRegexTopicNamingStrategy"},
	} {
		s := translate(t, "mysql", map[string]string{tt.name: tt.value})
		delete(s.Events, "source_version")
		if got := strings.Join(s.NotYet, " "); block(t, s.Events) != "{"+tt.events+"}" || got != tt.notYet {
			t.Errorf("%s=%s: got %s, not yet %q", tt.name, tt.value, block(t, s.Events), got)
		}
	}
}

// TestNamesThatWereEscaped: a strategy that escapes differs where the recording
// has an escape, and a publication without tables where the script made none.
func TestNamesThatWereEscaped(t *testing.T) {
	c := one(t, map[string]string{"setup.sql": "create table t (id int); CREATE PUBLICATION pub for table t"})
	c.Config["topic.naming.strategy"] = "io.debezium.schema.DefaultUnicodeTopicNamingStrategy"
	c.Config["publication.autocreate.mode"], c.Config["publication.name"] = "no_tables", "pub"
	if s := c.Translate(); len(s.NotYet) > 0 || s.Publication != "pub" {
		t.Errorf("publication %q, not yet %q", s.Publication, s.NotYet)
	}
	c.Recorded.Records = map[string]int{"p.d.a_u002ab": 1}
	if s := c.Translate(); len(s.NotYet) != 1 {
		t.Errorf("not yet %q", s.NotYet)
	}
}

// What a connector doesn't know it ignores, and so do we.
func TestPropertiesOfAnotherSource(t *testing.T) {
	for source, property := range map[string]string{sourceMySQL: "hstore.handling.mode", sourcePostgres: "bigint.unsigned.handling.mode"} {
		if !ofAnotherSource(source, property) {
			t.Errorf("%s, %s: isn't ignored", source, property)
		}
	}
	if ofAnotherSource(sourcePostgres, "hstore.handling.mode") || ofAnotherSource(sourceMariaDB, "bigint.unsigned.handling.mode") {
		t.Error("a property of the source itself is ignored")
	}
}
