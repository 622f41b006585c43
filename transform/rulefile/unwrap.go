package rulefile

import "go.yaml.in/yaml/v3"

// UnwrapModes are the words of delete_tombstone_handling_mode.
var UnwrapModes = []string{"drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone"}

// unwrapping is what is read of "unwrap".
type unwrapping struct {
	Unwrap
	fields, headers added
}

func (d *decoder) unwrap(r *Rule, n *yaml.Node) {
	u := unwrapping{Unwrap: Unwrap{
		At: d.src.At(n), Mode: "tombstone", DropFieldsKeepSchemaCompatible: true, ReplaceNullWithDefault: true,
	}}
	if !isNull(n) {
		readKeys(d, n, "unwrap", unwrapKeys, &u)
	}
	r.AddFields = append(r.AddFields, d.added(&u.fields)...)
	r.AddHeaders = append(r.AddHeaders, d.added(&u.headers)...)
	r.Unwrap = &u.Unwrap
}

var unwrapKeys = []key[unwrapping]{
	{
		"delete_tombstone_handling_mode", oneOfForm(UnwrapModes), "What becomes of a delete and of the tombstone behind it; tombstone when missing.",
		func(d *decoder, u *unwrapping, n *yaml.Node) {
			if s, ok := d.oneOf(n, "delete_tombstone_handling_mode", UnwrapModes); ok {
				u.Mode = s
			}
		},
	},
	{
		"add_fields", metadataForm, "Fields of the event that are added to the row.",
		func(d *decoder, u *unwrapping, n *yaml.Node) { d.metadata(n, "add_fields", &u.fields) },
	},
	{
		"add_fields_prefix", anyTextForm, "What stands before the names of added fields; __ when missing.",
		func(d *decoder, u *unwrapping, n *yaml.Node) { u.fields.prefix = d.prefix(n, "add_fields_prefix") },
	},
	{
		"add_headers", metadataForm, "Fields of the event that are added as headers.",
		func(d *decoder, u *unwrapping, n *yaml.Node) { d.metadata(n, "add_headers", &u.headers) },
	},
	{
		"add_headers_prefix", anyTextForm, "What stands before the names of added headers; __ when missing.",
		func(d *decoder, u *unwrapping, n *yaml.Node) { u.headers.prefix = d.prefix(n, "add_headers_prefix") },
	},
	{
		"route_by_field", textForm, "The column whose value is the name of the topic.",
		func(d *decoder, u *unwrapping, n *yaml.Node) { u.RouteByField = d.optional(n, "route_by_field") },
	},
	{
		"drop_fields_header_name", textForm, "The header that lists fields to leave out, as changed_headers makes it.",
		func(d *decoder, u *unwrapping, n *yaml.Node) {
			u.DropFieldsHeader = d.optional(n, "drop_fields_header_name")
		},
	},
	{
		"drop_fields_from_key", boolForm, "Whether these fields are left out of the key too; false when missing.",
		func(d *decoder, u *unwrapping, n *yaml.Node) {
			u.DropFieldsFromKey = d.boolean(n, "drop_fields_from_key")
		},
	},
	{
		"drop_fields_keep_schema_compatible", boolForm, "Whether only optional fields are left out; true when missing.",
		func(d *decoder, u *unwrapping, n *yaml.Node) {
			u.DropFieldsKeepSchemaCompatible = d.boolean(n, "drop_fields_keep_schema_compatible")
		},
	},
	{
		"replace_null_with_default", boolForm, "Whether the default of a column stands where it is NULL; true when missing.",
		func(d *decoder, u *unwrapping, n *yaml.Node) {
			u.ReplaceNullWithDefault = d.boolean(n, "replace_null_with_default")
		},
	},
}
