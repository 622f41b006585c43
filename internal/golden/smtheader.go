package golden

import (
	"slices"
	"strings"
)

// headerFrom copies fields to headers, or moves them there.
func headerFrom(d *draft, t *transform) string {
	why := d.onRows()
	fields, headers, operation := t.list("fields"), t.list("headers"), t.take("operation")
	d.nullsBecomeDefaults(t)
	for i, name := range fields {
		of, ok := d.of(name)
		if !ok || i >= len(headers) {
			return "fields=" + name
		}
		d.sub("headers", headers[i], "row."+of)
		if operation == "move" {
			d.hide(d.find(name))
		}
	}
	return why
}

// keyHeaderFrom is headerFrom for fields of the key.
func keyHeaderFrom(d *draft, t *transform) string {
	fields, headers, operation := t.list("fields"), t.list("headers"), t.take("operation")
	keys := d.key()
	for i, name := range fields {
		of, ok := keys.get(name)
		if !ok || i >= len(headers) || d.shape == shapeMessage {
			return "fields=" + name
		}
		d.sub("headers", headers[i], "row."+of.(string))
		if operation == "move" {
			keys.remove(name)
			d.verbs.set("key", keys)
		}
	}
	return ""
}

// hide takes a field out of the value that something else still needs.
func (d *draft) hide(i int) {
	d.hidden = true
	d.columns = slices.Delete(d.columns, i, i+1)
}

func insertHeader(d *draft, t *transform) string {
	name, literal := t.take("header"), t.take("value.literal")
	if literal == "null" {
		return "value.literal=null"
	}
	d.sub("headers", name, object{{"value", literal}})
	return ""
}

// contextHeaders are those that extended_headers_enabled adds.
var contextHeaders = []string{
	"__debezium.context.connectorLogicalName", "__debezium.context.taskId", "__debezium.context.connectorName", "__debezium.context.runId",
}

// dropHeaders takes out what the rules themselves add, and the headers of the
// connector when all of them go.
func dropHeaders(d *draft, t *transform) string {
	names := t.list("headers")
	all := !slices.ContainsFunc(contextHeaders, func(name string) bool { return !slices.Contains(names, name) })
	if all {
		d.s.Events["extended_headers_enabled"] = false
		names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(contextHeaders, name) })
	}
	old, _ := d.verbs.get("headers")
	keys, _ := old.(object)
	keys = slices.Clone(keys)
	for _, name := range names {
		if !keys.remove(name) && !d.dropAdded("add_headers", name) {
			return "headers=" + name
		}
	}
	if len(keys) > 0 {
		d.verbs.set("headers", keys)
	} else {
		d.verbs.remove("headers")
	}
	return ""
}

// headerToValue: headers that unwrap adds become fields of the value.
func headerToValue(d *draft, t *transform) string {
	headers, fields, operation := t.list("headers"), t.list("fields"), t.take("operation")
	_, others := d.added("add_fields")
	if why := d.onRows(); why != "" || operation != "move" || others != nil || len(headers) != len(fields) {
		return "of others than unwrap's headers"
	}
	prefix, paths := d.added("add_headers")
	var list []string
	for i, name := range headers {
		at := slices.IndexFunc(paths, func(item string) bool { return addedName(prefix, item) == name })
		if at < 0 {
			return "headers=" + name
		}
		path, _, _ := strings.Cut(paths[at], ":")
		list = append(list, path+":"+fields[i])
		d.columns = append(d.columns, column{name: fields[i]})
		d.dropAdded("add_headers", name)
	}
	old, _ := d.verbs.get("unwrap")
	keys := slices.Clone(old.(object))
	keys.set("add_fields", list)
	keys.set("add_fields_prefix", "")
	d.verbs.set("unwrap", keys)
	return ""
}
