package dryrun

import (
	"fmt"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// field is a field of a Connect schema: how a value of a row is written.
type field struct {
	name string
	typ  event.Type
	unit unit
}

// semantic is what the name of a Connect schema tells.
type semantic struct {
	kind    event.Kind
	logical event.Logical
	unit    unit
}

var semantics = map[string]semantic{
	"org.apache.kafka.connect.data.Decimal":   {kind: event.KindDecimal},
	"org.apache.kafka.connect.data.Date":      {kind: event.KindDate},
	"org.apache.kafka.connect.data.Time":      {kind: event.KindTime, unit: unitMillis},
	"org.apache.kafka.connect.data.Timestamp": {kind: event.KindLocal, unit: unitMillis},
	"io.debezium.data.VariableScaleDecimal":   {kind: event.KindDecimal},
	"io.debezium.time.Date":                   {kind: event.KindDate},
	"io.debezium.time.IsoDate":                {kind: event.KindDate},
	"io.debezium.time.Time":                   {kind: event.KindTime, unit: unitMillis},
	"io.debezium.time.MicroTime":              {kind: event.KindTime, unit: unitMicros},
	"io.debezium.time.NanoTime":               {kind: event.KindTime, unit: unitNanos},
	"io.debezium.time.IsoTime":                {kind: event.KindTime},
	"io.debezium.time.Timestamp":              {kind: event.KindLocal, unit: unitMillis},
	"io.debezium.time.MicroTimestamp":         {kind: event.KindLocal, unit: unitMicros},
	"io.debezium.time.NanoTimestamp":          {kind: event.KindLocal, unit: unitNanos},
	"io.debezium.time.IsoTimestamp":           {kind: event.KindLocal},
	"io.debezium.time.ZonedTimestamp":         {kind: event.KindInstant},
	"io.debezium.time.ZonedTime":              {kind: event.KindString, logical: event.LogicalZonedTime},
	"io.debezium.time.Year":                   {kind: event.KindInt, logical: event.LogicalYear},
	"io.debezium.time.MicroDuration":          {kind: event.KindList, logical: event.LogicalInterval},
	"io.debezium.time.Interval":               {kind: event.KindList, logical: event.LogicalInterval},
	"io.debezium.data.Bits":                   {kind: event.KindBits},
	"io.debezium.data.Json":                   {kind: event.KindJSON},
	"io.debezium.data.Uuid":                   {kind: event.KindUUID},
	"io.debezium.data.Enum":                   {kind: event.KindString, logical: event.LogicalEnum},
	"io.debezium.data.EnumSet":                {kind: event.KindString, logical: event.LogicalSet},
	"io.debezium.data.Xml":                    {kind: event.KindString, logical: event.LogicalXML},
	"io.debezium.data.Ltree":                  {kind: event.KindString, logical: event.LogicalLtree},
	"io.debezium.data.Tsvector":               {kind: event.KindString, logical: event.LogicalTSVector},
	"io.debezium.data.FloatVector":            {kind: event.KindList, logical: event.LogicalVector},
	"io.debezium.data.DoubleVector":           {kind: event.KindList, logical: event.LogicalDoubleVector},
	"io.debezium.data.SparseDoubleVector":     {kind: event.KindList, logical: event.LogicalSparseVector},
	"io.debezium.data.geometry.Point":         {kind: event.KindList, logical: event.LogicalPoint},
	"io.debezium.data.geometry.Geometry":      {kind: event.KindList, logical: event.LogicalGeometry},
	"io.debezium.data.geometry.Geography":     {kind: event.KindList, logical: event.LogicalGeography},
}

// connectTypes are the types without such a name.
var connectTypes = map[string]event.Type{
	"int8": {Kind: event.KindInt, Native: "smallint"}, "int16": {Kind: event.KindInt, Native: "smallint"},
	"int32": {Kind: event.KindInt, Native: "integer"}, "int64": {Kind: event.KindInt, Native: "bigint"},
	"boolean": {Kind: event.KindBool, Native: "boolean"}, "float": {Kind: event.KindFloat32, Native: "real"}, "float32": {Kind: event.KindFloat32, Native: "real"},
	"double": {Kind: event.KindFloat64, Native: "double precision"}, "float64": {Kind: event.KindFloat64, Native: "double precision"},
	"string": {Kind: event.KindString, Native: "text"}, "bytes": {Kind: event.KindBytes, Native: "bytes"},
	"map": {Kind: event.KindList, Logical: event.LogicalHstore, Native: "hstore"},
}

// rowFields reads the fields of a row out of the schema of an envelope.
func rowFields(schema *rulefile.Literal) (fields []field, shape string, err error) {
	list := member(schema, "fields")
	if list == nil || list.Kind != rulefile.LiteralList {
		return nil, "", nil
	}
	for _, f := range list.Items {
		name := member(f, "field")
		if name == nil || name.Text != "before" && name.Text != "after" {
			continue
		}
		rows := member(f, "fields")
		if rows == nil || rows.Kind != rulefile.LiteralList {
			continue
		}
		fields = make([]field, 0, len(rows.Items))
		for _, column := range rows.Items {
			made, err := fieldOf(column, 0)
			if err != nil {
				return nil, "", err
			}
			fields = append(fields, made)
		}
		return fields, string(appendJSON(nil, rows)), nil
	}
	return nil, "", nil
}

// fieldOf reads one field.
func fieldOf(l *rulefile.Literal, depth int) (f field, err error) {
	f.name = textOf(l, "field")
	kind := textOf(l, "type")
	meaning, named := semantics[textOf(l, "name")]
	switch {
	case depth > maxDepth:
		return f, l.At.Errorf("", "arrays in arrays, more than %d deep", maxDepth)
	case named:
		f.typ = event.Type{Kind: meaning.kind, Logical: meaning.logical, Native: semanticName(textOf(l, "name"))}
		f.unit = meaning.unit
	case kind == "array":
		elem, err := fieldOf(member(l, "items"), depth+1)
		if err != nil {
			return f, err
		}
		f.typ = event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: elem.typ.Native + "[]", Elem: &elem.typ}
		f.unit = elem.unit
	default:
		typ, known := connectTypes[kind]
		if !known {
			return f, placeOfLiteral(l).Errorf("", "field %q is of the type %q, which no column has", rulefile.Printable(f.name), rulefile.Printable(kind))
		}
		f.typ = typ
	}
	if o := member(l, "optional"); o != nil && o.Text == "true" {
		f.typ.Flags = event.Nullable
	}
	f.measures(l)
	return f, f.setDefault(member(l, "default"))
}

func placeOfLiteral(l *rulefile.Literal) rulefile.Place {
	if l == nil || l.At.IsZero() {
		return rulefile.Place{Source: &rulefile.Source{Name: "schema"}}
	}
	return l.At
}

func semanticName(name string) string {
	return strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
}

func textOf(l *rulefile.Literal, name string) string {
	if m := member(l, name); m != nil && m.Kind == rulefile.LiteralText {
		return m.Text
	}
	return ""
}

// measures sets what the parameters of the schema say.
func (f *field) measures(l *rulefile.Literal) {
	parameters := member(l, "parameters")
	number := func(name string) int {
		n, err := strconv.Atoi(textOf(parameters, name))
		if err != nil || n < -maxDigits || n > maxDigits {
			return -1
		}
		return n
	}
	t := &f.typ
	t.Declared = event.Declared{Name: strings.ToUpper(t.Native), Length: event.NoLength, Scale: event.NoLength}
	switch textOf(l, "name") {
	case "org.apache.kafka.connect.data.Decimal":
		t.Scale, t.Precision = int16(max(number("scale"), 0)), int16(number("connect.decimal.precision"))
		if t.Precision < 0 {
			t.Logical, t.Precision = event.LogicalMoney, 0
		}
	case "io.debezium.data.VariableScaleDecimal":
		t.Precision = -1
	case "io.debezium.time.ZonedTimestamp":
		t.Precision = -1
	case "io.debezium.time.Time", "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Time", "org.apache.kafka.connect.data.Timestamp":
		t.Precision = 3
	case "io.debezium.time.MicroTime", "io.debezium.time.MicroTimestamp", "io.debezium.time.NanoTime", "io.debezium.time.NanoTimestamp":
		t.Precision = 6
	case "io.debezium.data.Bits":
		t.Length = int32(max(number("length"), 0))
	}
	if allowed := textOf(parameters, "allowed"); allowed != "" {
		t.Symbols = labels(allowed)
	}
}

// labels cuts a list of labels at its commas. MySQL's are escaped by backslashes;
// those of PostgreSQL, which aren't, don't tell a comma of theirs from one between.
func labels(allowed string) []string {
	list := []string{""}
	last := &list[0]
	for i := 0; i < len(allowed); i++ {
		switch c := allowed[i]; {
		case c == ',':
			list = append(list, "")
			last = &list[len(list)-1]
		case c == '\\' && i+1 < len(allowed):
			i++
			switch c := allowed[i]; c {
			case '0', 'n', 'r':
				*last += string(rune(unescaped(c)))
			default:
				*last += allowed[i : i+1]
			}
		default:
			*last += allowed[i : i+1]
		}
	}
	return list
}

func (f *field) setDefault(l *rulefile.Literal) error {
	if l == nil || l.Kind == rulefile.LiteralNull {
		return nil
	}
	var b event.Batch
	r := &reader{b: &b, encoded: true}
	v, err := r.value(&column{name: f.name, typ: &f.typ, unit: f.unit}, l)
	if err != nil {
		return l.At.Errorf("", "the default of field %q: %s", rulefile.Printable(f.name), err)
	}
	f.typ.Default = &event.Default{Value: v, Text: b.Arena}
	return nil
}

// describedBy returns the table that an event describes.
func (t *tables) describedBy(c *Change) (*table, error) {
	key := [2]string{c.Table, fmt.Sprintf("%s\x00%t%q", c.envelope.shape, c.envelope.keyless, c.envelope.key)}
	if found := t.described[key]; found != nil {
		return found, nil
	}
	s, err := t.named(c)
	if err != nil {
		return nil, err
	}
	s.Version, s.Width, s.Old = 1, len(c.envelope.fields), event.OldUnknown
	o := outline{key: c.envelope.key, keyless: c.envelope.keyless}
	for i, f := range c.envelope.fields {
		s.Columns = append(s.Columns, event.Column{Name: f.name, Type: f.typ, Ord: i})
		o.columns = append(o.columns, &guess{name: f.name})
	}
	first, name, _ := strings.Cut(c.Table, ".")
	for _, name := range t.keyOf(&o, c, t.ruleKeys(first, name)) {
		if column := s.Column(name); column != nil {
			s.Key = append(s.Key, *column)
		}
	}
	made := newTable(s)
	made.encoded = true
	for i := range made.columns {
		made.columns[i].unit = c.envelope.fields[i].unit
	}
	t.described[key] = made
	return made, nil
}

// keyOf is the key of a table that an event describes: by the event, the dump, or
// as for one that is inferred.
func (t *tables) keyOf(o *outline, c *Change, ruleKey []string) []string {
	if d := t.dump[c.Table]; d != nil && len(o.key) == 0 && !o.keyless {
		for i := range d.schema.Key {
			o.key = append(o.key, d.schema.Key[i].Name)
		}
	}
	return o.keyNames(ruleKey)
}
