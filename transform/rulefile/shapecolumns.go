package rulefile

import "strings"

// shapeColumns refuses fields of the same name, and columns that one key leaves out
// and another one needs.
func (d *decoder) shapeColumns(r *Rule, _ given) {
	names := outputs{decoder: d, made: map[string]string{}}
	for _, c := range r.Computed {
		names.add(c.Name, c.Name.Text, "computed")
	}
	for i := range r.Flatten {
		f := &r.Flatten[i]
		for _, m := range f.Fields {
			names.add(m.Path, f.Output(m.Path.Text), "flatten")
		}
	}
	d.dropped(r)
	if r.Fields != nil { // they take what they want of the fields above
		names.made = map[string]string{}
		for _, f := range r.Fields {
			names.add(Name{Text: f.Output, At: f.At}, f.Output, "fields")
		}
	}
	for _, f := range r.Rename {
		names.add(Name{Text: f.Output, At: f.At}, f.Output, "rename")
	}
	switch {
	case r.Unwrap != nil && strings.HasPrefix(r.Unwrap.Mode, "rewrite"):
		names.add(Name{At: r.Unwrap.At}, "__deleted", "unwrap")
	case r.Delete == DeleteRewrite:
		names.add(Name{At: r.DeleteAt}, "__deleted", "delete: rewrite")
	}
	for _, f := range r.AddFields {
		names.add(f.Path, f.Output, "add_fields")
	}
	d.flattened(r)
}

// outputs are the names that keys give to fields of the value.
type outputs struct {
	*decoder
	made map[string]string // name to the key that makes it
}

func (o *outputs) add(at Name, name, by string) {
	if other, ok := o.made[name]; ok {
		o.Add(at.At, "call one of them otherwise", "a field %q is made by %q and by %q", Printable(name), other, by)
		return
	}
	o.made[name] = by
}

// dropped refuses a dropped column where it must be shown, unless a computed field
// has its name.
func (d *decoder) dropped(r *Rule) {
	gone := map[string]bool{}
	for _, c := range r.Drop {
		gone[c.Text] = true
	}
	for _, c := range r.Computed {
		delete(gone, c.Name.Text)
	}
	if len(gone) == 0 {
		return
	}
	d.showDropped(gone, r.Fields)
	d.showDropped(gone, r.Rename)
	for _, f := range r.Flatten {
		d.refuseDropped(gone, f.Column)
	}
}

func (d *decoder) showDropped(gone map[string]bool, fields []Field) {
	for _, f := range fields {
		if f.Fields != nil {
			d.showDropped(gone, f.Fields)
		} else {
			d.refuseDropped(gone, Name{Text: f.Column, At: f.At})
		}
	}
}

func (d *decoder) refuseDropped(gone map[string]bool, c Name) {
	if gone[c.Text] {
		d.Add(c.At, "take it out here or there", `column %q is left out by "drop"`, Printable(c.Text))
	}
}

// flattened refuses a column that is opened twice.
func (d *decoder) flattened(r *Rule) {
	seen := map[string]bool{}
	for _, f := range r.Flatten {
		if seen[f.Column.Text] {
			d.Add(f.Column.At, `one entry can have all its "fields"`, "column %q is flattened twice", Printable(f.Column.Text))
		}
		seen[f.Column.Text] = true
	}
}
