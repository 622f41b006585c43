package rulefile

import "go.yaml.in/yaml/v3"

const keyExample = `"key: [id]", "key: {orderId: id}", "key: {value: id}" for the bare value, or "key: none"`

// recordKey reads what "key" says.
func (d *decoder) recordKey(n *yaml.Node) *Key {
	k := &Key{At: d.src.At(n)}
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "none":
		k.None = true
	case n.Kind == yaml.SequenceNode:
		for _, c := range d.names(n, "key", "a column of the key") {
			k.Columns = append(k.Columns, Field{Output: c.Text, Column: c.Text, At: c.At})
		}
	case n.Kind == yaml.MappingNode:
		d.entries(n, "key", "the name of a field of the key", keyExample, func(name Name, val *yaml.Node) {
			if column, ok := d.text(val, "a column of the key"); ok {
				k.Columns = append(k.Columns, Field{Output: name.Text, Column: column, At: d.src.At(val)})
			}
		})
		k.Value = len(k.Columns) == 1 && k.Columns[0].Output == "value"
	default:
		d.Add(k.At, "write "+keyExample, "key must be a list of columns, not %s", kindName(n))
		return nil
	}
	return k
}
