package encode

import "slices"

// Complete returns o with every empty choice filled in, for records of which
// some are in Avro or none is.
func (o Options) Complete(connector string, avro bool) Options {
	adjustment := modeNone
	if avro {
		adjustment = modeAvro
	}
	o.TimePrecision = or(o.TimePrecision, defaultTimePrecision(connector))
	o.SchemaNameAdjustment = or(o.SchemaNameAdjustment, adjustment)
	o.FieldNameAdjustment = or(o.FieldNameAdjustment, adjustment)
	o.MaskHash = slices.Clone(o.MaskHash)
	for i := range o.MaskHash {
		o.MaskHash[i].Version = or(o.MaskHash[i].Version, "v2")
	}
	return o
}
