package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"

	"cdc/event"
	"cdc/sink/encode"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// EventsConfig says what events are like: Debezium's options of the same names,
// with underscores where those have dots.
type EventsConfig struct {
	encode.Options `yaml:",inline"`
	// SkippedOperations are those of which nothing leaves: c, u, d, t; or none.
	SkippedOperations []string `yaml:"skipped_operations"`
	// SkipMessagesWithoutChange: an update that changes no column that leaves
	// doesn't leave.
	SkipMessagesWithoutChange bool `yaml:"skip_messages_without_change"`
	// MessageKeyColumns make the record key of some tables: "shop.orders:tenant,id".
	MessageKeyColumns []string `yaml:"message_key_columns"`
	// ColumnIncludeList, or all but ColumnExcludeList, are the columns of values.
	ColumnIncludeList []string `yaml:"column_include_list"`
	ColumnExcludeList []string `yaml:"column_exclude_list"`
	// IncludeUnknownDatatypes: columns of types without a form leave as bytes
	// (PostgreSQL).
	IncludeUnknownDatatypes bool `yaml:"include_unknown_datatypes"`
	// ProvideTransactionMetadata: begin and end of transactions leave on
	// TopicTransaction, and events say where in theirs they stand.
	ProvideTransactionMetadata bool   `yaml:"provide_transaction_metadata"`
	TopicTransaction           string `yaml:"topic_transaction"`
	// IncludeSchemaChanges: statements that change tables leave on the topic that
	// is named like the prefix (MySQL, MariaDB).
	IncludeSchemaChanges bool `yaml:"include_schema_changes"`
	// HeartbeatInterval is the time between heartbeats; 0 for none.
	HeartbeatInterval    time.Duration `yaml:"heartbeat_interval"`
	TopicHeartbeatPrefix string        `yaml:"topic_heartbeat_prefix"`
	// ExtendedHeadersEnabled: records carry the headers __debezium.context.*.
	ExtendedHeadersEnabled bool `yaml:"extended_headers_enabled"`
	// TopicDelimiter stands between the parts of a topic's name.
	TopicDelimiter string `yaml:"topic_delimiter"`
	// UnrepresentableValues says what becomes of a value that has no form:
	// debezium or fail.
	UnrepresentableValues event.Policy `yaml:"unrepresentable_values"`
	// RulesHeader is the name of a header that tells by which rules a record was
	// made: the hash of the rules; empty for none.
	RulesHeader string `yaml:"rules_header"`
}

// Debezium's names of the connectors.
const (
	connectorMySQL    = "mysql"
	connectorMariaDB  = "mariadb"
	connectorPostgres = "postgresql"
)

func defaultEvents(connector string) EventsConfig {
	return EventsConfig{
		Options:                encode.DefaultOptions(connector),
		SkippedOperations:      []string{"t"},
		TopicTransaction:       "transaction",
		IncludeSchemaChanges:   connector != connectorPostgres,
		TopicHeartbeatPrefix:   "__debezium-heartbeat",
		ExtendedHeadersEnabled: true,
		TopicDelimiter:         ".",
		UnrepresentableValues:  event.PolicyDebezium,
	}
}

// validate reports what can't work for a connector.
func (e *EventsConfig) validate(connector string, report reporter) {
	reportAll(e.Options.Validate(connector), "events", report)
	for _, err := range []error{
		e.checkSkipped(), e.checkLists(), e.checkKeys(), e.checkSalts(), e.checkHeartbeat(), e.checkNames(), e.checkConnector(connector), e.checkHeader(),
	} {
		report("events", err)
	}
	if p := e.UnrepresentableValues; p != event.PolicyDebezium && p != event.PolicyFail {
		report("events", fmt.Errorf("unrepresentable_values: %q is not one of debezium, fail", string(p)))
	}
}

// reportAll reports each error of a joined one.
func reportAll(err error, below string, report reporter) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, each := range joined.Unwrap() {
			reportAll(each, below, report)
		}
		return
	}
	report(below, err)
}

func (e *EventsConfig) checkSkipped() error {
	for i, op := range e.SkippedOperations {
		if !slices.Contains([]string{"c", "u", "d", "t", "none"}, op) {
			return fmt.Errorf("skipped_operations[%d]: %q is not one of c, u, d, t, none", i, op)
		}
		if slices.Contains(e.SkippedOperations[:i], op) {
			return fmt.Errorf("skipped_operations[%d]: %s is there twice", i, op)
		}
		if op == "none" && len(e.SkippedOperations) > 1 {
			return fmt.Errorf("skipped_operations[%d]: none stands beside others", i)
		}
	}
	return nil
}

func (e *EventsConfig) checkLists() error {
	for _, list := range []struct {
		key   string
		parse func() error
	}{
		{"message_key_columns", func() error { _, err := event.ParseKeys(e.MessageKeyColumns); return err }},
		{"column_include_list", func() error { _, err := event.ParseColumns(e.ColumnIncludeList); return err }},
		{"column_exclude_list", func() error { _, err := event.ParseColumns(e.ColumnExcludeList); return err }},
	} {
		err := list.parse()
		if bad, ok := errors.AsType[*event.PatternError](err); ok {
			return fmt.Errorf("%s[%d]: %w", list.key, bad.Index, err)
		}
	}
	if len(e.ColumnIncludeList) > 0 && len(e.ColumnExcludeList) > 0 {
		return errors.New("column_exclude_list: stands beside column_include_list; keep one")
	}
	return nil
}

// checkKeys finds a rule that an earlier one for the same tables keeps from
// holding.
func (e *EventsConfig) checkKeys() error {
	first := map[string]int{}
	for i, rule := range e.MessageKeyColumns {
		tables := rule[:max(strings.LastIndexByte(rule, ':'), 0)]
		if earlier, there := first[tables]; there {
			return fmt.Errorf("message_key_columns[%d]: %q has its columns in message_key_columns[%d] already; keep one of them", i, tables, earlier)
		}
		first[tables] = i
	}
	return nil
}

func (e *EventsConfig) checkSalts() error {
	for i := range e.MaskHash {
		if e.MaskHash[i].Salt == "" {
			return fmt.Errorf("column_mask_hash[%d].salt: is missing; without one whoever guesses a text knows its hash", i)
		}
	}
	return nil
}

// warnQuery finds statements beside columns that the pipeline itself hides: the text of
// a statement isn't looked into, as in Debezium.
func (p *PipelineConfig) warnQuery() error {
	_, masked := p.Events.hidden()
	masked = append(masked, p.Events.ColumnExcludeList...)
	if !p.Source.includesQuery() || len(masked) == 0 {
		return nil
	}
	return fmt.Errorf("include_query: the text of a statement holds the values of its rows, also of columns that events hides or leaves out (%s); "+
		"hide them with a rule, whose events tell no statement, or take include_query out", rulefile.Printable(slices.Min(masked)))
}

// warnings returns what probably isn't meant.
func (e *EventsConfig) warnings() []error {
	for _, op := range []string{"c", "u", "d"} {
		if !slices.Contains(e.SkippedOperations, op) {
			return nil
		}
	}
	return []error{errors.New("skipped_operations: skips c, u and d: no row leaves but those of a snapshot")}
}

func (e *EventsConfig) checkHeartbeat() error {
	if d := e.HeartbeatInterval; d != 0 && (d < 10*time.Millisecond || d > 24*time.Hour) {
		return errors.New("heartbeat_interval: must be 0s, for none, or lie between 10ms and 24h")
	}
	return nil
}

// maxHeader bounds the name of a header.
const maxHeader = 200

func (e *EventsConfig) checkHeader() error {
	if len(e.RulesHeader) > maxHeader || strings.ContainsFunc(e.RulesHeader, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("rules_header: must be a name of at most %d characters", maxHeader)
	}
	return nil
}

var topicPart = regexp.MustCompile(`\A[A-Za-z0-9._-]{1,100}\z`)

// checkNames: parts of topics that Kafka takes.
func (e *EventsConfig) checkNames() error {
	for _, part := range []struct{ key, value string }{
		{"topic_transaction", e.TopicTransaction}, {"topic_heartbeat_prefix", e.TopicHeartbeatPrefix}, {"topic_delimiter", e.TopicDelimiter},
	} {
		if !topicPart.MatchString(part.value) {
			return fmt.Errorf("%s: %q can't be part of a topic's name; use letters, digits, '.', '_' and '-'", part.key, part.value)
		}
	}
	return nil
}

// checkConnector finds what has no effect for the source.
func (e *EventsConfig) checkConnector(connector string) error {
	switch {
	case connector == connectorPostgres && e.IncludeSchemaChanges:
		return errors.New("include_schema_changes: the log of PostgreSQL has no statements; for MySQL and MariaDB only")
	case connector != connectorPostgres && e.IncludeUnknownDatatypes:
		return errors.New("include_unknown_datatypes: MySQL and MariaDB have no types that aren't known; for PostgreSQL only")
	}
	return nil
}

// rules are the options that the rules work with, but for those of the format.
func (e *EventsConfig) rules(connector, prefix string) (transform.Options, error) {
	o := transform.Options{
		Prefix: prefix, Delimiter: e.TopicDelimiter, SkipUnchanged: e.SkipMessagesWithoutChange,
		Skip: strings.Join(e.skipped(), ""), SkipHalves: connector == connectorPostgres, // as Debezium's connectors do
		Connector: connector, Version: e.SourceVersion, NoTombstones: !e.TombstonesOnDelete, RulesHeader: e.RulesHeader,
	}
	hidden, masked := e.hidden()
	for into, patterns := range map[**event.Columns][]string{
		&o.Include: e.ColumnIncludeList, &o.Exclude: e.ColumnExcludeList, &o.Hidden: hidden, &o.Masked: masked,
	} {
		list, err := event.ParseColumns(patterns)
		if err != nil {
			return transform.Options{}, err
		}
		*into = list
	}
	return o, nil
}

// hidden are the columns that leave without showing what they hold, and masked all
// those of which less leaves than they hold.
func (e *EventsConfig) hidden() (hidden, masked []string) {
	for _, patterns := range e.MaskWithChars {
		hidden = append(hidden, patterns...)
	}
	masked = slices.Clone(hidden)
	for i := range e.MaskHash {
		masked = append(masked, e.MaskHash[i].Columns...)
	}
	for _, patterns := range e.TruncateToChars {
		masked = append(masked, patterns...)
	}
	return hidden, masked
}

// ruleFormat sets the options of rules that depend on the format.
func ruleFormat(o *transform.Options, f encode.Format) {
	f = f.Complete()
	o.Schemas, o.NullsStay = f.Value != encode.FormatJSON, !*f.ReplaceNullWithDefault
}

func (e *EventsConfig) skippedOps() []event.Op {
	var ops []event.Op
	for _, op := range e.skipped() {
		ops = append(ops, event.Op(op[0]))
	}
	return ops
}

func (e *EventsConfig) skipped() []string {
	return slices.DeleteFunc(slices.Clone(e.SkippedOperations), func(op string) bool { return op == "none" })
}

// capture is what the source is asked for. query asks for statements too.
func (e *EventsConfig) capture(connector string, query bool, log *zap.Logger) (event.Capture, error) {
	keys, err := event.ParseKeys(e.MessageKeyColumns)
	if err != nil {
		return event.Capture{}, err
	}
	return event.Capture{
		Transactions:   e.ProvideTransactionMetadata,
		Skipped:        e.skippedOps(),
		SchemaChanges:  e.IncludeSchemaChanges && connector != connectorPostgres,
		SchemaComments: e.SchemaComments,
		Query:          query,
		UnknownTypes:   e.IncludeUnknownDatatypes,
		Keys:           keys,
		Unfit:          e.unfit(log),
	}, nil
}

// unfit takes values that have no form, and logs the first of each column.
func (e *EventsConfig) unfit(log *zap.Logger) *event.Unfit {
	return &event.Unfit{Policy: e.UnrepresentableValues, Log: func(table, column, reason string) {
		log.Warn("a value can't be represented and is written as Debezium writes it; events.unrepresentable_values: fail would stop instead",
			zap.String("table", table), zap.String("column", column), zap.String("reason", reason))
	}}
}

// connector is Debezium's name of the source; mysql where none is configured.
func (s *SourceConfig) connector() string {
	switch {
	case s.MariaDB != nil:
		return connectorMariaDB
	case s.Postgres != nil:
		return connectorPostgres
	default:
		return connectorMySQL
	}
}

// includesQuery reports whether events hold statements.
func (s *SourceConfig) includesQuery() bool {
	return s.MySQL != nil && s.MySQL.IncludeQuery || s.MariaDB != nil && s.MariaDB.IncludeQuery
}

// connectorOf is that of the source which a pipeline's YAML names.
func connectorOf(pipeline *yaml.Node) string {
	source := child(pipeline, "source")
	for key, name := range map[string]string{"mariadb": connectorMariaDB, "postgres": connectorPostgres} {
		if source != nil && child(source, key) != nil {
			return name
		}
	}
	return connectorMySQL
}
