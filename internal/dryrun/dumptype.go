package dryrun

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/rulefile"
)

// The text of a type.
type (
	dumpType struct {
		Kind      string        `json:"kind"`
		Logical   string        `json:"logical,omitempty"`
		Native    string        `json:"native,omitempty"`
		Precision int           `json:"precision,omitempty"`
		Scale     int           `json:"scale,omitempty"`
		Length    int           `json:"length,omitempty"`
		Declared  *dumpDeclared `json:"declared,omitempty"`
		Elem      *dumpType     `json:"elem,omitempty"`
		Symbols   []string      `json:"symbols,omitempty"`
		Charset   string        `json:"charset,omitempty"`
		Comment   string        `json:"comment,omitempty"`
		Flags     []string      `json:"flags,omitempty"`
		Default   *dumpValue    `json:"default,omitempty"`
	}
	dumpDeclared struct {
		Name   string `json:"name"`
		Length int32  `json:"length"`
		Scale  int32  `json:"scale"`
	}
	// dumpValue is a default. Text is that of kinds with text; Bytes the same where
	// it isn't UTF-8.
	dumpValue struct {
		Kind   string      `json:"kind"`
		Number int64       `json:"number,omitempty"`
		Uint   uint64      `json:"uint,omitempty"`
		Bits   uint64      `json:"bits,omitempty"` // of a float
		Scale  int         `json:"scale,omitempty"`
		Text   string      `json:"text,omitempty"`
		Bytes  []byte      `json:"bytes,omitempty"`
		Items  []dumpValue `json:"items,omitempty"`
	}
)

var kindWords = []string{
	event.KindSkipped: "skipped", event.KindUnavailable: "unavailable", event.KindNull: "null", event.KindBool: "bool", event.KindInt: "int",
	event.KindUint: "uint", event.KindFloat32: "float32", event.KindFloat64: "float64", event.KindDecimal: "decimal", event.KindBigDecimal: "big_decimal",
	event.KindString: "string", event.KindBytes: "bytes", event.KindJSON: "json", event.KindUUID: "uuid", event.KindDate: "date", event.KindTime: "time",
	event.KindLocal: "local", event.KindInstant: "instant", event.KindBits: "bits", event.KindList: "list",
}

var logicalWords = []string{
	event.LogicalNone: "", event.LogicalYear: "year", event.LogicalEnum: "enum", event.LogicalSet: "set", event.LogicalXML: "xml", event.LogicalLtree: "ltree",
	event.LogicalTSVector: "tsvector", event.LogicalZonedTime: "zoned_time", event.LogicalMoney: "money", event.LogicalInterval: "interval",
	event.LogicalHstore: "hstore", event.LogicalArray: "array", event.LogicalPoint: "point", event.LogicalGeometry: "geometry",
	event.LogicalGeography: "geography", event.LogicalVector: "vector", event.LogicalDoubleVector: "double_vector",
	event.LogicalSparseVector: "sparse_vector", event.LogicalUnknown: "unknown",
}

// flagWords are the words of the bits, from the lowest.
var flagWords = []string{"nullable", "unsigned", "generated", "auto_increment", "invisible"}

func writeType(t *event.Type, depth int) (dumpType, error) {
	if int(t.Logical) >= len(logicalWords) || depth > maxDepth {
		return dumpType{}, errors.New("its type is none of a table")
	}
	d := dumpType{
		Kind: kindWords[t.Kind], Logical: logicalWords[t.Logical], Native: t.Native, Precision: int(t.Precision), Scale: int(t.Scale), Length: int(t.Length),
		Symbols: t.Symbols, Charset: t.Charset, Comment: t.Comment,
	}
	if t.Declared != (event.Declared{}) {
		d.Declared = &dumpDeclared{t.Declared.Name, t.Declared.Length, t.Declared.Scale}
	}
	for i, word := range flagWords {
		if t.Flags&(1<<i) != 0 {
			d.Flags = append(d.Flags, word)
		}
	}
	if t.Elem != nil {
		elem, err := writeType(t.Elem, depth+1)
		if err != nil {
			return d, err
		}
		d.Elem = &elem
	}
	if t.Default != nil {
		v := writeValue(t.Default.Value, t.Default.Text)
		d.Default = &v
	}
	return d, nil
}

func writeValue(v event.Value, arena []byte) dumpValue {
	d := dumpValue{Kind: kindWords[v.Kind()]}
	switch v.Kind() {
	case event.KindSkipped, event.KindUnavailable, event.KindNull:
	case event.KindUint:
		d.Uint = v.Uint()
	case event.KindFloat32, event.KindFloat64:
		d.Bits = v.Uint()
	case event.KindDecimal:
		d.Number, d.Scale = v.Int(), v.Scale()
	case event.KindList:
		l := event.List(v.Bytes(arena))
		for i := range l.Len() {
			d.Items = append(d.Items, writeValue(l.At(i), l))
		}
	default:
		if !v.HasText() {
			d.Number = v.Int()
		} else if p := v.Bytes(arena); utf8.Valid(p) {
			d.Text = string(p)
		} else {
			d.Bytes = p
		}
	}
	return d
}

// read makes the type, and checks what the encoder relies on.
func (d *dumpType) read(depth int) (t event.Type, err error) {
	kind, logical := slices.Index(kindWords, d.Kind), slices.Index(logicalWords, d.Logical)
	switch {
	case depth > maxDepth:
		return t, fmt.Errorf("arrays in arrays, more than %d deep", maxDepth)
	case kind <= int(event.KindNull):
		return t, fmt.Errorf("kind %q isn't known", rulefile.Printable(d.Kind))
	case logical < 0:
		return t, fmt.Errorf("logical type %q isn't known", rulefile.Printable(d.Logical))
	case out(d.Precision, math.MaxInt16) || out(d.Scale, math.MaxInt16) || out(d.Length, math.MaxInt32):
		return t, errors.New("its precision, scale or length is out of range")
	}
	t = event.Type{
		Kind: event.Kind(kind), Logical: event.Logical(logical), Native: d.Native, Precision: int16(d.Precision), Scale: int16(d.Scale), Length: int32(d.Length),
		Symbols: d.Symbols, Charset: d.Charset, Comment: d.Comment,
	}
	if (t.Kind == event.KindList) != listed(t.Logical) || (t.Logical == event.LogicalArray) != (d.Elem != nil) {
		return t, errors.New("kind, logical type and element don't go together")
	}
	if d.Declared != nil {
		t.Declared = event.Declared{Name: d.Declared.Name, Length: d.Declared.Length, Scale: d.Declared.Scale}
	}
	for _, word := range d.Flags {
		i := slices.Index(flagWords, word)
		if i < 0 {
			return t, fmt.Errorf("flag %q isn't known", rulefile.Printable(word))
		}
		t.Flags |= 1 << i
	}
	if d.Elem != nil {
		elem, err := d.Elem.read(depth + 1)
		if err != nil {
			return t, err
		}
		t.Elem = &elem
	}
	if d.Default != nil {
		t.Default, err = d.Default.read(&t)
	}
	return t, err
}

func out(n, most int) bool { return n > most || n < -most-1 }

// listed reports whether values of the logical type are lists.
func listed(l event.Logical) bool {
	switch l {
	case event.LogicalInterval, event.LogicalHstore, event.LogicalArray, event.LogicalPoint, event.LogicalGeometry, event.LogicalGeography,
		event.LogicalVector, event.LogicalDoubleVector, event.LogicalSparseVector:
		return true
	default:
		return false
	}
}

// read makes the default of a type.
func (d *dumpValue) read(t *event.Type) (*event.Default, error) {
	var b event.Batch
	v, err := d.put(&b, 0)
	if err != nil {
		return nil, fmt.Errorf("its default: %w", err)
	}
	if !fits(v, b.Arena, t) {
		return nil, errors.New("its default isn't of its type")
	}
	return &event.Default{Value: v, Text: b.Arena}, nil
}

func (d *dumpValue) put(b *event.Batch, depth int) (event.Value, error) {
	kind := event.Kind(max(slices.Index(kindWords, d.Kind), 0))
	switch kind {
	case event.KindSkipped, event.KindUnavailable:
		return event.Null, fmt.Errorf("kind %q isn't known", rulefile.Printable(d.Kind))
	case event.KindNull:
		return event.Null, nil
	case event.KindBool:
		return event.Bool(d.Number != 0), nil
	case event.KindUint:
		return event.Uint(d.Uint), nil
	case event.KindFloat32:
		return event.Float32(math.Float32frombits(uint32(d.Bits))), nil
	case event.KindFloat64:
		return event.Float64(math.Float64frombits(d.Bits)), nil
	case event.KindDecimal:
		if d.Scale < 0 || d.Scale > smallDigits {
			return event.Null, errors.New("its scale is out of range")
		}
		return event.Decimal(d.Number, d.Scale), nil
	case event.KindList:
		return d.putList(b, depth)
	case event.KindInt, event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		return event.Of(kind, d.Number), nil
	default:
		if d.Bytes != nil {
			return b.Put(kind, d.Bytes), nil
		}
		return b.Put(kind, []byte(d.Text)), nil
	}
}

func (d *dumpValue) putList(b *event.Batch, depth int) (event.Value, error) {
	if depth > maxDepth {
		return event.Null, fmt.Errorf("lists in lists, more than %d deep", maxDepth)
	}
	at := len(b.Arena)
	elements := make([]event.Value, len(d.Items))
	for i := range d.Items {
		var err error
		if elements[i], err = d.Items[i].put(b, depth+1); err != nil {
			return event.Null, err
		}
	}
	return b.PutList(at, elements), nil
}

// fits reports whether a value is one of the type.
func fits(v event.Value, arena []byte, t *event.Type) bool {
	k := v.Kind()
	switch {
	case k == event.KindNull:
		return true
	case k == event.KindList && t.Kind == event.KindList:
		return listFits(event.List(v.Bytes(arena)), t)
	case k == event.KindBigDecimal && t.Kind == event.KindDecimal, k == event.KindDecimal && t.Kind == event.KindBigDecimal:
		return true
	case k == event.KindInt && t.Kind == event.KindUint, k == event.KindUint && t.Kind == event.KindInt:
		return true
	default:
		return k == t.Kind
	}
}

// parts are the kinds of the elements of a logical type, in turn.
var parts = map[event.Logical][]event.Kind{
	event.LogicalInterval: {event.KindInt, event.KindInt, event.KindInt}, event.LogicalHstore: {event.KindString, event.KindString},
	event.LogicalPoint:    {event.KindFloat64, event.KindFloat64, event.KindBytes, event.KindInt},
	event.LogicalGeometry: {event.KindBytes, event.KindInt}, event.LogicalGeography: {event.KindBytes, event.KindInt},
	event.LogicalVector: {event.KindFloat32}, event.LogicalDoubleVector: {event.KindFloat64},
	event.LogicalSparseVector: {event.KindInt, event.KindFloat64},
}

func listFits(l event.List, t *event.Type) bool {
	kinds := parts[t.Logical]
	from := 0
	switch t.Logical {
	case event.LogicalArray:
		for i := range l.Len() {
			if !fits(l.At(i), l, t.Elem) {
				return false
			}
		}
		return true
	case event.LogicalInterval, event.LogicalPoint, event.LogicalGeometry, event.LogicalGeography:
		if l.Len() != len(kinds) {
			return false
		}
	case event.LogicalSparseVector:
		if from = 1; l.Len() < 1 || l.At(0).Kind() != event.KindInt {
			return false
		}
	default:
	}
	if (l.Len()-from)%len(kinds) != 0 {
		return false
	}
	for i := from; i < l.Len(); i++ {
		k := l.At(i).Kind()
		mayLack := t.Logical == event.LogicalHstore && (i-from)%2 == 1 || t.Logical == event.LogicalPoint && i >= 2 || kinds[0] == event.KindBytes && i == 1
		if k != kinds[(i-from)%len(kinds)] && !(k == event.KindNull && mayLack) {
			return false
		}
	}
	return true
}
