package golden

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// spot is a place in a record where we differ from Debezium.
type spot struct {
	*comparison
	part string // key or value
	// path without the schema's or payload's own name; inSchema says which.
	path     string
	inSchema bool
	// image and column, where the path leads into a row image: before, after, or
	// empty for a key.
	image, column string
	table, op     string
	snapshot      bool
	row           bool              // the value is a row without an envelope
	outbox        bool              // the value is the payload of an outbox
	indexKey      string            // what the key of ours is to be; empty for most
	value         map[string]string // of the recorded record, by path
	// What stands there; empty where there is nothing.
	ours, theirs string
}

// spotOf says of which row a record tells.
func spotOf(k *comparison, r visible) spot {
	var v struct {
		Op     string
		Source struct{ Table, Snapshot string }
	}
	s := spot{comparison: k}
	if json.Unmarshal(payloadOf(r.value), &v) == nil {
		s.table, s.op = v.Source.Table, v.Op
		s.snapshot = v.Op == "r"
	}
	if s.outbox = k.isMessage(r); s.outbox {
		s.table, s.snapshot = k.outboxTable(), r.snapshot
	}
	if s.row = s.table == "" && isRow(r.value); s.row {
		s.snapshot = r.snapshot
	}
	s.value, s.indexKey = parts(r.value), r.indexKey
	if s.table == "" {
		s.table = r.Topic[strings.LastIndexByte(r.Topic, '.')+1:]
	}
	return s
}

var (
	payloadPath = regexp.MustCompile(`\A(?:payload\.)?(before|after)\.([^.\[]+)`)
	schemaPath  = regexp.MustCompile(`\Aschema\.fields\[(before|after)\]\.fields\[([^\]]+)\](.*)\z`)
	keyPath     = regexp.MustCompile(`\A(?:payload\.)?([^.\[]+)\z`)
	keySchema   = regexp.MustCompile(`\Aschema\.fields\[([^\]]+)\](.*)\z`)
)

// at moves a spot to a path of the text.
func (s spot) at(path, ours, theirs string) spot {
	s.path, s.ours, s.theirs = path, ours, theirs
	s.inSchema = strings.HasPrefix(path, "schema.")
	var m []string
	switch {
	case s.outbox && s.part == "value":
		s.column = cmp.Or(s.option("table.field.event.payload"), "payload")
	case (s.part == "key" || s.row) && s.inSchema:
		if m = keySchema.FindStringSubmatch(path); m != nil {
			s.column = m[1]
		}
	case s.part == "key" || s.row:
		if m = keyPath.FindStringSubmatch(path); m != nil {
			s.column = m[1]
		}
	case s.inSchema:
		if m = schemaPath.FindStringSubmatch(path); m != nil {
			s.image, s.column = m[1], m[2]
		}
	default:
		if m = payloadPath.FindStringSubmatch(path); m != nil {
			s.image, s.column = m[1], m[2]
		}
	}
	return s
}

// rowImage is the text of before or after; empty when there is none.
func (s *spot) rowImage(name string) string {
	for _, path := range []string{"payload." + name, name} {
		if text, ok := s.value[path]; ok && text != "null" {
			return text
		}
	}
	return ""
}

// declared reports whether a script declares the column with a type that the
// expression matches: "create table t (c type" or "add column c type".
func (s *spot) declared(script, typeExpr string) bool { return s.declarationIn(script, typeExpr) != "" }

// declaration is the text that declares the column so.
func (s *spot) declaration(typeExpr string) string { return s.declarationIn(s.scripts, typeExpr) }

func (s *spot) declarationIn(script, typeExpr string) string {
	if s.column == "" {
		return ""
	}
	column := regexp.MustCompile("(?i)[\\s(,\"`]" + regexp.QuoteMeta(s.column) + "[\"`]?\\s+(?:" + typeExpr + `)`)
	for _, statement := range s.statementsOn(script) {
		if text := column.FindString(statement); text != "" {
			return text
		}
	}
	return ""
}

// statementsOn returns the statements of a script that make or change the table.
func (s *spot) statementsOn(script string) []string {
	head := regexp.MustCompile(`(?i)\A\s*(?:create|alter)\b[^(]*?\btable\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?:[\w"` + "`" + `]+\.)?["` + "`" + `]?` + regexp.QuoteMeta(s.table) + `["` + "`" + `]?(?:\s|\()`)
	return slices.DeleteFunc(SplitSQL(script), func(statement string) bool { return !head.MatchString(statement) })
}
