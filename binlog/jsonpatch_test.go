package binlog

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"cdc/event"
)

// patchOf is a patch of one change, as the log has it.
func patchOf(operation byte, path string, value ...byte) []byte {
	patch := append([]byte{operation, byte(len(path))}, path...)
	if operation != patchRemove {
		patch = append(append(patch, byte(len(value))), value...)
	}
	return patch
}

// binaryString is a string as binary JSON.
func binaryString(s string) []byte { return append([]byte{jsonString, byte(len(s))}, s...) }

// binaryArray is a small array of small integers.
func binaryArray(values ...int16) []byte {
	doc := binary.LittleEndian.AppendUint16([]byte{jsonSmallArray}, uint16(len(values)))
	doc = binary.LittleEndian.AppendUint16(doc, uint16(4+3*len(values)))
	for _, v := range values {
		doc = binary.LittleEndian.AppendUint16(append(doc, jsonInt16), uint16(v))
	}
	return doc
}

func TestJSONPatch(t *testing.T) {
	x := binaryString("x")
	tests := []struct {
		before []byte
		patch  [][]byte
		want   string // empty for a patch that doesn't fit
	}{
		{binaryArray(1, 2, 3), [][]byte{patchOf(patchReplace, "$[1]", x...)}, `[1,"x",3]`},
		{binaryArray(1, 2, 3), [][]byte{patchOf(patchReplace, "$[last-2]", x...)}, `["x",2,3]`},
		{binaryArray(1, 2, 3), [][]byte{patchOf(patchInsert, "$[0]", x...), patchOf(patchInsert, "$[9]", x...)}, `["x",1,2,3,"x"]`},
		{binaryArray(1, 2, 3), [][]byte{patchOf(patchRemove, "$[ last ]"), patchOf(patchRemove, "$[0]")}, `[2]`},
		{binaryArray(1, 2, 3), [][]byte{patchOf(patchReplace, "$", x...)}, `"x"`},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "$[0][0]", x...)}, `["x"]`}, // a value is its own first cell
		{binaryArray(), [][]byte{patchOf(patchInsert, "$[0]", binaryArray(7)...), patchOf(patchInsert, "$[0][1]", x...)}, `[[7,"x"]]`},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "$[1]", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchRemove, "$[1]")}, ``},
		{binaryArray(1), [][]byte{patchOf(patchRemove, "$")}, ``},
		{binaryArray(1), [][]byte{patchOf(patchInsert, "$", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchInsert, "$.a", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "$[*]", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "$**.a", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "[0]", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "$[0", x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchReplace, `$."a`, x...)}, ``},
		{binaryArray(1), [][]byte{patchOf(patchReplace, "$[0]")}, ``},
		{binaryArray(1), [][]byte{patchOf(3, "$[0]", x...)}, ``},
		{binaryArray(1), [][]byte{{patchReplace, 200, '$'}}, ``},
		{[]byte{jsonSmallObject, 0, 0, 4, 0}, [][]byte{patchOf(patchInsert, `$."b b\u00e9"`, x...), patchOf(patchInsert, "$.é", x...), patchOf(patchInsert, "$.z", x...), patchOf(patchInsert, "$.a", x...)}, `{"a":"x","z":"x","é":"x","b bé":"x"}`},
		{[]byte{jsonSmallObject, 0, 0, 4, 0}, [][]byte{patchOf(patchInsert, "$.a", x...), patchOf(patchInsert, "$.a", x...)}, ``},
		{[]byte{jsonSmallObject, 0, 0, 4, 0}, [][]byte{patchOf(patchReplace, "$.a", x...)}, ``},
		{nil, [][]byte{patchOf(patchReplace, "$", x...)}, "unavailable"},
		{[]byte{}, [][]byte{patchOf(patchReplace, "$", x...)}, ``},
	}
	for i, tt := range tests {
		var b event.Batch
		c := cell{before: tt.before}
		v, ok := c.readPatch(&b, slices.Concat(tt.patch...))
		got := ""
		switch {
		case ok && v.Kind() == event.KindUnavailable:
			got = "unavailable"
		case ok:
			got = string(v.Bytes(b.Arena))
		}
		if got != tt.want {
			t.Errorf("test %d: got %q, want %q", i, got, tt.want)
		}
	}
}

func TestPatchDepth(t *testing.T) {
	before := binaryArray()
	var patch []byte
	path := "$"
	for range maxJSONDepth {
		patch = append(patch, patchOf(patchInsert, path+"[0]", binaryArray()...)...)
		path += "[0]"
		if len(path) > 240 {
			break
		}
	}
	c := cell{before: before}
	var b event.Batch
	if _, ok := c.readPatch(&b, patch); !ok {
		t.Error("a document of few levels is refused")
	}
	deep := jsonNode{typ: jsonSmallArray, data: before[1:]}
	for range maxJSONDepth {
		deep = jsonNode{open: true, kids: []*jsonNode{{typ: deep.typ, data: deep.data, open: deep.open, kids: deep.kids}}}
	}
	p := jsonPrinter{budget: 1 << 20}
	if p.node(&deep, 1) || !p.deep {
		t.Error("a document of too many levels is printed")
	}
}

func FuzzJSONPatch(f *testing.F) {
	for _, doc := range jsonbDocuments(f) {
		f.Add(doc, patchOf(patchReplace, "$.a", binaryString("x")...))
		f.Add(doc, patchOf(patchInsert, `$."new key"`, binaryArray(1, 2)...))
		f.Add(doc, patchOf(patchRemove, "$[last]"))
	}
	f.Add(binaryArray(1, 2, 3), append(patchOf(patchInsert, "$[1]", binaryArray(7)...), patchOf(patchInsert, "$[1][0]", 4, 1)...))
	f.Fuzz(func(t *testing.T, before, patch []byte) {
		c := cell{before: before}
		var b event.Batch
		v, ok := c.readPatch(&b, patch)
		if !ok || v.Kind() == event.KindUnavailable {
			return
		}
		text := v.Bytes(b.Arena)
		if utf8.Valid(text) && !json.Valid(text) {
			t.Fatalf("not JSON: %q", text)
		}
		if len(text) > 400*(len(before)+len(patch))+100 {
			t.Fatalf("%d bytes out of %d", len(text), len(before)+len(patch))
		}
	})
}

func TestJSONText(t *testing.T) {
	deep := strings.Repeat("[", maxJSONDepth) + strings.Repeat("]", maxJSONDepth)
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
		r := textReader{}
		var b event.Batch
		v, ok := r.parseJSON(&b, []byte(in))
		got := ""
		if ok {
			got = string(v.Bytes(b.Arena))
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
	r := textReader{}
	if _, ok := r.parseJSON(new(event.Batch), []byte("["+deep+"]")); ok || r.fault != faultDepth {
		t.Errorf("too many levels: fault %v", r.fault)
	}
}

func FuzzJSONText(f *testing.F) {
	for _, text := range []string{`{"a": [1, 2.5, "x", null, true, {"k": {}}], "ä": "ü\ud83d"}`, `"base64:type15:AP8="`, `[1e10, -0.0, 12.50, 123456789012345678901234567890.5]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := textReader{}
		var b event.Batch
		v, ok := r.parseJSON(&b, text)
		if !ok {
			if len(b.Arena) > 0 {
				t.Fatal("an error leaves bytes")
			}
			return
		}
		out := v.Bytes(b.Arena)
		if utf8.Valid(text) && json.Valid(text) && !json.Valid(out) {
			t.Fatalf("not JSON: %q", out)
		}
		if len(out) > 400*len(text)+100 {
			t.Fatalf("%d bytes out of %d", len(out), len(text))
		}
	})
}
