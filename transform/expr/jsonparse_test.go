package expr

import (
	"encoding/json"
	"reflect"
	"testing"

	"cel.dev/cel-go/common/types"
)

// What json() opens is what encoding/json reads.
func FuzzParseJSON(f *testing.F) {
	for _, text := range []string{
		` {"a": [1, -2.5, 1e3, true, false, null, {}], "b\"": "x\u00e9\ud83d\ude00", "c" : [ ] } `, `"a`, `[1,]`, `{"a" 1}`, `01`, `1 2`,
		"\"\xff\"", `{"a":1,"a":2}`, `-`, "", `1e400`, `9223372036854775808`, `[[[[[]]]]]`,
	} {
		f.Add(text)
	}
	lang, err := NewLanguage(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := lang.parseJSON(types.String(text))
		var want any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			if !types.IsError(got) {
				t.Fatalf("%q: got %v, encoding/json says %v", text, got, err)
			}
			return
		}
		if types.IsError(got) { // too deep, too many values, or a number beyond a double
			return
		}
		back := toJSON(got)
		if types.IsError(back) {
			return
		}
		var again any
		if s, ok := back.Value().(string); !ok || json.Unmarshal([]byte(s), &again) != nil {
			t.Fatalf("%q: came back as %v", text, back)
		}
		if !reflect.DeepEqual(again, want) {
			t.Errorf("%q: got %#v, want %#v", text, again, want)
		}
	})
}
