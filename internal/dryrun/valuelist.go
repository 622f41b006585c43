package dryrun

import (
	"errors"
	"math"
	"regexp"
	"strconv"

	"cdc/event"
	"cdc/transform/rulefile"
)

// maxDepth bounds lists in lists.
const maxDepth = 16

// list reads the types whose values are made of others.
func (r *reader) list(c *column, l *rulefile.Literal) (event.Value, error) {
	at := len(r.b.Arena)
	elements, err := r.elements(c, l)
	if err != nil {
		r.b.Arena = r.b.Arena[:at]
		return event.Null, err
	}
	return r.b.PutList(at, elements), nil
}

func (r *reader) elements(c *column, l *rulefile.Literal) ([]event.Value, error) {
	switch c.typ.Logical {
	case event.LogicalArray:
		return r.array(c, l)
	case event.LogicalHstore:
		return r.hstore(l)
	case event.LogicalInterval:
		return interval(l)
	case event.LogicalPoint:
		return r.members(l, []part{{"x", event.KindFloat64}, {"y", event.KindFloat64}, {"wkb", event.KindBytes}, {"srid", event.KindInt}})
	case event.LogicalGeometry, event.LogicalGeography:
		return r.members(l, []part{{"wkb", event.KindBytes}, {"srid", event.KindInt}})
	case event.LogicalVector:
		return floats(event.KindFloat32, l)
	case event.LogicalDoubleVector:
		return floats(event.KindFloat64, l)
	case event.LogicalSparseVector:
		return sparse(l)
	default:
		return nil, errors.New("values of its type can't be written here")
	}
}

func (r *reader) array(c *column, l *rulefile.Literal) ([]event.Value, error) {
	if l.Kind != rulefile.LiteralList {
		return nil, wrongKind(l)
	}
	if c.typ.Elem == nil {
		return nil, errors.New("the type of its elements isn't known")
	}
	elem := &column{name: c.name, typ: c.typ.Elem, unit: c.unit}
	list := make([]event.Value, len(l.Items))
	for i, item := range l.Items {
		var err error
		if list[i], err = r.value(elem, item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// hstore reads a mapping, or JSON text of one.
func (r *reader) hstore(l *rulefile.Literal) ([]event.Value, error) {
	if l.Kind == rulefile.LiteralText {
		parsed, err := parseJSON(l.At, []byte(l.Text))
		if err != nil {
			return nil, errors.New("the text isn't JSON")
		}
		l = parsed
	}
	if l.Kind != rulefile.LiteralMap {
		return nil, wrongKind(l)
	}
	list := make([]event.Value, 0, 2*len(l.Keys))
	for i, key := range l.Keys {
		v := event.Null
		k := r.b.Put(event.KindString, []byte(key))
		if item := l.Items[i]; item.Kind == rulefile.LiteralText {
			v = r.b.Put(event.KindString, []byte(item.Text))
		} else if item.Kind != rulefile.LiteralNull {
			return nil, errors.New("the values of hstore are texts")
		}
		list = append(list, k, v)
	}
	return list, nil
}

type part struct {
	name string
	kind event.Kind
}

// members reads those of a mapping in order.
func (r *reader) members(l *rulefile.Literal, parts []part) ([]event.Value, error) {
	if l.Kind != rulefile.LiteralMap {
		return nil, wrongKind(l)
	}
	was := r.encoded
	r.encoded = true // WKB is base64
	defer func() { r.encoded = was }()
	list := make([]event.Value, len(parts))
	for i, p := range parts {
		var err error
		if list[i], err = r.value(&column{name: p.name, typ: &event.Type{Kind: p.kind}}, member(l, p.name)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func floats(k event.Kind, l *rulefile.Literal) ([]event.Value, error) {
	if l.Kind != rulefile.LiteralList {
		return nil, wrongKind(l)
	}
	list := make([]event.Value, len(l.Items))
	for i, item := range l.Items {
		var err error
		if list[i], err = float(k, item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sparse reads {dimensions: 5, vector: [[0, 1.5]]}.
func sparse(l *rulefile.Literal) ([]event.Value, error) {
	bad := errors.New("a sparse vector is {dimensions: 5, vector: [[0, 1.5]]}")
	dimensions, vector := member(l, "dimensions"), member(l, "vector")
	if dimensions == nil || vector == nil || vector.Kind != rulefile.LiteralList {
		return nil, bad
	}
	n, err := strconv.ParseInt(dimensions.Text, 10, 32)
	if err != nil {
		return nil, bad
	}
	list := []event.Value{event.Int(n)}
	for _, pair := range vector.Items {
		if pair.Kind != rulefile.LiteralList || len(pair.Items) != 2 {
			return nil, bad
		}
		index, err := strconv.ParseInt(pair.Items[0].Text, 10, 32)
		v, err2 := float(event.KindFloat64, pair.Items[1])
		if err != nil || err2 != nil {
			return nil, bad
		}
		list = append(list, event.Int(index), v)
	}
	return list, nil
}

var isoInterval = regexp.MustCompile(`\A(-?)P(?:(-?\d{1,9})Y)?(?:(-?\d{1,9})M)?(?:(-?\d{1,9})D)?(?:T(?:(-?\d{1,9})H)?(?:(-?\d{1,9})M)?(?:(-?\d{1,9})(?:\.(\d{1,6}))?S)?)?\z`)

// interval reads microseconds, or P1Y2M3DT4H5M6.7S.
func interval(l *rulefile.Literal) ([]event.Value, error) {
	if l.Kind == rulefile.LiteralNumber {
		n, err := strconv.ParseInt(l.Text, 10, 64)
		if err != nil {
			return nil, errors.New("the number isn't an integer of 64 bits")
		}
		return []event.Value{event.Int(0), event.Int(0), event.Int(n)}, nil
	}
	m := isoInterval.FindStringSubmatch(l.Text)
	if l.Kind != rulefile.LiteralText || m == nil {
		return nil, errors.New("an interval is a number of microseconds, or text like P1Y2M3DT4H5M6.7S")
	}
	var n [8]int64
	for i, digits := range m[2:8] {
		n[i], _ = strconv.ParseInt(digits, 10, 64) // digits, or nothing
	}
	fraction, _ := strconv.ParseInt((m[8] + "000000")[:6], 10, 64)
	if len(m[7]) > 0 && m[7][0] == '-' {
		fraction = -fraction
	}
	sign := int64(1)
	if m[1] != "" {
		sign = -1
	}
	micros := ((n[3]*60+n[4])*60+n[5])*microsPerSecond + fraction
	if months := n[0]*12 + n[1]; months <= math.MaxInt32 {
		return []event.Value{event.Int(sign * months), event.Int(sign * n[2]), event.Int(sign * micros)}, nil
	}
	return nil, errors.New("the interval is too long")
}
