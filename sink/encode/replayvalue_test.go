package encode

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdc/event"
)

// replayType is how a recorded schema is read back.
type replayType struct {
	kind    event.Kind
	logical event.Logical
}

// recordedTypes are the types with a semantic name.
var recordedTypes = map[string]replayType{
	"org.apache.kafka.connect.data.Decimal":   {kind: event.KindDecimal},
	"io.debezium.data.VariableScaleDecimal":   {kind: event.KindDecimal},
	"io.debezium.time.Date":                   {kind: event.KindDate},
	"org.apache.kafka.connect.data.Date":      {kind: event.KindDate},
	"io.debezium.time.IsoDate":                {kind: event.KindDate},
	"io.debezium.time.Time":                   {kind: event.KindTime},
	"io.debezium.time.MicroTime":              {kind: event.KindTime},
	"io.debezium.time.NanoTime":               {kind: event.KindTime},
	"io.debezium.time.NanoTimestamp":          {kind: event.KindLocal},
	"org.apache.kafka.connect.data.Time":      {kind: event.KindTime},
	"io.debezium.time.IsoTime":                {kind: event.KindTime},
	"io.debezium.time.Timestamp":              {kind: event.KindLocal},
	"io.debezium.time.MicroTimestamp":         {kind: event.KindLocal},
	"org.apache.kafka.connect.data.Timestamp": {kind: event.KindLocal},
	"io.debezium.time.IsoTimestamp":           {kind: event.KindLocal},
	"io.debezium.time.ZonedTimestamp":         {kind: event.KindInstant},
	"io.debezium.time.ZonedTime":              {event.KindString, event.LogicalZonedTime},
	"io.debezium.time.Year":                   {event.KindInt, event.LogicalYear},
	"io.debezium.time.MicroDuration":          {event.KindList, event.LogicalInterval},
	"io.debezium.time.Interval":               {event.KindList, event.LogicalInterval},
	"io.debezium.data.Bits":                   {kind: event.KindBits},
	"io.debezium.data.Json":                   {kind: event.KindJSON},
	"io.debezium.data.Uuid":                   {kind: event.KindUUID},
	"io.debezium.data.Enum":                   {event.KindString, event.LogicalEnum},
	"io.debezium.data.EnumSet":                {event.KindString, event.LogicalSet},
	"io.debezium.data.Xml":                    {event.KindString, event.LogicalXML},
	"io.debezium.data.Ltree":                  {event.KindString, event.LogicalLtree},
	"io.debezium.data.Tsvector":               {event.KindString, event.LogicalTSVector},
	"io.debezium.data.FloatVector":            {event.KindList, event.LogicalVector},
	"io.debezium.data.DoubleVector":           {event.KindList, event.LogicalDoubleVector},
	"io.debezium.data.SparseDoubleVector":     {event.KindList, event.LogicalSparseVector},
	"io.debezium.data.geometry.Point":         {event.KindList, event.LogicalPoint},
	"io.debezium.data.geometry.Geometry":      {event.KindList, event.LogicalGeometry},
	"io.debezium.data.geometry.Geography":     {event.KindList, event.LogicalGeography},
}

// plainTypes are those without.
var plainTypes = map[string]event.Kind{
	"int16": event.KindInt, "int32": event.KindInt, "int64": event.KindInt, "boolean": event.KindBool,
	"float": event.KindFloat32, "double": event.KindFloat64, "string": event.KindString, "bytes": event.KindBytes,
}

var nativeTypes = map[string]string{"int16": "smallint", "int32": "integer", "int64": "bigint"}

// columnType is the type that a source would give the column.
func (in *replay) columnType(f goldenField, digits int) event.Type {
	read, named := recordedTypes[f.Name]
	if !named {
		read.kind = plainTypes[f.Type]
		if f.Type == "array" {
			read = replayType{event.KindList, event.LogicalArray}
		} else if f.Type == "map" {
			read = replayType{event.KindList, event.LogicalHstore}
		}
	}
	typ := event.Type{Kind: read.kind, Logical: read.logical, Native: nativeTypes[f.Type], Precision: int16(digits)}
	if read.kind == event.KindSkipped {
		in.t.Fatalf("column %s: type %s %s isn't replayed", f.Field, f.Type, f.Name)
	}
	if f.Items != nil {
		elem := in.columnType(*f.Items, cmp.Or(digits, 6))
		switch {
		case f.Items.Optional || f.Items.Name != "":
		case elem.Kind == event.KindBytes:
			elem.Logical = event.LogicalUnknown
		case elem.Kind == event.KindString: // its hexadecimal digits: any type whose elements aren't optional will do
			elem.Native = "bit"
		}
		typ.Elem = &elem
	}
	in.measures(&typ, f)
	if f.Optional {
		typ.Flags = event.Nullable
	}
	typ.Declared, typ.Comment = declared(f.Parameters), f.Doc
	if f.Default != nil {
		var b event.Batch
		v := in.value(&b, f, f.Default)
		typ.Default = &event.Default{Value: v, Text: b.Arena}
	}
	return typ
}

// measures sets what the parameters of the schema say.
func (in *replay) measures(typ *event.Type, f goldenField) {
	switch f.Name {
	case "org.apache.kafka.connect.data.Decimal":
		scale, _ := strconv.Atoi(f.Parameters["scale"])
		precision, err := strconv.Atoi(f.Parameters["connect.decimal.precision"])
		if err != nil {
			typ.Logical = event.LogicalMoney
		}
		typ.Scale, typ.Precision = int16(scale), int16(precision)
	case "io.debezium.data.VariableScaleDecimal":
		typ.Precision = -1
	case "io.debezium.time.Time", "io.debezium.time.Timestamp":
		typ.Precision = min(typ.Precision, 3)
	case "io.debezium.time.MicroTime", "io.debezium.time.MicroTimestamp":
		typ.Precision = 6
	case "io.debezium.data.Bits":
		n, _ := strconv.Atoi(f.Parameters["length"])
		typ.Length = int32(n)
	}
	if allowed, ok := f.Parameters["allowed"]; ok {
		if typ.Symbols = strings.Split(allowed, ","); !in.postgres() {
			typ.Symbols = labelsOf(allowed)
		}
	}
}

// labelsOf cuts a list of labels at its commas and undoes the escapes.
func labelsOf(allowed string) []string {
	labels := []string{""}
	escapes := map[string]string{"0": "\x00", "n": "\n", "r": "\r"}
	for i := 0; i < len(allowed); i++ {
		switch c := allowed[i]; {
		case c == ',':
			labels = append(labels, "")
		case c == '\\' && i+1 < len(allowed):
			i++
			labels[len(labels)-1] += cmp.Or(escapes[allowed[i:i+1]], allowed[i:i+1])
		default:
			labels[len(labels)-1] += allowed[i : i+1]
		}
	}
	return labels
}

// declared is the type that was propagated.
func declared(parameters map[string]string) event.Declared {
	const prefix = "__debezium.source.column."
	number := func(name string) int32 {
		n, err := strconv.Atoi(parameters[prefix+name])
		if err != nil {
			return event.NoLength
		}
		return int32(n)
	}
	return event.Declared{Name: parameters[prefix+"type"], Length: number("length"), Scale: number("scale")}
}

// value reads a recorded value back.
func (in *replay) value(b *event.Batch, f goldenField, raw json.RawMessage) event.Value {
	if string(raw) == "null" {
		return event.Null
	}
	read := recordedTypes[f.Name]
	if f.Type == "array" || f.Type == "map" || read.kind == event.KindList {
		return in.list(b, f, raw)
	}
	kind := read.kind
	if kind == event.KindSkipped {
		kind = plainTypes[f.Type]
	}
	switch kind {
	case event.KindBool:
		return event.Bool(string(raw) == "true")
	case event.KindDecimal:
		return in.decimal(b, f, raw)
	case event.KindFloat32, event.KindFloat64:
		return in.float(f, raw)
	case event.KindBytes, event.KindBits:
		return b.Put(kind, in.base64(raw))
	case event.KindString, event.KindJSON, event.KindUUID:
		return b.Put(kind, []byte(in.text(raw)))
	case event.KindInstant:
		return in.instant(f, raw)
	}
	if f.Type == "string" {
		return event.Of(kind, in.isoMicros(kind, in.text(raw)))
	}
	var n int64
	mustUnmarshal(in.t, raw, &n)
	switch f.Name {
	case "io.debezium.time.Time", "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Time", "org.apache.kafka.connect.data.Timestamp":
		n = timesThousand(n)
	case "io.debezium.time.NanoTime", "io.debezium.time.NanoTimestamp":
		n /= 1000
	}
	return event.Of(kind, n)
}

// isoMicros reads IsoDate, IsoTime and IsoTimestamp.
func (in *replay) isoMicros(kind event.Kind, text string) int64 {
	layout := map[event.Kind]string{
		event.KindDate: "2006-01-02Z", event.KindTime: "15:04:05.999999Z", event.KindLocal: "2006-01-02T15:04:05.999999Z",
	}[kind]
	at, err := time.Parse(layout, text)
	if err != nil {
		in.t.Fatal(err)
	}
	switch kind {
	case event.KindDate:
		return event.FloorDiv(at.Unix(), 86_400)
	case event.KindTime:
		return int64(at.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)) / time.Microsecond)
	default:
		return at.UnixMicro()
	}
}

// list reads an array, a vector, a geometry or an interval.
func (in *replay) list(b *event.Batch, f goldenField, raw json.RawMessage) event.Value {
	at := len(b.Arena)
	var elements []event.Value
	switch {
	case f.Type == "array":
		var list []json.RawMessage
		mustUnmarshal(in.t, raw, &list)
		for _, e := range list {
			elements = append(elements, in.value(b, *f.Items, e))
		}
	case f.Type == "map":
		elements = in.pairs(b, raw)
	case f.Name == "io.debezium.data.SparseDoubleVector":
		elements = in.sparse(raw)
	case f.Type == "struct":
		var parts map[string]json.RawMessage
		mustUnmarshal(in.t, raw, &parts)
		for _, part := range f.Fields {
			elements = append(elements, in.value(b, part, parts[part.Field]))
		}
	case f.Type == "string":
		elements = in.interval(in.text(raw))
	default:
		var n int64
		mustUnmarshal(in.t, raw, &n)
		elements = []event.Value{event.Int(0), event.Int(0), event.Int(n)}
	}
	return b.PutList(at, elements)
}

// pairs reads the keys and values of a map in their order, which decides between
// those that Java keeps in one place.
func (in *replay) pairs(b *event.Batch, raw json.RawMessage) (list []event.Value) {
	var pairs map[string]*string
	mustUnmarshal(in.t, raw, &pairs)
	for _, key := range fieldNames(in.t, raw) {
		list = append(list, b.Put(event.KindString, []byte(key)))
		if value := pairs[key]; value != nil {
			list = append(list, b.Put(event.KindString, []byte(*value)))
		} else {
			list = append(list, event.Null)
		}
	}
	return list
}

// sparse reads the dimensions of a vector, and its pairs of index and number.
func (in *replay) sparse(raw json.RawMessage) []event.Value {
	var v struct {
		Dimensions int64
		Vector     [][2]float64
	}
	mustUnmarshal(in.t, raw, &v)
	list := []event.Value{event.Int(v.Dimensions)}
	for _, pair := range v.Vector {
		list = append(list, event.Int(int64(pair[0])), event.Float64(pair[1]))
	}
	return list
}

// interval reads P1Y2M3DT4H5M6.7S.
func (in *replay) interval(text string) []event.Value {
	numbers := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("PYMDTHS", r) })
	whole, fraction, _ := strings.Cut(numbers[5], ".")
	numbers[5] = whole
	numbers = append(numbers, (fraction + "000000")[:6])
	n := make([]int64, len(numbers))
	for i := range numbers {
		var err error
		if n[i], err = strconv.ParseInt(numbers[i], 10, 64); err != nil {
			in.t.Fatal(err)
		}
	}
	if strings.HasPrefix(whole, "-") {
		n[6] = -n[6]
	}
	micros := ((n[3]*60+n[4])*60+n[5])*microsPerSecond + n[6]
	return slices.Clone([]event.Value{event.Int(n[0]*12 + n[1]), event.Int(n[2]), event.Int(micros)})
}
