package offsets_test

import (
	"testing"

	"cdc/event"
	"cdc/offsets"
)

// What can't come back as it was is refused.
func TestEncodeRefuses(t *testing.T) {
	for name, o := range map[string]event.Offset{
		"a name of ours":            {Position: `{"lsn":1,"cdc":"{\"snapshot\":\"mine\"}"}`},
		"a check sum":               {Position: `{"lsn":1,"cdc":"{\"crc32\":\"0\"}"}`},
		"a plan that is not text":   {Snapshot: []byte{0xff}},
		"a position that is a list": {Position: `[1]`},
		"a position that is nested": {Position: `{"a":{"b":1}}`},
		"a field that is an object": {Position: `{"cdc":{}}`},
		"a field that is no object": {Position: `{"cdc":"7"}`},
		"a field twice":             {Position: `{"lsn":1,"lsn":2}`},
	} {
		if text, err := offsets.Encode(o); err == nil {
			t.Errorf("%s: no error but %s", name, text)
		}
	}
}
