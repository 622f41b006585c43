package connect

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2"
)

// pair is a schema as JsonConverter writes it, and what AvroData of Apicurio's
// Connect converter 2.6.13, which has it from Confluent's, makes of it.
type pair struct {
	Connect, Avro json.RawMessage
}

// pairs are made of the schemas that Debezium 3.6.1 has put into records, one of
// each column, and of some that were thought out.
func pairs(t testing.TB) []pair {
	t.Helper()
	text, err := os.ReadFile("testdata/avro.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []pair
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		var p pair
		if err := json.Unmarshal(s.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func TestAvroAsTheConverterMakesIt(t *testing.T) {
	list := pairs(t)
	if len(list) < 250 {
		t.Fatalf("only %d schemas", len(list))
	}
	for _, p := range list {
		s := parseJSON(t, p.Connect)
		got, err := s.AppendAvro(nil)
		if err != nil {
			t.Errorf("%s: %v", p.Connect, err)
			continue
		}
		if diff := cmp.Diff(string(p.Avro), string(got)); diff != "" {
			t.Errorf("%s\n%s", p.Connect, diff)
		}
	}
}

// TestAvroParses has each schema read by an independent parser. It refuses parts
// of a namespace that begin with a digit, which Java takes.
func TestAvroParses(t *testing.T) {
	for _, p := range pairs(t) {
		s := parseJSON(t, p.Connect)
		if strings.Contains(s.Name, ".1") {
			continue
		}
		text, err := s.AppendAvro(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := avro.ParseBytesWithCache(text, "", &avro.SchemaCache{}); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

func TestAvroNames(t *testing.T) {
	record := func(name, field string) *Schema {
		return &Schema{Type: Struct, Name: name, Fields: []Field{{field, Of(Int32)}}}
	}
	for _, c := range []struct {
		s        *Schema
		of, name string
	}{
		{record("a.b-c.Value", "f"), "schema", "a.b-c.Value"},
		{record("a..Value", "f"), "schema", "a..Value"},
		{record("a.b.1Value", "f"), "schema", "a.b.1Value"},
		{record("a.b.Välue", "f"), "schema", "a.b.Välue"},
		{record("a.b.Value", "unit price"), "field", "unit price"},
		{record("a.b.Value", "1f"), "field", "1f"},
		{record("a.b.Value", ""), "field", ""},
	} {
		_, err := c.s.AppendAvro(nil)
		if bad, ok := errors.AsType[*NameError](err); !ok || bad.Of != c.of || bad.Name != c.name {
			t.Errorf("got %v, want an error about %s %q", err, c.of, c.name)
		}
	}
}

func TestAvroTwoRecordsOfOneName(t *testing.T) {
	one := &Schema{Type: Struct, Name: "n.R", Fields: []Field{{"a", Of(Int32)}}}
	other := &Schema{Type: Struct, Name: "n.R", Fields: []Field{{"a", Of(Int64)}}}
	s := &Schema{Type: Struct, Name: "n.S", Fields: []Field{{"x", one}, {"y", other}}}
	if _, err := s.AppendAvro(nil); err == nil || !strings.Contains(err.Error(), `"n.R"`) {
		t.Errorf("got %v", err)
	}
}

// parseJSON reads a schema as JsonConverter writes it.
func parseJSON(t testing.TB, text []byte) *Schema {
	t.Helper()
	var in struct {
		Type                string
		Optional            bool
		Name, Doc           string
		Version             int
		Parameters, Default json.RawMessage
		Fields              []json.RawMessage
		Field               string
		Items, Keys, Values json.RawMessage
	}
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	s := &Schema{Optional: in.Optional, Name: in.Name, Version: in.Version, Doc: in.Doc, Params: parseParams(t, in.Parameters)}
	for s.Type.jsonName() != in.Type {
		s.Type++
	}
	for _, f := range in.Fields {
		var name struct{ Field string }
		if err := json.Unmarshal(f, &name); err != nil {
			t.Fatal(err)
		}
		s.Fields = append(s.Fields, Field{name.Field, parseJSON(t, f)})
	}
	for to, part := range map[**Schema]json.RawMessage{&s.Items: in.Items, &s.Keys: in.Keys, &s.Values: in.Values} {
		if part != nil {
			*to = parseJSON(t, part)
		}
	}
	if in.Default != nil {
		s.Default = &Value{JSON: in.Default}
		var quoted string
		if json.Unmarshal(in.Default, &quoted) == nil {
			s.Default.Bytes = []byte(quoted)
		}
		if number, err := strconv.ParseInt(string(in.Default), 10, 64); err == nil {
			s.Default.Int = number
		} else if string(in.Default) == "true" {
			s.Default.Int = 1
		}
		if s.Type == Bytes {
			s.Default.Bytes, _ = base64.StdEncoding.DecodeString(quoted)
		}
	}
	return s
}

// parseParams keeps the order.
func parseParams(t testing.TB, text []byte) []Param {
	t.Helper()
	if text == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	var words []string
	for d.More() || len(words) == 0 {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if word, ok := token.(string); ok {
			words = append(words, word)
		}
	}
	var params []Param
	for i := 0; i < len(words); i += 2 {
		params = append(params, Param{words[i], words[i+1]})
	}
	return params
}
