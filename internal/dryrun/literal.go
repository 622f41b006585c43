package dryrun

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"cdc/transform/rulefile"
)

// maxNesting is how deep JSON may be.
const maxNesting = 64

// parseJSON reads exactly one JSON value. Every part of it stands at place at.
func parseJSON(at rulefile.Place, text []byte) (*rulefile.Literal, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	l, err := decodeJSON(dec, at, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return l, nil
}

// decodeJSON reads the next value with its members in order.
func decodeJSON(dec *json.Decoder, at rulefile.Place, depth int) (*rulefile.Literal, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("JSON nested deeper than %d levels", maxNesting)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return decodeObject(dec, at, depth)
		}
		return decodeList(dec, at, depth)
	case json.Number:
		return &rulefile.Literal{Kind: rulefile.LiteralNumber, At: at, Text: v.String()}, nil
	case string:
		return &rulefile.Literal{Kind: rulefile.LiteralText, At: at, Text: v}, nil
	case bool:
		return &rulefile.Literal{Kind: rulefile.LiteralBool, At: at, Text: strconv.FormatBool(v)}, nil
	default:
		return &rulefile.Literal{Kind: rulefile.LiteralNull, At: at}, nil
	}
}

func decodeObject(dec *json.Decoder, at rulefile.Place, depth int) (*rulefile.Literal, error) {
	l := &rulefile.Literal{Kind: rulefile.LiteralMap, At: at}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		item, err := decodeJSON(dec, at, depth+1)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // the decoder gives nothing else there
		l.Keys, l.Items = append(l.Keys, name), append(l.Items, item)
	}
	_, err := dec.Token()
	return l, err
}

func decodeList(dec *json.Decoder, at rulefile.Place, depth int) (*rulefile.Literal, error) {
	l := &rulefile.Literal{Kind: rulefile.LiteralList, At: at}
	for dec.More() {
		item, err := decodeJSON(dec, at, depth+1)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, item)
	}
	_, err := dec.Token()
	return l, err
}

// appendJSON prints a literal as JSON on one line.
func appendJSON(b []byte, l *rulefile.Literal) []byte {
	switch l.Kind {
	case rulefile.LiteralBool:
		return append(b, strings.ToLower(l.Text)...)
	case rulefile.LiteralNumber:
		return appendNumber(b, l.Text)
	case rulefile.LiteralText, rulefile.LiteralBytes:
		return appendText(b, l.Text)
	case rulefile.LiteralList:
		b = append(b, '[')
		for i, item := range l.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case rulefile.LiteralMap:
		b = append(b, '{')
		for i, key := range l.Keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, key), ':')
			b = appendJSON(b, l.Items[i])
		}
		return append(b, '}')
	default:
		return append(b, "null"...)
	}
}

// appendNumber prints a number of YAML as one of JSON.
func appendNumber(b []byte, text string) []byte {
	if json.Valid([]byte(text)) {
		return append(b, text...)
	}
	if n, ok := new(big.Int).SetString(strings.ReplaceAll(text, "_", ""), 0); ok {
		return n.Append(b, 10)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && f-f == 0 {
		return strconv.AppendFloat(b, f, 'g', -1, 64)
	}
	return appendText(b, text) // .inf, .nan
}

// appendText prints a JSON string without escaping what HTML would.
func appendText(b []byte, text string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil { // a string always has a form
		return append(b, `""`...)
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}
