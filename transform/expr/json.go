package expr

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	val, _ := l.openJSON(v)
	return val
}

// openJSON is parseJSON, and counts the values.
func (l *Language) openJSON(v ref.Val) (val ref.Val, values int) {
	s, ok := v.(types.String)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(v), 0
	case len(s) > maxText:
		return types.WrapErr(errLargeJSON), 0
	case !json.Valid([]byte(s)):
		return types.WrapErr(errJSON), 0
	}
	p := jsonParser{text: string(s), adapter: l.registry}
	val, err := p.value(0)
	if err != nil {
		return types.WrapErr(err), p.values
	}
	return val, p.values
}

// jsonParser goes through a text that is known to be JSON.
type jsonParser struct {
	text    string
	at      int
	adapter types.Adapter
	values  int
}

// next skips white space and returns the byte behind it.
func (p *jsonParser) next() byte {
	for {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
}

func (p *jsonParser) value(depth int) (ref.Val, error) {
	if p.values++; p.values > maxJSONValues || depth > maxJSONDepth {
		return nil, errLargeJSON
	}
	switch p.next() {
	case '[':
		return p.list(depth)
	case '{':
		return p.object(depth)
	case '"':
		s, err := p.string()
		return types.String(s), err
	case 't':
		p.at += len("true")
		return types.True, nil
	case 'f':
		p.at += len("false")
		return types.False, nil
	case 'n':
		p.at += len("null")
		return types.NullValue, nil
	default:
		start := p.at
		for p.at < len(p.text) && strings.IndexByte("+-.0123456789Ee", p.text[p.at]) >= 0 {
			p.at++
		}
		return number64(p.text[start:p.at])
	}
}

// string takes a text. One without escapes and in UTF-8 is a piece of the whole.
func (p *jsonParser) string() (string, error) {
	start, plain := p.at, true
	for p.at++; p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			plain = false
			p.at++
		}
	}
	p.at++
	if s := p.text[start+1 : p.at-1]; plain && utf8.ValidString(s) {
		return s, nil
	}
	var s string
	if json.Unmarshal([]byte(p.text[start:p.at]), &s) != nil {
		return "", errJSON
	}
	return s, nil
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
	for p.at++; p.next() != ']'; p.comma() {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	p.at++
	return types.NewRefValList(p.adapter, list), nil
}

// comma skips the comma behind an item, if there is one.
func (p *jsonParser) comma() {
	if p.next() == ',' {
		p.at++
	}
}

func (p *jsonParser) object(depth int) (ref.Val, error) {
	fields := map[ref.Val]ref.Val{}
	for p.at++; p.next() != '}'; p.comma() {
		name, err := p.string()
		if err != nil {
			return nil, err
		}
		p.next()
		p.at++ // the colon
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		fields[types.String(name)] = v
	}
	p.at++
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
	case len(p)+textLen(v) > maxText:
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

// textLen is the length of a text.
func textLen(v ref.Val) int {
	switch v := v.(type) {
	case types.String:
		return len(v)
	case types.Bytes:
		return len(v)
	default:
		return 0
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
