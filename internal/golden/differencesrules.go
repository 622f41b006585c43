package golden

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// emptyKey: the header that names the columns to drop names all of the key.
func emptyKey(s *spot) bool {
	return s.part == "key" && s.path == "" && s.ours == "null" && string(payloadOf([]byte(s.theirs))) == "{}" &&
		strings.EqualFold(s.option("drop.fields.from.key"), "true")
}

func (s *spot) expanded() bool {
	return s.outbox && s.part == "value" && strings.EqualFold(s.option("table.expand.json.payload"), "true")
}

var memberOfItem = regexp.MustCompile(`\[\d+\](?:\.[^.\[]+){2,}\z|\.items\.fields\[[^\]]+\]\.fields\[[^\]]+\]`)

// lostMember: ours has a field that they don't have, of an object in an object of
// an array.
func lostMember(s *spot) bool {
	return s.expanded() && s.theirs == "" && memberOfItem.MatchString(s.path) && (s.inSchema || s.ours == "null" || s.numbersWritten(s.ours))
}

// hashOrder: the same fields in another order.
func hashOrder(s *spot) bool {
	return s.expanded() && s.path != "" && s.path != "schema" && s.path != "payload" && s.theirs != "" && maps.Equal(leaves([]byte(s.ours)), leaves([]byte(s.theirs)))
}

// javaStruct: theirs is what Java prints of ours.
func javaStruct(s *spot) bool {
	return s.expanded() && s.path == "" && s.Config["value.converter"] == stringConverter && javaText([]byte(s.ours)) == s.theirs
}

// javaText is what Java prints of a struct that JSON describes.
func javaText(text []byte) string {
	members, ok := membersOf(text)
	if !ok {
		if strings.HasPrefix(string(text), `"`) {
			return unquoted(string(text))
		}
		return string(text)
	}
	var list []string
	for _, m := range members {
		value := text[m.start:m.end]
		switch {
		case text[0] == '[':
			list = append(list, javaText(value))
		case string(value) != "null" && string(value) != "[]":
			list = append(list, m.name+"="+javaText(value))
		}
	}
	if text[0] == '[' {
		return "[" + strings.Join(list, ", ") + "]"
	}
	return "Struct{" + strings.Join(list, ",") + "}"
}

// castMoment: Connect prints its own dates and times, of those before 1970 the time
// of day alone, and none that no day has.
func castMoment(s *spot) bool {
	if !s.row || s.inSchema || s.Config["time.precision.mode"] != "connect" || !slices.Contains(strings.Split(s.option("spec"), ","), s.column+":string") {
		return false
	}
	text, theirs := strings.Trim(s.ours, `"`), strings.Trim(s.theirs, `"`)
	if strings.HasPrefix(text, "-") {
		return theirs == "null"
	}
	if t, err := time.Parse("15:04:05.999999999", text); err == nil {
		return theirs == t.Format("15:04:05.000Z")
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.Unix() < 0 && theirs == t.Format("15:04:05.000Z")
	}
	t, err := time.Parse("2006-01-02T15:04:05.999999999", text)
	return err == nil && (t.Unix() >= 0 && theirs == t.Format("2006-01-02T15:04:05.000Z") || t.Unix() < 0 && theirs == t.Format("15:04:05.000Z"))
}

// schemaOfNull: the value is a null with a schema, and other transforms stand
// behind unwrap.
func schemaOfNull(s *spot) bool {
	classes := s.classes()
	at := slices.Index(classes, "ExtractNewRecordState")
	return s.part == "value" && s.inSchema && s.value["payload"] == "null" && at >= 0 && at+1 < len(classes)
}

// schemaOfMask: ours doesn't say of a masked column what it was.
func schemaOfMask(s *spot) bool {
	if !s.row || !slices.Contains(s.classes(), "MaskField$Value") || !slices.Contains(strings.Split(s.option("fields"), ","), s.column) {
		return false
	}
	if !s.inSchema {
		return s.ours == "null" && unquoted(s.theirs) == s.option("replacement") && s.declared(s.scripts, `[^,]*\bdefault\b`)
	}
	return s.ours == "" && slices.ContainsFunc([]string{".name", ".version", ".default"}, func(end string) bool { return strings.HasSuffix(s.path, end) })
}

// nameOfKey: ours has a name for the schema of a key that ValueToKey makes.
func nameOfKey(s *spot) bool {
	return s.part == "key" && s.path == "schema.name" && s.theirs == "" && slices.Contains(s.classes(), "ValueToKey") && strings.HasSuffix(s.ours, `.Key"`)
}

const keyHeaderReason = "the headers of a change of the key tell of the table's key in Debezium, also where transforms have made another one"

// keyTransforms are those that give records another key than their table's.
var keyTransforms = []string{"ValueToKey", "ReplaceField$Key", "ExtractField$Key", "HeaderFrom$Key", "InsertField$Key"}

// ownKeys reports whether records have other keys than their tables.
func (c *Case) ownKeys() bool {
	return slices.ContainsFunc(c.classes(), func(class string) bool { return slices.Contains(keyTransforms, class) })
}

// withoutKeyHeaders takes the headers of a change of the key out where one side has
// none: the key of the table has changed, and that of the rule hasn't, or the other
// way round.
func (k *comparison) withoutKeyHeaders(got, want []Header) (ours, theirs []Header) {
	ofKey := func(h Header) bool { return h.Key == oldKeyHeader || h.Key == newKeyHeader }
	if slices.ContainsFunc(got, ofKey) == slices.ContainsFunc(want, ofKey) || !k.ownKeys() {
		return got, want
	}
	k.tally.argue(keyHeaderReason)
	return slices.DeleteFunc(slices.Clone(got), ofKey), slices.DeleteFunc(slices.Clone(want), ofKey)
}
