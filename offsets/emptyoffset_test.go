package offsets_test

import (
	"testing"

	"cdc/offsets"
)

// TestEmptyOffset: a document that says neither where to go on nor that a
// snapshot has begun would let the pipeline start from now on, past every change
// in between. It is damaged.
func TestEmptyOffset(t *testing.T) {
	for _, text := range []string{``, `{}`, `{"cdc":"{}"}`, `{"cdc":"{\"rules\":\"abc\"}"}`} {
		if o, err := offsets.Decode([]byte(text)); err == nil {
			t.Errorf("%q: got %+v, want an error", text, o)
		}
	}
	for _, text := range []string{`{"lsn":1}`, `{"cdc":"{\"snapshot\":\"{}\"}"}`, `{"cdc":"{\"start\":1}"}`} {
		if _, err := offsets.Decode([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
