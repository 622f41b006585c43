package golden

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// translations are the properties that say what the records are like.
var translations = map[string]translation{
	"connector.class": connectorClass,
	"topic.prefix":    elsewhere,
	"snapshot.mode":   snapshotMode,
	"plugin.name":     only("pgoutput"),

	"database.include.list": elsewhere, "database.exclude.list": elsewhere,
	"schema.include.list": elsewhere, "schema.exclude.list": elsewhere,
	"table.include.list": elsewhere, "table.exclude.list": elsewhere,
	"table.ignore.builtin": only("true"),

	"decimal.handling.mode":         choice("decimal_handling_mode"),
	"time.precision.mode":           choice("time_precision_mode"),
	"bigint.unsigned.handling.mode": choice("bigint_unsigned_handling_mode"),
	"binary.handling.mode":          choice("binary_handling_mode"),
	"hstore.handling.mode":          choice("hstore_handling_mode"),
	"interval.handling.mode":        choice("interval_handling_mode"),
	"money.fraction.digits":         number("money_fraction_digits"),
	"include.unknown.datatypes":     events("include_unknown_datatypes"),
	"unavailable.value.placeholder": option("unavailable_value_placeholder"),
	"toasted.value.placeholder":     option("unavailable_value_placeholder"),
	"schema.name.adjustment.mode":   choice("schema_name_adjustment_mode"),
	"field.name.adjustment.mode":    choice("field_name_adjustment_mode"),
	"tombstones.on.delete":          events("tombstones_on_delete"),
	"skipped.operations":            skippedOperations,
	"skip.messages.without.change":  events("skip_messages_without_change"),
	"message.key.columns":           messageKeyColumns,
	"provide.transaction.metadata":  events("provide_transaction_metadata"),
	"topic.transaction":             option("topic_transaction"),
	"transaction.metadata.factory":  only("io.debezium.pipeline.txmetadata.DefaultTransactionMetadataFactory"),
	"include.schema.changes":        events("include_schema_changes"),
	"include.schema.comments":       events("include_schema_comments"),
	"include.query":                 ofSource("include_query"),
	"enable.time.adjuster":          ofSource("enable_time_adjuster"),
	"heartbeat.interval.ms":         milliseconds("heartbeat_interval"),
	"topic.heartbeat.prefix":        option("topic_heartbeat_prefix"),
	"heartbeat.topics.prefix":       option("topic_heartbeat_prefix"),
	"extended.headers.enabled":      events("extended_headers_enabled"),
	"topic.delimiter":               option("topic_delimiter"),
	"topic.naming.strategy":         topicNaming,
	"message.prefix.include.list":   messagePrefixes("message_prefix_include_list"),
	"message.prefix.exclude.list":   messagePrefixes("message_prefix_exclude_list"),

	"snapshot.include.collection.list": snapshotTables,

	"publication.name":            publicationName,
	"publication.autocreate.mode": autocreateMode,
	"publish.via.partition.root":  viaPartitionRoot,
	// We are right where this shifts a value of the snapshot: an argued difference.
	"driver.connectionTimeZone": elsewhere,

	"topic.creation.default.partitions": partitions,

	// What is as Debezium does without being told; else it has no counterpart.
	"event.processing.failure.handling.mode":      only("fail"),
	"event.converting.failure.handling.mode":      convertingFailure,
	"event.deserialization.failure.handling.mode": only("fail"),
	"inconsistent.schema.handling.mode":           only("fail"),
	"snapshot.query.mode":                         only("select_all"),
	"snapshot.tables.order.by.row.count":          only("disabled"),
	"schema.refresh.mode":                         only("columns_diff"),
	"xmin.fetch.interval.ms":                      only("0"),
	"openlineage.integration.enabled":             only("false"),
	"queue.provider.type":                         only("memory"),
	"slot.drop.on.stop":                           only("false"),
	"read.only":                                   only("false", "true"), // of incremental snapshots alone
	"gtid.source.filter.dml.events":               only("true"),
	"errors.tolerance":                            only("none"),
	"errors.deadletterqueue.topic.name":           only(""),
}

// ofTransforms are properties that are read together.
func ofTransforms(name string) bool {
	return name == "transforms" || name == "predicates" || strings.HasPrefix(name, "transforms.") || strings.HasPrefix(name, "predicates.")
}

// later finds properties of what there isn't yet.
func later(name string) (family string, ok bool) {
	for _, prefix := range []string{"converters", "post.processors"} {
		if name == prefix || strings.HasPrefix(name, prefix+".") {
			return prefix, true
		}
	}
	return name, strings.HasPrefix(name, "signal.") || strings.HasPrefix(name, "notification.")
}

// operationalNames change how the connector works and nothing that it writes.
var operationalNames = regexp.MustCompile(`\A(?:` + strings.Join([]string{
	`name`, `tasks\.max(\.enforce)?`, `config\.action\.reload`, `exactly\.once\.support`, `transaction\.boundary(\.interval\.ms)?`,
	`offsets\.storage\.topic`, `errors\.(retry|log|max)\..*`, `producer\.override\.(linger\.ms|batch\.size|compression\.type|acks|buffer\.memory|max\.request\.size)`,
	`(poll|poll\.dispatch|status\.update)\.interval\.ms`, `max\.(batch|queue)\.size(\.in\.bytes)?`, `query\.fetch\.size`, `custom\..*`,
	`snapshot\.(locking\.mode|lock\.timeout\.ms|fetch\.size|delay\.ms|max\.threads(\.multiplier.*)?|isolation\.mode)`,
	`streaming\.delay\.ms`, `retriable\.restart\.connector\.wait\.ms`, `executor\.shutdown\.timeout\.ms`, `statistics\.metrics\.enabled`,
	`connect\.(timeout\.ms|keep\.alive.*|backoff.*)`, `connection\.validation\.timeout\.ms`, `min\.row\.count\.to\.stream\.results`,
	`incremental\.snapshot\..*`, // without signals there are none
	`schema\.history\.internal.*`, `topic\.cache\.size`, `flush\.lsn\.source`, `lsn\.flush\..*`, `offset\.mismatch\.strategy`,
	`guardrail\..*`, `ddl\.parser\.type`, `memory\.management\..*`, `internal\..*`, `legacy\.snapshot\.max\.threads`, `resolve\.create\.table\.like\.schema`,
	`database\.(hostname|port|user|password|dbname|server\.id(\.offset)?|ssl.*|tcpKeepAlive|query\.timeout\.ms|jdbc\.driver|protocol)`,
	`binlog\..*`, `gtid\.ignore\.on\.recovery`, `use\.nongraceful\.disconnect`, `slot\.(name|max\.retries|retry\.delay\.ms|failover)`,
	`topic\.creation\.(enable|default\.(replication\.factor|cleanup\.policy|compression\.type|retention\..*))`,
}, "|") + `)\z`)

func operational(name string) bool { return operationalNames.MatchString(name) }

// ofAnotherSource: Debezium's connector doesn't know the property and ignores it.
func ofAnotherSource(source, name string) bool {
	switch name {
	case "bigint.unsigned.handling.mode", "enable.time.adjuster", "include.query", "include.schema.changes", "include.schema.comments":
		return source == sourcePostgres
	case "hstore.handling.mode", "interval.handling.mode", "money.fraction.digits", "include.unknown.datatypes",
		"publish.via.partition.root", "message.prefix.include.list", "message.prefix.exclude.list":
		return source != sourcePostgres
	default:
		return false
	}
}

func connectorClass(_ *Settings, c *Case, value string) bool {
	return value == map[string]string{
		sourceMySQL:    "io.debezium.connector.mysql.MySqlConnector",
		sourceMariaDB:  "io.debezium.connector.mariadb.MariaDbConnector",
		sourcePostgres: "io.debezium.connector.postgresql.PostgresConnector",
	}[c.Source]
}

func snapshotMode(s *Settings, _ *Case, value string) bool {
	if renamed, old := map[string]string{"schema_only": "no_data", "never": "no_data"}[strings.ToLower(value)]; old {
		value = renamed
	}
	s.Mode = strings.ToLower(value)
	switch s.Mode {
	case "initial", "no_data", "when_needed", "initial_only":
		return true
	}
	return false
}

func skippedOperations(s *Settings, _ *Case, value string) bool {
	list := []string{}
	for op := range strings.SplitSeq(value, ",") {
		if op = strings.ToLower(strings.TrimSpace(op)); op != "none" && op != "" {
			list = append(list, op)
		}
	}
	if len(list) == 0 {
		list = append(list, "none")
	}
	s.Events["skipped_operations"] = list
	return true
}

// messageKeyColumns: rules with semicolons between them, a regular expression
// before the last colon of each.
func messageKeyColumns(s *Settings, _ *Case, value string) bool {
	list := []string{}
	for rule := range strings.SplitSeq(value, ";") {
		at := strings.LastIndexByte(rule, ':')
		if at < 0 || !understood(rule[:at]) {
			return strings.TrimSpace(rule) == ""
		}
		list = append(list, "/"+strings.TrimSpace(rule[:at])+"/"+rule[at:])
	}
	s.Events["message_key_columns"] = list
	return true
}

func messagePrefixes(key string) translation {
	return func(s *Settings, _ *Case, value string) bool {
		list, ok := expressions(value)
		s.Source[key] = list
		return ok
	}
}

func publicationName(s *Settings, _ *Case, value string) bool {
	s.Publication = value
	return true
}

// autocreateMode: no_tables makes a publication without tables, where the script
// has made none.
func autocreateMode(s *Settings, c *Case, value string) bool {
	value = strings.ToLower(value)
	s.autocreated = value != "disabled" && value != "no_tables"
	if value != "no_tables" {
		return true
	}
	setup, err := c.Setup()
	name := cmp.Or(c.Config["publication.name"], "dbz_publication")
	s.Publication = name
	return err == nil && regexp.MustCompile(`(?i)\bcreate\s+publication\s+"?`+regexp.QuoteMeta(name)+`\b`).MatchString(setup)
}

// convertingFailure: to skip a value is to warn of it, in another line of the log.
func convertingFailure(s *Settings, _ *Case, value string) bool {
	policy, known := map[string]string{"warn": "debezium", "skip": "debezium", "fail": "fail"}[strings.ToLower(value)]
	s.Events["unrepresentable_values"] = policy
	return known
}

var (
	sameNaming    = regexp.MustCompile(`\Aio\.debezium\.schema\.(?:Default|Schema)TopicNamingStrategy\z`)
	escapedNaming = regexp.MustCompile(`\Aio\.debezium\.schema\.(?:Default|Schema)UnicodeTopicNamingStrategy\z`)
	unicodeEscape = regexp.MustCompile(`_u[0-9a-f]{4}`)
)

// topicNaming: the strategies that escape what a topic can't be called by differ
// from the others where they had something to escape.
func topicNaming(_ *Settings, c *Case, value string) bool {
	escaped := slices.ContainsFunc(slices.Collect(maps.Keys(c.Recorded.Records)), unicodeEscape.MatchString)
	return sameNaming.MatchString(value) || escapedNaming.MatchString(value) && !escaped
}

// snapshotTables: a list that has every captured table leaves nothing out.
func snapshotTables(_ *Settings, c *Case, value string) bool {
	return value == "" || value == ".*" || value == c.Config["table.include.list"]
}

func viaPartitionRoot(s *Settings, _ *Case, value string) bool {
	s.ViaRoot = strings.EqualFold(value, "true")
	return true
}

func partitions(s *Settings, _ *Case, value string) bool {
	ok := number("partitions")(s, nil, value)
	s.Topics["partitions"] = s.Events["partitions"]
	delete(s.Events, "partitions")
	return ok
}
