package rulefile

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

const flattenExample = `"flatten: {column: address, fields: {city: string}}"`

// flatten reads one JSON column that is opened, or a list of them.
func (d *decoder) flatten(n *yaml.Node) []Flatten {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	if len(items) == 0 {
		d.Add(d.src.At(n), "write "+flattenExample, "flatten is an empty list")
	}
	var list []Flatten
	for _, item := range items {
		f := Flatten{Delimiter: "_"}
		there := readKeys(d, item, "flatten", flattenKeys, &f)
		if there == nil {
			continue
		}
		if !there.has("column") {
			d.Add(d.src.At(item), "write "+flattenExample, "flatten names no column")
		}
		if there.has("fields") && there.has("max_depth") {
			d.Add(there["max_depth"], "the fields say themselves how deep they lie", `"max_depth" has no effect beside "fields"`)
		}
		list = append(list, f)
	}
	return list
}

var flattenKeys = []key[Flatten]{
	{
		"column", textForm, "The column; it holds JSON.",
		func(d *decoder, f *Flatten, n *yaml.Node) { f.Column, _ = d.name(n, "the column to flatten") },
	},
	{
		"delimiter", textForm, "What stands between the parts of a name; an underscore when missing.",
		func(d *decoder, f *Flatten, n *yaml.Node) { f.Delimiter, _ = d.scalar(n, "delimiter") },
	},
	{
		"max_depth", intForm(0, maxDepth), "How many levels are opened; 0 or missing: all.",
		func(d *decoder, f *Flatten, n *yaml.Node) { f.MaxDepth = d.integer(n, "max_depth", 0, maxDepth) },
	},
	{
		"fields", mapForm(typeForm), "The members that are wanted, with dots between the parts of a path, and their types. When missing: all as they come, which only JSON without schemas can hold.",
		func(d *decoder, f *Flatten, n *yaml.Node) { f.Fields = d.flatFields(n) },
	},
}

func (d *decoder) flatFields(n *yaml.Node) []FlatField {
	var list []FlatField
	d.entries(n, "fields of flatten", "the path of a member", `"fields: {city: string, geo.lat: double}"`, func(path Name, val *yaml.Node) {
		if strings.Contains("."+path.Text+".", "..") {
			d.Add(path.At, "", "%q has an empty part", Printable(path.Text))
			return
		}
		if t := d.castType(val); t != nil {
			list = append(list, FlatField{Path: path, Type: *t})
		}
	})
	return list
}

// Output is the name of the field that a member becomes.
func (f *Flatten) Output(path string) string {
	return f.Column.Text + f.Delimiter + strings.ReplaceAll(path, ".", f.Delimiter)
}
