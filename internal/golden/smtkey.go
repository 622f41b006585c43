package golden

import (
	"slices"
	"strings"
)

// key is what the key consists of: names of fields and their columns.
func (d *draft) key() object {
	if old, ok := d.verbs.get("key"); ok {
		keys, _ := old.(object)
		return slices.Clone(keys)
	}
	keys := object{}
	for _, name := range d.table.key {
		keys.set(name, name)
	}
	return keys
}

// replaceKeyField renames fields of the key or leaves some out.
func replaceKeyField(d *draft, t *transform) string {
	include, exclude, renames := t.list("include"), t.list("exclude"), t.list("renames")
	keys := object{}
	for _, e := range d.key() {
		name := e.key
		if slices.Contains(exclude, name) || len(include) > 0 && !slices.Contains(include, name) {
			continue
		}
		for _, pair := range renames {
			if old, renamed, _ := strings.Cut(pair, ":"); old == name {
				name = renamed
			}
		}
		keys.set(name, e.value)
	}
	d.verbs.set("key", keys)
	if len(keys) == 0 || d.shape == shapeMessage {
		return "without a field"
	}
	return ""
}

// insertKeyField adds a constant to the key.
func insertKeyField(d *draft, t *transform) string {
	field := t.take("static.field")
	if field == "" || strings.HasSuffix(field, "!") || d.shape != shapeRow {
		return "of others than constants"
	}
	keys := d.key()
	name := d.insert(field, t.take("static.value"))
	d.hide(d.find(name))
	keys.set(name, name)
	d.verbs.set("key", keys)
	return ""
}

// valueToKey makes a key of some fields.
func valueToKey(d *draft, t *transform) string {
	why := d.onRows()
	d.nullsBecomeDefaults(t)
	keys := object{}
	for _, name := range t.list("fields") {
		of, ok := d.of(name)
		if !ok {
			return "fields=" + name
		}
		keys.set(name, of)
		if d.s.first == "schema" && !slices.Contains(d.table.key, of) && !d.s.wholeOldRows {
			why = "of columns that old rows lack"
		}
	}
	d.verbs.set("key", keys)
	return why
}

// extractKey makes a field of the key the whole key.
func extractKey(d *draft, t *transform) string {
	field := t.take("field")
	t.take("replace.null.with.default")
	if d.shape == shapeMessage {
		return "behind EventRouter"
	}
	of, known := d.key().get(field)
	if !known {
		return "field=" + field
	}
	d.verbs.set("key", object{{"value", of}})
	return ""
}
