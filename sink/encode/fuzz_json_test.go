package encode

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2"
)

// jsonSeeds are texts of every kind, and such that aren't JSON.
var jsonSeeds = []string{
	`{"a":[1,-2.5e+3,null,true,{"b":"c\u00e9\ud83d\ude00"}],"a":2,"":{}}`, ` [ ] `, `"\ud800x\/"`, `{"a":1}x`, `01`, `-`, `1.`, `[1,]`, `{"a"}`, "\"\x01\"", "\"\xff\"",
	`[[1],[null],[]]`, `{"a":[{"x":1},{"y":"z"},null,{"x":3000000000}]}`, `{"a":{"b":{"c":[[{"d":0}]]}},"n":1e400}`, `nul`, `"\u12"`, `[{"a":[{"b":1}]},{"a":[{"c":[]}]}]`,
}

// FuzzJSONText: what is parsed is what encoding/json finds in it, and nothing else
// is parsed.
func FuzzJSONText(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := parseWholeJSON(text)
		if err != nil {
			if json.Valid(text) && !tooDeep(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		want, got := decoded(t, text), decoded(t, appendJSONNode(nil, n))
		if !utf8.Valid(text) { // Java puts fewer U+FFFD than Go
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if _, err := parseJSON(append(slices.Clip(text), " x"...)); err != nil {
			t.Errorf("%q with something behind it: %v", text, err)
		}
	})
}

func tooDeep(text []byte) bool {
	return bytes.Count(text, []byte{'['})+bytes.Count(text, []byte{'{'}) > maxJSONDepth
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// FuzzExpand: what a text is expanded to is JSON, as its schema is, and the same
// in Avro.
func FuzzExpand(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add([]byte(s), uint8(len(s)))
	}
	f.Fuzz(func(t *testing.T, text []byte, modes uint8) {
		x := &expansion{
			key: "payload", nullBytes: modes&1 != 0, emptyStrings: modes&2 != 0, avro: true,
			fields: newAdjuster(modeAvro, true), schemas: newAdjuster(modeAvro, false),
		}
		if modes&4 != 0 {
			x.fields, x.schemas = newAdjuster(modeAvroUnicode, true), newAdjuster(modeAvroUnicode, false)
		}
		made, err := x.of(text)
		if err != nil {
			return
		}
		payload, err := appendDatum(nil, made.schema, made.data, false)
		if err != nil || !json.Valid(payload) || !json.Valid(made.schema.AppendJSON(nil)) {
			t.Fatalf("%q: %v: %q", text, err, payload)
		}
		body, err := appendAvroDatum(nil, made.schema, made.data, false)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		schema, err := made.schema.AppendAvro(nil)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		p := &avroPrinter{r: avro.NewReader(nil, 0).Reset(body)}
		if p.print(parseAvro(t, string(schema))); p.r.Error != nil || string(p.b) != string(payload) {
			t.Errorf("%q: %v\n in Avro %s\n in JSON %s", text, p.r.Error, p.b, payload)
		}
	})
}
