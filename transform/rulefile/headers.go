package rulefile

import "go.yaml.in/yaml/v3"

// headers reads a mapping of names to expressions, or to {value: text}.
func (d *decoder) headers(n *yaml.Node) []Header {
	var list []Header
	d.entries(n, "headers", "the name of a header", `"headers: {kind: '\"order.\" + op'}"`, func(name Name, val *yaml.Node) {
		h := Header{Name: name}
		if val.Kind == yaml.MappingNode {
			if there := readKeys(d, val, "a header", headerKeys, &h); there != nil && !there.has("value") {
				d.Add(d.src.At(val), "write {value: text}, or an expression", "the header %q has no value", Printable(name.Text))
			}
		} else {
			h.Expr = d.expr(val, "a header must be an expression", "a text is {value: text}")
		}
		list = append(list, h)
	})
	return list
}

var headerKeys = []key[Header]{
	{
		"value", textForm, "The text of the header, as it is.",
		func(d *decoder, h *Header, n *yaml.Node) {
			if s, ok := d.scalar(n, "the value of a header"); ok {
				h.Text = &s
			}
		},
	},
}

// changedKeys are the options of ExtractChangedRecordState.
var changedKeys = []key[ChangedHeaders]{
	{
		"changed", textForm, "The name of the header that lists the fields which an update changes.",
		func(d *decoder, c *ChangedHeaders, n *yaml.Node) { c.Changed, _ = d.text(n, "the name of a header") },
	},
	{
		"unchanged", textForm, "The name of the header that lists the other fields.",
		func(d *decoder, c *ChangedHeaders, n *yaml.Node) { c.Unchanged, _ = d.text(n, "the name of a header") },
	},
}

func (d *decoder) changedHeaders(n *yaml.Node) *ChangedHeaders {
	c := &ChangedHeaders{At: d.src.At(n)}
	if there := readKeys(d, n, "changed_headers", changedKeys, c); there != nil && len(there) == 0 {
		d.Add(c.At, `write "changed_headers: {changed: Changed, unchanged: Unchanged}"`, "changed_headers names no header")
	}
	return c
}
