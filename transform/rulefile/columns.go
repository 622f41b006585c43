package rulefile

import "go.yaml.in/yaml/v3"

// Field is a field of the output and the column that it shows, or the fields of
// which it is made.
type Field struct {
	Output, Column string
	At             Place // of the column
	Fields         []Field
}

const fieldsExample = `"fields: {orderId: id}"`

// fields reads a mapping of output name to column, or to fields of which it is made.
func (d *decoder) fields(n *yaml.Node) []Field {
	var list []Field
	if n.Kind != yaml.MappingNode {
		d.Add(d.src.At(n), "write "+fieldsExample, "fields must be a mapping of output name to column, not %s", kindName(n))
		return nil
	}
	d.entries(n, "fields", "the name of a field", fieldsExample, func(name Name, val *yaml.Node) {
		f := Field{Output: name.Text, At: d.src.At(val)}
		if val.Kind == yaml.MappingNode {
			f.At = name.At
			f.Fields = d.fields(val)
		} else if column, ok := d.text(val, "the column of a field"); ok {
			f.Column = column
		}
		list = append(list, f)
	})
	return list
}

// rename reads a mapping of column to name. Fields hold it the other way round.
func (d *decoder) rename(n *yaml.Node) []Field {
	var list []Field
	outputs := map[string]bool{}
	d.entries(n, "rename", "the column", `"rename: {prod_nm: name}"`, func(column Name, val *yaml.Node) {
		output, ok := d.text(val, "the new name of a column")
		if !ok {
			return
		}
		if outputs[output] {
			d.Add(d.src.At(val), "", "two columns can't both be called %q", Printable(output))
		}
		outputs[output] = true
		list = append(list, Field{Output: output, Column: column.Text, At: column.At})
	})
	return list
}

func (d *decoder) computed(n *yaml.Node) []Computed {
	var list []Computed
	d.entries(n, "computed", "the name of a computed field", `"computed: {total: row.price * row.count}"`, func(name Name, val *yaml.Node) {
		if e := d.expr(val, "a computed field must be an expression", "text stands in quotes of its own: '\"new\"'"); e != nil {
			list = append(list, Computed{Name: name, Expr: e})
		}
	})
	return list
}
