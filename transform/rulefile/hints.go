package rulefile

import (
	"fmt"
	"slices"
	"strings"
)

// synonyms are words that other tools use for the words of the language.
var synonyms = map[string][]string{
	"create": {"insert"}, "c": {"insert"}, "u": {"update"}, "d": {"delete", "drop"},
	"read": {"snapshot"}, "r": {"snapshot"}, "initial": {"snapshot"}, "t": {"truncate"},
	"remove": {"delete", "drop"}, "keep": {"pass", "tombstone"}, "forward": {"pass"}, "ignore": {"drop"}, "skip": {"drop", "omit"}, "exclude": {"omit", "drop"},
	"flat": {"row"}, "flatten": {"row"}, "unwrap": {"row"}, "debezium": {"envelope"}, "project": {"fields"}, "projection": {"fields"},
	"none": {"tombstone"}, "warning": {"warn"}, "stop": {"fail"}, "error": {"fail"}, "abort": {"fail"}, "dlq": {"dead_letter"}, "dead-letter": {"dead_letter"},
	"deadletter": {"dead_letter"}, "quarantine": {"dead_letter"}, "pass": {"keep"}, "continue": {"keep"}, "null": {"from_delete"},
	"hmac": {"hmac-sha256"}, "sha-256": {"sha256"}, "hmac_sha256": {"hmac-sha256"}, "hmac_sha512": {"hmac-sha512"}, "md5": {"sha256"},
	"murmur2": {"murmur"}, "default": {"java"},
	"text": {"string"}, "varchar": {"string"}, "int": {"int32"}, "integer": {"int32"}, "int8": {"int16"}, "smallint": {"int16"},
	"long": {"int64"}, "bigint": {"int64"}, "float": {"float32"}, "real": {"float32"}, "bool": {"boolean"}, "bytea": {"bytes"},
	"binary": {"bytes"}, "numeric": {"decimal(p,s)"}, "decimal": {"decimal(p,s)"}, "datetime": {"timestamp"}, "timestamptz": {"timestamp"},
}

// hintWord is the hint for a word that isn't one of those that are known.
func hintWord(word string, words []string) string {
	for _, w := range synonyms[strings.ToLower(word)] {
		if slices.Contains(words, w) {
			return fmt.Sprintf("did you mean %q?", w)
		}
	}
	return DidYouMean(word, words)
}

// otherKeys are keys of other tools, and what says the same here. The first that
// the mapping knows is the one that is told.
var otherKeys = map[string][]string{
	"filter": {"when"}, "condition": {"when"}, "where": {"when"}, "if": {"when"}, "predicate": {"when"}, "expression": {"when"},
	"table": {"tables", "table"}, "source": {"tables"}, "include_tables": {"tables"}, "table_include_list": {"tables"}, "match": {"tables"},
	"operations": {"on"}, "ops": {"on"}, "op": {"on", "op"}, "operation": {"on", "op"}, "events": {"on"},
	"route": {"topic"}, "router": {"topic"}, "to": {"topic"}, "destination": {"topic"}, "topic_name": {"topic"}, "output": {"emit", "expect"}, "format": {"emit"}, "shape": {"emit"},
	"topic_expression": {"topic"}, "exclude": {"drop"}, "remove": {"drop"}, "blacklist": {"drop"}, "column_exclude_list": {"drop"}, "exclude_columns": {"drop"}, "drop_columns": {"drop"}, "drop_fields": {"drop"},
	"include": {"fields"}, "project": {"fields"}, "projection": {"fields"}, "select": {"fields"}, "columns": {"fields"}, "column_include_list": {"fields"}, "whitelist": {"fields"},
	"renames": {"rename"}, "replace": {"rename"}, "salt": {"secret"}, "keyed": {"secret"}, "hmac": {"hash"}, "anonymize": {"hash"}, "pseudonymize": {"hash"}, "hide": {"redact"},
	"compute": {"computed"}, "derive": {"computed"}, "derived": {"computed"}, "set": {"computed"}, "insert_field": {"computed"},
	"message_key": {"key"}, "key_columns": {"key"}, "message_key_columns": {"key"}, "partition": {"partition_by", "partition"}, "partition_key": {"partition_by"},
	"fallthrough": {"continue"}, "then": {"continue"}, "default": {"otherwise"}, "else": {"otherwise"}, "errors": {"on_error"}, "error_handling": {"on_error"},
	"deletes": {"delete"}, "on_delete": {"delete"}, "tombstones": {"tombstone"}, "nulls": {"null_fields"}, "skip_unchanged": {"only_if_changed"},
	"dlq": {"dead_letter"}, "dead_letter_topic": {"dead_letter", "topic"}, "inputs": {"input"}, "given": {"input"}, "expected": {"expect"}, "outputs": {"expect"}, "env": {"test_env"},
	"router_by_field": {"route_by_field"}, "regex": {"topic_regex", "route_topic_regex"}, "replacement": {"topic_replacement", "route_topic_replacement"},
	"extractnewrecordstate": {"unwrap"}, "eventrouter": {"outbox"}, "bylogicaltablerouter": {"reroute"}, "tologicaltopicrouter": {"reroute"}, "regexrouter": {"reroute"},
	"contentbasedrouter": {"topic"}, "partitionrouting": {"partition_by"}, "computepartition": {"partition_by"}, "extractchangedrecordstate": {"changed_headers"},
	"maskfield": {"mask"}, "replacefield": {"rename"}, "insertfield": {"computed"}, "insertheader": {"headers"}, "headerfrom": {"headers"}, "valuetokey": {"key"}, "extractfield": {"key"},
	"timestampconverter": {"cast"}, "readtoinsertevent": {"computed"}, "transforms": {"unwrap"},
	"id": {"table_field_event_id"}, "key": {"table_field_event_key"}, "type": {"cast", "table_field_event_type"}, "payload": {"table_field_event_payload"},
	"timestamp": {"table_field_event_timestamp"}, "route_by": {"route_by_field"}, "topic": {"route_topic_replacement", "topic_replacement"}, "expand_json": {"table_expand_json_payload"},
	"table_field_payload": {"table_field_event_payload"}, "table_field_schema_version": {"table_field_event_schema_version"}, "debezium_op_invalid_behavior": {"table_op_invalid_behavior"},
	"additional_placement": {"table_fields_additional_placement"}, "placement": {"table_fields_additional_placement"}, "on_update": {"table_op_invalid_behavior"},
	"add_source_fields": {"add_fields"}, "operation_header": {"add_headers"}, "partition_payload_fields": {"fields", "partition_by"}, "partition_topic_num": {"partitions"}, "partition_hash_function": {"hash"},
	"header_changed_name": {"changed", "changed_headers"}, "header_unchanged_name": {"unchanged", "changed_headers"},
	"keep_chars": {"keep_last"}, "last": {"keep_last"}, "first": {"keep_first"}, "character": {"char"}, "algo": {"algorithm"}, "variable": {"env"}, "path": {"file"},
}

// gone are keys of Debezium that are no more, or that have another value here or no
// meaning, what is known where they stood, and the whole hint.
var gone = map[string]struct{ beside, hint string }{
	"drop_tombstones":        {"delete_tombstone_handling_mode", `write "delete_tombstone_handling_mode:", which says both: true with none is "tombstone", true with rewrite "rewrite", false with rewrite "rewrite-with-tombstone"`},
	"delete_handling_mode":   {"delete_tombstone_handling_mode", `write "delete_tombstone_handling_mode:", where none is "tombstone", and "rewrite-with-tombstone" keeps the tombstones`},
	"tracing_operation_name": {"tracing_span_context_field", noSpans}, "tracing_with_context_field_only": {"tracing_span_context_field", noSpans},
}

const noSpans = "take it out: no spans are made here; a trace goes on by the headers traceparent and tracestate, out of the column that tracing_span_context_field names"

// prefixes are the beginnings of options that have a number or a name in them.
var prefixes = []struct{ begin, key string }{
	{"column_mask_hash_", "hash"}, {"column_mask_with_", "mask"}, {"column_truncate_to_", "truncate"},
}

// hintKey is the hint for a key that isn't known.
func (d *decoder) hintKey(word string, known []string) string {
	if hint := otherKey(word, known); hint != "" {
		return hint
	}
	switch {
	case slices.Contains(d.ruleNames, word) && !slices.Contains(known, "tables"):
		return fmt.Sprintf("%q is a key of a rule", word)
	case slices.Contains(d.fileNames, word) && !slices.Contains(known, "version"):
		return fmt.Sprintf("%q is a key of the file, beside \"rules\"", word)
	}
	if hint := DidYouMean(word, known); hint != "" {
		return hint
	}
	return hintMapping(known)
}

// otherKey is the hint for a key that other tools, or other spellings, have.
func otherKey(word string, known []string) string {
	plain := plainKey(word)
	if slices.Contains(known, plain) {
		return fmt.Sprintf("did you mean %q? Names have underscores here", plain)
	}
	if word == "<<" {
		return "merge keys aren't known here: write the keys out"
	}
	if g, ok := gone[plain]; ok && slices.Contains(known, g.beside) {
		return g.hint
	}
	squeezed := strings.ReplaceAll(plain[strings.LastIndexByte(plain, '/')+1:], "_", "")
	for _, list := range [][]string{otherKeys[plain], otherKeys[squeezed]} {
		for _, k := range list {
			if slices.Contains(known, k) {
				return fmt.Sprintf("did you mean %q?", k)
			}
		}
	}
	for _, p := range prefixes {
		if strings.HasPrefix(plain, p.begin) && slices.Contains(known, p.key) {
			return fmt.Sprintf("did you mean %q?", p.key)
		}
	}
	return ""
}

// plainKey is a key as this language would spell it: without the prefix of a
// transform or the package of a class, in small letters, with underscores in place
// of dots, dashes and inner capitals.
func plainKey(word string) string {
	if rest, ok := strings.CutPrefix(word, "transforms."); ok {
		if _, option, ok := strings.Cut(rest, "."); ok {
			word = option
		}
	}
	if at := strings.LastIndexByte(word, '.'); at >= 0 && (strings.HasPrefix(word, "io.debezium.") || strings.HasPrefix(word, "org.apache.")) {
		class, _, _ := strings.Cut(word[at+1:], "$")
		return strings.ToLower(class)
	}
	var b strings.Builder
	for i, r := range word {
		switch {
		case r == '.' || r == '-' || r == ' ':
			b.WriteByte('_')
		case r >= 'A' && r <= 'Z':
			if i > 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r + 'a' - 'A')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
