package transform

import (
	"encoding/json"
	"testing"

	"cdc/event"
)

// scanned reports whether flatten takes a text for JSON.
func scanned(text string) bool {
	b := &event.Batch{}
	return open(b, nil, b.Put(event.KindString, []byte(text)), nil) == nil
}

var jsonTexts = []string{
	`{}`, ` {"a": [1, -2.5e+3, 0, 1E2, true, false, null, "x"], "b": {"c": {}}} `, `[]`, `"text"`, `0`, `-0.5`, `12`, `true`, `null`,
	``, `CALLSECRET`, `a@b`, `truex`, `tru`, `nul`, `True`, `01`, `-`, `+1`, `1.`, `.5`, `1e`, `1e+`, `0x10`, `1-2`, `NaN`, `12abc`,
	`{"a": yes}`, `{"a": 1,}`, `[1 2]`, `{"a" 1}`, `{"a": 1}}`,
}

// What flatten takes for JSON is JSON: letters and digits by themselves aren't.
func TestOnlyJSONIsFlattened(t *testing.T) {
	for _, text := range jsonTexts {
		if got, want := scanned(text), json.Valid([]byte(text)); got != want {
			t.Errorf("%q: taken %t, want %t", text, got, want)
		}
	}
}

// FuzzJSONScan holds the scanner to what JSON is; it needn't look into texts.
func FuzzJSONScan(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if json.Valid([]byte(text)) && !scanned(text) && len(text) < maxJSONDepth {
			t.Errorf("%q is JSON", text)
		}
	})
}
