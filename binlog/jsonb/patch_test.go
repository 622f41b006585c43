package jsonb

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"
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
func binaryString(s string) []byte { return append([]byte{typeString, byte(len(s))}, s...) }

// binaryArray is a small array of small integers.
func binaryArray(values ...int16) []byte {
	doc := binary.LittleEndian.AppendUint16([]byte{typeSmallArray}, uint16(len(values)))
	doc = binary.LittleEndian.AppendUint16(doc, uint16(4+3*len(values)))
	for _, v := range values {
		doc = binary.LittleEndian.AppendUint16(append(doc, typeInt16), uint16(v))
	}
	return doc
}

func TestPatch(t *testing.T) {
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
		{[]byte{typeSmallObject, 0, 0, 4, 0}, [][]byte{patchOf(patchInsert, `$."b b\u00e9"`, x...), patchOf(patchInsert, "$.é", x...), patchOf(patchInsert, "$.z", x...), patchOf(patchInsert, "$.a", x...)}, `{"a":"x","z":"x","é":"x","b bé":"x"}`},
		{[]byte{typeSmallObject, 0, 0, 4, 0}, [][]byte{patchOf(patchInsert, "$.a", x...), patchOf(patchInsert, "$.a", x...)}, ``},
		{[]byte{typeSmallObject, 0, 0, 4, 0}, [][]byte{patchOf(patchReplace, "$.a", x...)}, ``},
		{[]byte{}, [][]byte{patchOf(patchReplace, "$", x...)}, ``},
	}
	for i, tt := range tests {
		got, err := AppendPatched(nil, tt.before, slices.Concat(tt.patch...))
		if string(got) != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("test %d: got %q, want %q", i, got, tt.want)
		}
	}
}

func TestPatchDepth(t *testing.T) {
	before := binaryArray()
	var patch []byte
	path := "$"
	for range MaxDepth {
		patch = append(patch, patchOf(patchInsert, path+"[0]", binaryArray()...)...)
		path += "[0]"
		if len(path) > 240 {
			break
		}
	}
	if _, err := AppendPatched(nil, before, patch); err != nil {
		t.Errorf("a document of few levels: %v", err)
	}
	deep := node{typ: typeSmallArray, data: before[1:]}
	for range MaxDepth {
		deep = node{open: true, kids: []*node{{typ: deep.typ, data: deep.data, open: deep.open, kids: deep.kids}}}
	}
	p := printer{budget: 1 << 20}
	if p.node(&deep, 1) || !p.deep {
		t.Error("a document of too many levels is printed")
	}
}

func FuzzPatch(f *testing.F) {
	for _, doc := range documents(f) {
		f.Add(doc, patchOf(patchReplace, "$.a", binaryString("x")...))
		f.Add(doc, patchOf(patchInsert, `$."new key"`, binaryArray(1, 2)...))
		f.Add(doc, patchOf(patchRemove, "$[last]"))
	}
	f.Add(binaryArray(1, 2, 3), append(patchOf(patchInsert, "$[1]", binaryArray(7)...), patchOf(patchInsert, "$[1][0]", 4, 1)...))
	f.Fuzz(func(t *testing.T, before, patch []byte) {
		text, err := AppendPatched(nil, before, patch)
		if err != nil {
			return
		}
		if utf8.Valid(text) && !json.Valid(text) {
			t.Fatalf("not JSON: %q", text)
		}
		if len(text) > 400*(len(before)+len(patch))+100 {
			t.Fatalf("%d bytes out of %d", len(text), len(before)+len(patch))
		}
	})
}
