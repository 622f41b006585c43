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

// floatText: the same number, in text that a cast has made.
func floatText(s *spot) bool {
	return s.row && !s.inSchema && slices.Contains(strings.Split(s.option("spec"), ","), s.column+":string") && sameFloat(unquoted(s.ours), unquoted(s.theirs), 64)
}

// castKey: the type of the column in the key is that which the cast gives it.
func castKey(s *spot) bool {
	return s.part == "key" && strings.HasSuffix(s.path, ".type") && slices.Contains(strings.Split(s.option("spec"), ","), s.column+":"+strings.Trim(s.ours, `"`))
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

// nameOfRouted: ours is the name by the topic, as that of the key is, theirs by the
// table.
func nameOfRouted(s *spot) bool {
	classes := s.classes()
	behind := slices.Index(classes, "ByLogicalTableRouter") > slices.Index(classes, "ExtractNewRecordState")
	return s.row && s.path == "schema.name" && behind && strings.HasSuffix(s.ours, `.Value"`) && strings.HasSuffix(s.theirs, `.Value"`)
}

const defaultReason = "HeaderFrom puts the default of a column in the place of NULL in Debezium"

// withoutDefaults takes our null for the default of a column that a header shows.
func (k *comparison) withoutDefaults(got, want []Header) []Header {
	if len(got) != len(want) || !slices.Contains(k.classes(), "HeaderFrom$Value") {
		return want
	}
	all := slices.Clone(want)
	for i, h := range got {
		if h.Value == nil && want[i].Value != nil && strings.Contains(k.scripts, "default '"+strings.ToLower(string(want[i].Value))+"'") {
			all[i].Value = nil
			k.tally.argue(defaultReason)
		}
	}
	return all
}

const keyHeaderReason = "the headers of a change of the key show the key as it was before the transforms in Debezium, which no record has"

// keyTransforms are those that change the key.
var keyTransforms = []string{"ByLogicalTableRouter", "ToLogicalTopicRouter", "ValueToKey", "ReplaceField$Key", "ExtractField$Key", "HeaderFrom$Key", "InsertField$Key"}

// ownKeys reports whether records have other keys than their tables.
func (c *Case) ownKeys() bool {
	return strings.EqualFold(c.option("drop.fields.from.key"), "true") ||
		slices.ContainsFunc(c.classes(), func(class string) bool { return slices.Contains(keyTransforms, class) })
}

// withoutKeyHeaders takes the headers of a change of the key out of both sides
// where they differ and may.
func (k *comparison) withoutKeyHeaders(got, want []Header) (ours, theirs []Header) {
	of := func(list []Header) (header, rest []Header) {
		for _, h := range list {
			if h.Key == oldKeyHeader || h.Key == newKeyHeader {
				header = append(header, h)
			} else {
				rest = append(rest, h)
			}
		}
		return header, rest
	}
	gotKeys, gotRest := of(got)
	wantKeys, wantRest := of(want)
	same := slices.EqualFunc(gotKeys, wantKeys, func(a, b Header) bool { return a.Key == b.Key && string(a.Value) == string(b.Value) })
	if same || !k.ownKeys() {
		return got, want
	}
	k.tally.argue(keyHeaderReason)
	return gotRest, wantRest
}
