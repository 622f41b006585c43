package encode

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// expansion turns the JSON text of a column into what it describes, by the rules
// of Debezium's outbox event router. Where those would stop the connector (numbers
// beyond 64 bits, objects that don't fit each other), the text stays text; where
// they depend on the order of a hash table, the order of the text holds, and of
// objects in an array no member is lost.
type expansion struct {
	// key is the name of the column, with which the names of schemas begin.
	key                     string
	nullBytes, emptyStrings bool
	fields, schemas         *adjuster
	// avro: the schema must be one in Avro, too.
	avro bool
}

// made is what an expansion makes of one text.
type made struct {
	schema *connect.Schema
	data   datum
}

// expansion compiles the modes of a column.
func (e *Encoder) expansion(c *event.Column) (*expansion, error) {
	x := &expansion{key: c.Source(), fields: e.fieldNames, schemas: e.schemaNames, avro: e.conf.Format.Value == FormatAvro}
	modes := append(slices.Clone(c.Type.Symbols), "", "")
	switch modes[0] {
	case "", event.ExpandIgnore:
	case event.ExpandBytes:
		x.nullBytes = true
	default:
		return nil, fmt.Errorf("%w: column %q: %q isn't what nulls may become in expanded JSON; must be %s or %s",
			event.ErrConfig, c.Name, modes[0], event.ExpandIgnore, event.ExpandBytes)
	}
	switch modes[1] {
	case "", event.ExpandIgnore:
	case event.ExpandStrings:
		x.emptyStrings = true
	default:
		return nil, fmt.Errorf("%w: column %q: %q isn't what empty arrays may become in expanded JSON; must be %s or %s",
			event.ErrConfig, c.Name, modes[1], event.ExpandIgnore, event.ExpandStrings)
	}
	return x, nil
}

var (
	errStaysText = errors.New("stays text")
	// errNoSchema: it stays text, and Debezium says nothing of its schema.
	errNoSchema = errors.New("has nothing to see in it")
)

// of expands a text, or says why it stays text.
func (x *expansion) of(text []byte) (made, error) {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return made{}, errStaysText
	}
	n, err := parseJSON(text)
	if err != nil {
		return made{}, err
	}
	work := inference{expansion: x, left: min(64*len(text), maxInferred) + 1<<14}
	s, err := work.schema(x.key, n)
	switch {
	case err != nil:
		return made{}, err
	case s == nil:
		return made{}, errNoSchema
	}
	data, err := work.datum(n, s)
	if err == nil && x.avro {
		_, err = s.AppendAvro(nil)
	}
	return made{s, data}, err
}

// maxInferred bounds the memory of what is made of one text.
const maxInferred = 64 << 20

// inference is the work on one text. left bounds what it may make: an array of
// objects that have no member in common would grow by their square.
type inference struct {
	*expansion
	left int
}

func (x *inference) spend(n int) error {
	if x.left -= n; x.left < 0 {
		return errStaysText
	}
	return nil
}

// schema is that of a value; nil for one that is left out.
func (x *inference) schema(key string, n *jsonNode) (*connect.Schema, error) {
	if err := x.spend(64 + len(key)); err != nil {
		return nil, err
	}
	switch n.kind {
	case jsonString:
		return optional(connect.String), nil
	case jsonBool:
		return optional(connect.Boolean), nil
	case jsonReal:
		return optional(connect.Float64), nil
	case jsonInteger:
		i, err := strconv.ParseInt(string(n.text), 10, 64)
		if err != nil {
			return nil, errStaysText
		}
		if int64(int32(i)) == i {
			return optional(connect.Int32), nil
		}
		return optional(connect.Int64), nil
	case jsonArray:
		return x.array(key, n)
	case jsonObject:
		return x.object(key, n)
	default:
		if x.nullBytes {
			return optional(connect.Bytes), nil
		}
		return nil, nil //nolint:nilnil // it is left out
	}
}

// object is the schema of an object.
func (x *inference) object(key string, n *jsonNode) (*connect.Schema, error) {
	s := &connect.Schema{Type: connect.Struct, Name: x.schemas.adjust(key), Optional: true}
	var taken map[string]bool
	if x.fields.mode != modeNone { // else they are told apart in the text
		taken = make(map[string]bool, len(n.names))
	}
	for i := range n.items {
		name := x.fields.adjust(string(n.names[i]))
		if name == "" || taken[name] {
			return nil, errStaysText
		}
		if taken != nil {
			taken[name] = true
		}
		path := name
		if key != "" {
			path = key + "." + name
		}
		f, err := x.schema(path, &n.items[i])
		if err != nil {
			return nil, err
		}
		if f != nil {
			s.Fields = append(s.Fields, connect.Field{Name: name, Schema: f})
		}
	}
	return s, nil
}

func (x *inference) array(key string, n *jsonNode) (*connect.Schema, error) {
	if len(n.items) == 0 {
		if x.emptyStrings {
			return &connect.Schema{Type: connect.Array, Items: optional(connect.String), Optional: true}, nil
		}
		return nil, nil //nolint:nilnil // it is left out
	}
	items, err := x.items(key, n)
	if err != nil {
		return nil, err
	}
	return &connect.Schema{Type: connect.Array, Items: items, Optional: true}, nil
}

// items is the schema of the items of an array, which must be of one type.
func (x *inference) items(key string, n *jsonNode) (*connect.Schema, error) {
	sample, nulls := &n.items[0], false
	for i := range n.items {
		item := &n.items[i]
		switch {
		case item.kind == jsonNull:
			nulls = true
		case sample.kind == jsonNull:
			sample = item
		case !alikeItems(sample, item):
			return nil, errStaysText
		}
	}
	if sample.kind == jsonObject {
		return x.objects(key, n, nulls)
	}
	s, err := x.schema("", sample)
	if err == nil && s == nil {
		err = errStaysText
	}
	return s, err
}

// alikeItems reports whether two items may stand in one array.
func alikeItems(a, b *jsonNode) bool {
	if a.kind != b.kind {
		return false
	}
	return a.kind != jsonInteger || isInt32(a) == isInt32(b)
}

func isInt32(n *jsonNode) bool {
	_, err := strconv.ParseInt(string(n.text), 10, 32)
	return err == nil
}

// objects is the schema of objects in an array: that of all of them or, when they
// differ, one that has the members of all.
func (x *inference) objects(key string, n *jsonNode, nulls bool) (*connect.Schema, error) {
	var all *connect.Schema
	differ := false
	for i := range n.items {
		if n.items[i].kind == jsonNull {
			continue
		}
		s, err := x.schema(key, &n.items[i])
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = s
			continue
		}
		if same(all, s) {
			continue
		}
		differ = true
		if all, err = x.merge(all, s); err != nil {
			return nil, err
		}
	}
	all.Optional = !differ || nulls
	return all, nil
}

// same reports whether two made schemas are equal.
func same(a, b *connect.Schema) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Type == b.Type && a.Optional == b.Optional && a.Name == b.Name && same(a.Items, b.Items) &&
		slices.EqualFunc(a.Fields, b.Fields, func(f, g connect.Field) bool { return f.Name == g.Name && same(f.Schema, g.Schema) })
}

// merge is the schema of values of both: of a null and another it is the other.
func (x *inference) merge(a, b *connect.Schema) (*connect.Schema, error) {
	if err := x.spend(16); err != nil {
		return nil, err
	}
	switch {
	case a.Type == connect.Bytes:
		return b, nil
	case b.Type == connect.Bytes || a.Type == b.Type && a.Type != connect.Struct && a.Type != connect.Array:
		return a, nil
	case a.Type == connect.Int32 && b.Type == connect.Int64:
		return b, nil
	case a.Type == connect.Int64 && b.Type == connect.Int32:
		return a, nil
	case a.Type != b.Type:
		return nil, errStaysText
	case a.Type == connect.Array:
		items, err := x.merge(a.Items, b.Items)
		if err != nil {
			return nil, err
		}
		both := *items
		both.Optional = a.Items.Optional || b.Items.Optional
		return &connect.Schema{Type: connect.Array, Items: &both, Optional: true}, nil
	default:
		return x.mergeStructs(a, b)
	}
}

func (x *inference) mergeStructs(a, b *connect.Schema) (*connect.Schema, error) {
	s := &connect.Schema{Type: connect.Struct, Name: a.Name, Optional: true, Fields: slices.Clone(a.Fields)}
	places := make(map[string]int, len(s.Fields))
	for i := range s.Fields {
		places[s.Fields[i].Name] = i
	}
	if err := x.spend(16 * len(s.Fields)); err != nil {
		return nil, err
	}
	for _, f := range b.Fields {
		at, is := places[f.Name]
		if !is {
			s.Fields = append(s.Fields, f)
			continue
		}
		both, err := x.merge(s.Fields[at].Schema, f.Schema)
		if err != nil {
			return nil, err
		}
		s.Fields[at].Schema = both
	}
	return s, nil
}

// datum is a value as its schema has it.
func (x *inference) datum(n *jsonNode, s *connect.Schema) (datum, error) {
	if err := x.spend(16); err != nil {
		return nil, err
	}
	switch {
	case n.kind == jsonNull && s.Optional:
		return nil, nil
	case s.Type == connect.String && n.kind == jsonString:
		return string(n.text), nil
	case s.Type == connect.Boolean && n.kind == jsonBool:
		return n.text[0] == 't', nil
	case s.Type == connect.Float64 && n.kind == jsonReal:
		f, err := strconv.ParseFloat(string(n.text), 64)
		if errors.Is(err, strconv.ErrRange) { // infinite, as in Java
			err = nil
		}
		return f, err
	case n.kind == jsonInteger && (s.Type == connect.Int64 || s.Type == connect.Int32 && isInt32(n)):
		return strconv.ParseInt(string(n.text), 10, 64)
	case s.Type == connect.Array && n.kind == jsonArray:
		list := make([]datum, len(n.items))
		for i := range n.items {
			var err error
			if list[i], err = x.datum(&n.items[i], s.Items); err != nil {
				return nil, err
			}
		}
		return list, nil
	case s.Type == connect.Struct && n.kind == jsonObject:
		return x.structDatum(n, s)
	default:
		return nil, errStaysText
	}
}

// structDatum: a member that an object lacks is null, and one that the schema
// lacks is left out.
func (x *inference) structDatum(n *jsonNode, s *connect.Schema) (datum, error) {
	if err := x.spend(16 * len(s.Fields)); err != nil {
		return nil, err
	}
	list := make([]datum, len(s.Fields))
	var places map[string]int
	next := 0 // most objects have their members in the order of the schema
	for i := range s.Fields {
		f := &s.Fields[i]
		at := next
		for at < len(n.names) && n.items[at].kind == jsonNull { // may be left out
			if x.named(n.names[at], f.Name) {
				break
			}
			at++
		}
		if at >= len(n.names) || !x.named(n.names[at], f.Name) {
			if places == nil {
				places = n.places(func(name []byte) string { return x.fields.adjust(string(name)) })
			}
			var is bool
			if at, is = places[f.Name]; !is {
				continue
			}
		}
		next = at + 1
		var err error
		if list[i], err = x.datum(&n.items[at], f.Schema); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// named reports whether a member has that name in a record.
func (x *expansion) named(member []byte, name string) bool {
	return x.fields.mode == modeNone && string(member) == name || x.fields.mode != modeNone && x.fields.adjust(string(member)) == name
}
