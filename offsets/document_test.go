package offsets_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cdc/event"
	"cdc/offsets"
)

// TestDocumentRoundTrip: whatever a source and the engine put in comes out, and
// the document is one that Kafka Connect takes: only primitive values.
func TestDocumentRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOffset(t)
		text, err := offsets.Encode(o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := offsets.Decode(text)
		if err != nil {
			t.Fatalf("decode %s: %v", text, err)
		}
		if diff := cmp.Diff(o, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("offset (-want +got):\n%s", diff)
		}
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		for name, v := range doc {
			switch v.(type) {
			case map[string]any, []any:
				t.Errorf("field %s is not primitive, so Connect would drop the offset", name)
			}
		}
	})
}

func drawOffset(t *rapid.T) event.Offset {
	o := event.Offset{Rules: rapid.StringMatching(`[0-9a-f]{0,16}`).Draw(t, "rules")}
	if rapid.Bool().Draw(t, "snapshot") {
		o.Snapshot = []byte(rapid.StringMatching(`\{"slot":"[a-z]+"\}`).Draw(t, "plan"))
	}
	if o.Snapshot != nil && !rapid.Bool().Draw(t, "position") {
		return o
	}
	pos := map[string]any{
		"lsn":  rapid.Int64().Draw(t, "lsn"),
		"file": rapid.String().Draw(t, "file"),
		"ok":   rapid.Bool().Draw(t, "ok"),
		"none": nil,
	}
	if rapid.Bool().Draw(t, "own") {
		inner, err := json.Marshal(map[string]any{"skip": rapid.Uint32Min(1).Draw(t, "skip"), "deep": []int{1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		pos["zz"], pos["cdc"] = "last but for cdc", string(inner)
	}
	text, err := marshalOwnLast(pos)
	if err != nil {
		t.Fatal(err)
	}
	o.Position = event.Position(text)
	return o
}

// marshalOwnLast prints an object with its field cdc at the end, where Encode
// puts it.
func marshalOwnLast(pos map[string]any) (string, error) {
	own, hasOwn := pos["cdc"]
	delete(pos, "cdc")
	text, err := json.Marshal(pos)
	if err != nil || !hasOwn {
		return string(text), err
	}
	tail, err := json.Marshal(own)
	return string(text[:len(text)-1]) + `,"cdc":` + string(tail) + "}", err
}

func TestDecodeWhatDebeziumStored(t *testing.T) {
	const stored = `{"transaction_id":null,"ts_sec":1767225600,"file":"binlog.000003","pos":154,"gtids":"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-23","row":1,"server_id":1,"event":2}`
	o, err := offsets.Decode([]byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	if o.Position != stored || o.Snapshot != nil {
		t.Errorf("got %+v", o)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"lsn":1,"cdc":"{\"skip\":1,\"crc32\":\"00000000\"}"}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"a":"\ud800"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := offsets.Decode(text)
		if err != nil {
			return
		}
		again, err := offsets.Encode(o)
		if err != nil {
			t.Fatalf("what was decoded can't be encoded: %v", err)
		}
		back, err := offsets.Decode(again)
		if err != nil {
			t.Fatalf("what was encoded can't be decoded: %v", err)
		}
		if diff := cmp.Diff(o, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}
