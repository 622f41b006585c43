package golden

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// regexRouter gives records another topic; their schemas keep their names.
func regexRouter(d *draft, t *transform) string {
	re, err := javaPattern(t.take("regex"))
	replacement := t.take("replacement")
	if err != nil || d.shape == shapeMessage {
		return "of an expression or a topic that isn't constant"
	}
	if why := d.s.routeOthers(re, replacement); why != "" {
		return why
	}
	topic, matched := javaReplace(re, d.topic, replacement)
	if !matched || topic == d.topic {
		return ""
	}
	_, logical := d.verbs.get("reroute")
	_, computed := d.verbs.get("topic")
	if d.topic = topic; logical || computed {
		return "behind another router"
	}
	d.route(topic)
	return ""
}

// routeOthers sends records that are of no row along: those of transactions have
// a topic of their own choice.
func (s *Settings) routeOthers(re *regexp.Regexp, replacement string) string {
	prefix := s.config["topic.prefix"]
	if s.Events["provide_transaction_metadata"] == true {
		start := prefix + cmp.Or(s.config["topic.delimiter"], ".")
		topic, _ := javaReplace(re, start+cmp.Or(s.config["topic.transaction"], "transaction"), replacement)
		name, ok := strings.CutPrefix(topic, start)
		if !ok {
			return "of the transaction topic"
		}
		s.Events["topic_transaction"] = name
	}
	if re.MatchString(prefix) && s.first == "database" && s.Events["include_schema_changes"] != false {
		return "of schema changes"
	}
	if _, on := s.Events["heartbeat_interval"]; on && re.MatchString("__debezium-heartbeat."+prefix) {
		return "of heartbeats"
	}
	return ""
}

// onRows says why a transform of fields can't be one of columns.
func (d *draft) onRows() string {
	if d.shape != shapeRow {
		return "before unwrap"
	}
	return ""
}

// replaceField takes fields out and renames those that remain.
func replaceField(d *draft, t *transform) string {
	include, exclude, renames := t.list("include"), t.list("exclude"), t.list("renames")
	d.nullsBecomeDefaults(t)
	for i, c := range slices.Backward(slices.Clone(d.columns)) {
		name := c.name
		if slices.Contains(exclude, name) || len(include) > 0 && !slices.Contains(include, name) {
			d.leaveOut(i)
		}
	}
	why := d.onRows()
	for _, pair := range renames {
		old, name, _ := strings.Cut(pair, ":")
		if i := d.find(old); i < 0 || d.columns[i].of == "" {
			why = "renames=" + pair
		} else {
			d.columns[i].name = name
		}
	}
	return why
}

// leaveOut takes out a field: of the table, of what unwrap adds, or computed.
func (d *draft) leaveOut(i int) {
	name := d.columns[i].name
	if d.columns[i].of == "" {
		d.dropAdded("add_fields", name)
		if old, ok := d.verbs.get("computed"); ok {
			keys := slices.Clone(old.(object))
			keys.remove(name)
			d.verbs.set("computed", keys)
			if len(keys) == 0 {
				d.verbs.remove("computed")
			}
		}
	}
	d.columns = slices.Delete(d.columns, i, i+1)
}

// added are the fields or headers that unwrap adds, and what is before their
// names.
func (d *draft) added(option string) (prefix string, paths []string) {
	old, _ := d.verbs.get("unwrap")
	keys, _ := old.(object)
	list, _ := keys.get(option)
	paths, _ = list.([]string)
	if p, ok := keys.get(option + "_prefix"); ok {
		prefix, _ = p.(string)
		return prefix, paths
	}
	return "__", paths
}

// addedName is what a path is called as a field or header.
func addedName(prefix, item string) string {
	path, renamed, ok := strings.Cut(item, ":")
	if !ok {
		renamed = strings.ReplaceAll(path, ".", "_")
	}
	return prefix + renamed
}

// dropAdded takes one of them out and reports whether it was there.
func (d *draft) dropAdded(option, name string) bool {
	prefix, paths := d.added(option)
	left := slices.DeleteFunc(slices.Clone(paths), func(item string) bool { return addedName(prefix, item) == name })
	if len(left) == len(paths) {
		return false
	}
	old, _ := d.verbs.get("unwrap")
	keys := slices.Clone(old.(object))
	keys.set(option, left)
	if len(left) == 0 {
		keys.remove(option)
	}
	d.verbs.set("unwrap", keys)
	return true
}

// insertField adds a constant or the topic.
func insertField(d *draft, t *transform) string {
	if why := d.onRows(); why != "" {
		return why
	}
	d.nullsBecomeDefaults(t)
	why := ""
	for _, pair := range [][2]string{{t.take("static.field"), t.take("static.value")}, {t.take("topic.field"), d.topic}} {
		switch field := pair[0]; {
		case strings.HasSuffix(field, "!"):
			why = "of a field that can't be null"
		case field != "":
			d.insert(field, pair[1])
		}
	}
	return why
}

// insert adds a constant field.
func (d *draft) insert(field, text string) string {
	name := strings.TrimSuffix(field, "?")
	d.sub("computed", name, strconv.Quote(text))
	d.columns = append(d.columns, column{name: name})
	return name
}

// castTypes are the types of Connect that have a name of ours.
var castTypes = []string{"int16", "int32", "int64", "float32", "float64", "boolean", "string"}

func castFields(d *draft, t *transform) string {
	why := d.onRows()
	d.nullsBecomeDefaults(t)
	for _, pair := range t.list("spec") {
		name, kind, _ := strings.Cut(pair, ":")
		of, ok := d.of(name)
		if !ok || !slices.Contains(castTypes, kind) {
			return "spec=" + pair
		}
		d.sub("cast", of, kind)
	}
	return why
}

// maskField puts the empty value of its type, or a constant, into fields.
func maskField(d *draft, t *transform) string {
	why := d.onRows()
	replacement := t.take("replacement")
	d.nullsBecomeDefaults(t)
	for _, name := range t.list("fields") {
		of, ok := d.of(name)
		if !ok {
			return "fields=" + name
		}
		d.sub("redact", of, d.constant(of, replacement))
	}
	return why
}

// constant is what a masked column holds where nothing is given: zero, or the
// empty text.
func (d *draft) constant(name, replacement string) string {
	if replacement == "" && numberType.MatchString(d.table.kindOf(name)) {
		return "0"
	}
	return replacement
}

// numberType are the types whose values are numbers in a record.
var numberType = regexp.MustCompile(`(?i)\A(?:(?:tiny|small|medium|big)?(?:int|serial)\d?|float\d?|real|double|numeric|decimal|bool(?:ean)?|datetime|timestamp(?:tz)?|date|time)\b`)

// nullsBecomeDefaults: who reads the fields of a row puts the default of a column
// into the place of NULL, unless told otherwise.
func (d *draft) nullsBecomeDefaults(t *transform) {
	if t.take("replace.null.with.default") == "false" {
		return
	}
	if old, ok := d.verbs.get("unwrap"); ok {
		keys := slices.Clone(old.(object))
		keys.remove("replace_null_with_default")
		d.verbs.set("unwrap", keys)
	}
}
