package expr

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Bounds of the JSON that an expression opens.
const (
	maxJSONDepth  = 64
	maxJSONValues = 20_000
)

var (
	errJSON      = &Error{msg: "a text isn't JSON", mend: "test the column first, or let on_error say what becomes of the row"}
	errLargeJSON = &Error{msg: "a JSON text is too large or too deep for an expression"}
	errNotJSON   = &Error{msg: "a value has no form in JSON"}
	errLarge     = &Error{msg: "the text that an expression makes is larger than 1 MiB"}
)

// parseJSON is json(x): objects become maps, and numbers int where they are whole
// and in its range, else double.
func (l *Language) parseJSON(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	if len(s) > maxText {
		return types.WrapErr(errLargeJSON)
	}
	p := jsonParser{dec: json.NewDecoder(strings.NewReader(string(s))), adapter: l.registry}
	p.dec.UseNumber()
	val, err := p.value(0)
	if err == nil {
		if _, more := p.dec.Token(); !errors.Is(more, io.EOF) {
			err = errJSON
		}
	}
	if err != nil {
		return types.WrapErr(err)
	}
	return val
}

type jsonParser struct {
	dec     *json.Decoder
	adapter types.Adapter
	values  int
}

func (p *jsonParser) value(depth int) (ref.Val, error) {
	if p.values++; p.values > maxJSONValues || depth > maxJSONDepth {
		return nil, errLargeJSON
	}
	t, err := p.dec.Token()
	if err != nil {
		return nil, errJSON
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return p.list(depth)
		}
		return p.object(depth)
	case string:
		return types.String(t), nil
	case bool:
		return types.Bool(t), nil
	case json.Number:
		return number64(string(t))
	default:
		return types.NullValue, nil
	}
}

func number64(s string) (ref.Val, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return types.Int(n), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, errJSON
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return types.Int(f), nil
	}
	return types.Double(f), nil
}

func (p *jsonParser) list(depth int) (ref.Val, error) {
	var list []ref.Val
	for p.dec.More() {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if _, err := p.dec.Token(); err != nil {
		return nil, errJSON
	}
	return types.NewRefValList(p.adapter, list), nil
}

func (p *jsonParser) object(depth int) (ref.Val, error) {
	fields := map[ref.Val]ref.Val{}
	for p.dec.More() {
		t, err := p.dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errJSON
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		fields[types.String(name)] = v
	}
	if _, err := p.dec.Token(); err != nil {
		return nil, errJSON
	}
	return types.NewRefValMap(p.adapter, fields), nil
}

// toJSON is to_json(x). The members of maps are in the order of their names.
func toJSON(v ref.Val) ref.Val {
	p, err := appendJSON(nil, v, 0)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.String(p)
}

func appendJSON(p []byte, v ref.Val, depth int) ([]byte, error) {
	switch {
	case depth > maxJSONDepth:
		return nil, errLargeJSON
	case len(p) > maxText:
		return nil, errLarge
	}
	switch v := v.(type) {
	case types.Null:
		return append(p, "null"...), nil
	case types.Bool:
		return strconv.AppendBool(p, bool(v)), nil
	case types.Int:
		return strconv.AppendInt(p, int64(v), 10), nil
	case types.Uint:
		return strconv.AppendUint(p, uint64(v), 10), nil
	case types.Double:
		return appendDouble(p, float64(v))
	case types.String:
		return appendText(p, string(v))
	case types.Bytes:
		return appendText(p, base64.StdEncoding.EncodeToString(v))
	case decimal:
		if v.special != 0 {
			return appendText(p, string(v.append(nil)))
		}
		return v.append(p), nil
	case types.Timestamp, types.Duration:
		s, ok := v.ConvertToType(types.StringType).(types.String)
		if !ok {
			return nil, errNotJSON
		}
		return appendText(p, string(s))
	case *types.Optional:
		if !v.HasValue() {
			return append(p, "null"...), nil
		}
		return appendJSON(p, v.GetValue(), depth)
	case traits.Mapper:
		return appendObject(p, v, depth)
	case traits.Lister:
		return appendList(p, v, depth)
	default:
		return nil, errNotJSON
	}
}

func appendDouble(p []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errNotJSON
	}
	return strconv.AppendFloat(p, f, 'g', -1, 64), nil
}

func appendText(p []byte, s string) ([]byte, error) {
	w := bytes.NewBuffer(p)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return nil, errNotJSON
	}
	return bytes.TrimSuffix(w.Bytes(), []byte{'\n'}), nil
}

func appendList(p []byte, list traits.Lister, depth int) ([]byte, error) {
	p = append(p, '[')
	for i, it := 0, list.Iterator(); it.HasNext() == types.True; i++ {
		if i > 0 {
			p = append(p, ',')
		}
		var err error
		if p, err = appendJSON(p, it.Next(), depth+1); err != nil {
			return nil, err
		}
	}
	return append(p, ']'), nil
}

func appendObject(p []byte, m traits.Mapper, depth int) ([]byte, error) {
	var names []string
	values := map[string]ref.Val{}
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, ok := key.ConvertToType(types.StringType).(types.String)
		if !ok {
			return nil, errNotJSON
		}
		names = append(names, string(name))
		values[string(name)] = m.Get(key)
	}
	slices.Sort(names)
	p = append(p, '{')
	for i, name := range names {
		if i > 0 {
			p = append(p, ',')
		}
		var err error
		if p, err = appendText(p, name); err != nil {
			return nil, err
		}
		if p, err = appendJSON(append(p, ':'), values[name], depth+1); err != nil {
			return nil, err
		}
	}
	return append(p, '}'), nil
}
