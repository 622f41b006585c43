package encode

import (
	"encoding/binary"
	"strings"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// logical is the form of a type whose meaning is more than its kind; nil where
// the kind says it all.
func (c *forms) logical(t *event.Type) *form {
	switch t.Logical {
	case event.LogicalYear:
		return intForm(timeSchema(connect.Int32, "Year"))
	case event.LogicalEnum:
		return c.labels("io.debezium.data.Enum", t)
	case event.LogicalSet:
		return c.labels("io.debezium.data.EnumSet", t)
	case event.LogicalXML:
		return textForm(connect.Named(connect.String, "io.debezium.data.Xml"), "")
	case event.LogicalLtree:
		return textForm(connect.Named(connect.String, "io.debezium.data.Ltree"), "")
	case event.LogicalTSVector:
		return textForm(connect.Named(connect.String, "io.debezium.data.Tsvector"), "")
	case event.LogicalZonedTime:
		return textForm(timeSchema(connect.String, "ZonedTime"), "00:00:00Z")
	case event.LogicalMoney:
		return c.money()
	case event.LogicalInterval:
		return c.interval()
	case event.LogicalUnknown:
		if isShape(t.Native) {
			return c.shapeForm()
		}
		return c.binary()
	default:
		return c.list(t)
	}
}

// list is the form of a logical type whose values are lists.
func (c *forms) list(t *event.Type) *form {
	switch t.Logical {
	case event.LogicalHstore:
		return c.hstore()
	case event.LogicalArray:
		return c.array(t)
	case event.LogicalPoint:
		return pointForm()
	case event.LogicalGeometry:
		f := geometryForm("Geometry")
		f.schema.Optional = true // also where the column isn't
		return f
	case event.LogicalGeography:
		return geometryForm("Geography")
	case event.LogicalVector:
		return floatsForm(connect.Float32, "io.debezium.data.FloatVector")
	case event.LogicalDoubleVector:
		return floatsForm(connect.Float64, "io.debezium.data.DoubleVector")
	case event.LogicalSparseVector:
		return sparseForm()
	default:
		return nil
	}
}

// labels is the form of an ENUM or a SET. MySQL's connector has the labels as
// SHOW CREATE TABLE escapes them and escapes commas, too; PostgreSQL's has them
// as they are.
func (c *forms) labels(name string, t *event.Type) *form {
	escaped := strings.NewReplacer("\x00", `\0`, "\n", `\n`, "\r", `\r`, `\`, `\\`, ",", `\,`)
	var b strings.Builder
	for i, label := range t.Symbols {
		if i > 0 {
			b.WriteByte(',')
		}
		if !c.postgres {
			label = escaped.Replace(label)
		}
		b.WriteString(label)
	}
	return textForm(connect.Named(connect.String, name, connect.Param{Key: "allowed", Value: b.String()}), "")
}

func (c *forms) hstore() *form {
	if c.o.HstoreHandling == modeJSON {
		return newForm(connect.Named(connect.String, "io.debezium.data.Json"), asHstoreText, listKinds).zeroText("{}")
	}
	s := &connect.Schema{Type: connect.Map, Keys: connect.Of(connect.String), Values: connect.Of(connect.String).Opt()}
	return newForm(s, asHstoreMap, listKinds).zeroList()
}

func (f *form) zeroList(elements ...event.Value) *form {
	list := event.AppendList(nil, 0, elements)
	return f.zeroValue(event.Text(event.KindList, 0, len(list)), list)
}

// array is the form of a PostgreSQL array. Its elements may be null, but not
// those of the types for which Debezium forgets to say so.
func (c *forms) array(t *event.Type) *form {
	elem := &event.Type{Kind: event.KindString}
	if t.Elem != nil {
		e := *t.Elem
		e.Default, e.Flags = nil, e.Flags&^event.Nullable
		elem = &e
	}
	e := c.plain(elem)
	if optionalElement(elem) {
		e.schema.Optional = true
	}
	f := newForm(&connect.Schema{Type: connect.Array, Items: e.schema}, asArray, listKinds)
	f.elem = e
	return f.zeroList()
}

func optionalElement(t *event.Type) bool {
	switch t.Logical {
	case event.LogicalEnum, event.LogicalTSVector, event.LogicalVector, event.LogicalDoubleVector,
		event.LogicalSparseVector, event.LogicalUnknown:
		return false
	default:
		return !strings.HasPrefix(t.Native, "bit")
	}
}

func pointForm() *form {
	s := connect.Named(connect.Struct, "io.debezium.data.geometry.Point")
	s.Doc = "Geometry (POINT)"
	s.Fields = []connect.Field{
		{Name: "x", Schema: connect.Of(connect.Float64)},
		{Name: "y", Schema: connect.Of(connect.Float64)},
		{Name: "wkb", Schema: connect.Of(connect.Bytes).Opt()},
		{Name: "srid", Schema: connect.Of(connect.Int32).Opt()},
	}
	f := newForm(s, asPoint, listKinds)
	wkb := binary.LittleEndian.AppendUint32([]byte{1}, 1)
	wkb = append(wkb, make([]byte, 16)...)
	return f.zeroGeometry(wkb, event.Float64(0), event.Float64(0))
}

// zeroGeometry: the parts before, then the WKB, then no SRID.
func (f *form) zeroGeometry(wkb []byte, parts ...event.Value) *form {
	parts = append(parts, event.Text(event.KindBytes, 0, len(wkb)), event.Null)
	list := event.AppendList(wkb, 0, parts)
	return f.zeroValue(event.Text(event.KindList, 0, len(list)), list)
}

func geometryForm(name string) *form {
	s := connect.Named(connect.Struct, "io.debezium.data.geometry."+name)
	s.Doc = name
	s.Fields = []connect.Field{{Name: "wkb", Schema: connect.Of(connect.Bytes)}, {Name: "srid", Schema: connect.Of(connect.Int32).Opt()}}
	// A collection of nothing.
	return newForm(s, asGeometry, listKinds).zeroGeometry([]byte{1, 7, 0, 0, 0, 0, 0, 0, 0})
}

func floatsForm(t connect.Type, name string) *form {
	s := connect.Named(connect.Array, name)
	s.Items = connect.Of(t)
	f := newForm(s, asFloats, listKinds)
	f.elem = floatForm(t)
	return f.zeroList()
}

func sparseForm() *form {
	s := connect.Named(connect.Struct, "io.debezium.data.SparseDoubleVector")
	s.Doc = "Sparse double vector"
	values := &connect.Schema{Type: connect.Map, Keys: connect.Of(connect.Int16), Values: connect.Of(connect.Float64)}
	s.Fields = []connect.Field{{Name: "dimensions", Schema: connect.Of(connect.Int16)}, {Name: "vector", Schema: values}}
	return newForm(s, asSparse, listKinds).zeroList(event.Int(0))
}
