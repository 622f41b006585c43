package jsonb

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	for in, want := range map[string]string{
		`{"a": 1, "b": [true, false, null, {}, []]}`: `{"a":1,"b":[true,false,null,{},[]]}`,
		`[1.0, 1e10, 1e300, -0.0, 12.50, 123.4500]`:  `[1.0,10000000000,1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160,-0.0,12.50,123.4500]`,
		`12345678901234567890.123456789`:             `12345678901234567890.123456789`,
		`"base64:type252:AP8="`:                      `"AP8="`,
		`"base64:type252:AP8"`:                       `"base64:type252:AP8"`,
		`{"base64:type252:AP8=": 1}`:                 `{"base64:type252:AP8=":1}`,
		`"\u001f\b\f\n\r\t\"\\\/ü😀"`:                 `"\u001F\b\f\n\r\t\"\\/ü😀"`,
		deep:                                         deep,
		"[1 2]":                                      "",
		`{"a" 1}`:                                    "",
		`{a: 1}`:                                     "",
		`[1,]`:                                       "",
		`"\x"`:                                       "",
		`"\u12"`:                                     "",
		`"`:                                          "",
		`1.`:                                         "",
		`-`:                                          "",
		`tru`:                                        "",
		`[]]`:                                        "",
		``:                                           "",
		"[" + deep:                                   "",
	} {
		got, err := new(Reader).Append(nil, []byte(in))
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", in, got, err, want)
		}
	}
	room, doc := make([]byte, 0, 1<<10), []byte(`{"a": [1, 2.5, "x", null, true, 12345678901234567890.123, {"k": "base64:type252:AP8="}]}`)
	var r Reader
	if n := testing.AllocsPerRun(10, func() { _, _ = r.Append(room, doc) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if _, err := new(Reader).Append(nil, []byte("["+deep+"]")); !errors.Is(err, ErrDepth) {
		t.Errorf("too many levels: %v", err)
	}
}

func FuzzText(f *testing.F) {
	for _, text := range []string{`{"a": [1, 2.5, "x", null, true, {"k": {}}], "ä": "ü\ud83d"}`, `"base64:type15:AP8="`, `[1e10, -0.0, 12.50, 123456789012345678901234567890.5]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, err := new(Reader).Append(nil, text)
		if err != nil {
			return
		}
		if utf8.Valid(text) && json.Valid(text) && !json.Valid(out) {
			t.Fatalf("not JSON: %q", out)
		}
		if len(out) > 400*len(text)+100 {
			t.Fatalf("%d bytes out of %d", len(out), len(text))
		}
	})
}
