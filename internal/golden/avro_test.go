package golden

import (
	"encoding/hex"
	"testing"
)

func TestAvroText(t *testing.T) {
	const schema = `{"type":"record","name":"E","namespace":"n","fields":[
		{"name":"before","type":["null",{"type":"record","name":"V","fields":[{"name":"i","type":{"type":"int","connect.type":"int16"}},{"name":"s","type":["null","string"]}]}]},
		{"name":"after","type":["null","V"]},
		{"name":"l","type":{"type":"array","items":"double"}},
		{"name":"m","type":{"type":"map","values":"boolean"}},
		{"name":"b","type":{"type":"bytes","logicalType":"decimal"}},
		{"name":"f","type":{"type":"fixed","name":"F","size":2}},
		{"name":"e","type":{"type":"enum","name":"G","symbols":["x","y"]}}]}`
	// null; V{3, "ä"}; [1.5] in a block with its size; {"k": true}; 0x00ff; 0x0102; y
	body, err := hex.DecodeString("00" + "02" + "06" + "0204c3a4" + "0110000000000000f83f00" + "02026b0100" + "0400ff" + "0102" + "02")
	if err != nil {
		t.Fatal(err)
	}
	got, err := avroText(schema, body)
	const want = `{"before":null,"after":{"i":3,"s":"ä"},"l":[1.5],"m":{"k":true},"b":"00ff","f":"0102","e":"y"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	for n := range len(body) {
		if _, err := avroText(schema, body[:n]); err == nil {
			t.Errorf("the first %d bytes are taken", n)
		}
	}
	if _, err := avroText(schema, append(body, 0)); err == nil {
		t.Error("a byte too many is taken")
	}
}

func TestFramed(t *testing.T) {
	if id, body, ok := framed([]byte("\x00\x00\x00\x01\x02x")); !ok || id != 258 || string(body) != "x" {
		t.Errorf("got %d, %q, %t", id, body, ok)
	}
	for _, text := range []string{"", "\x01\x00\x00\x00\x00", "\x00\x00"} {
		if _, _, ok := framed([]byte(text)); ok {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestCanonical(t *testing.T) {
	got, err := canonical(`{ "b" : 1.0, "a" : [ {"d":1,"c":2} ] }`)
	if err != nil || got != `{"a":[{"c":2,"d":1}],"b":1.0}` {
		t.Errorf("got %s, %v", got, err)
	}
}
