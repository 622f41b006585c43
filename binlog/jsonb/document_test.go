package jsonb

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"unicode/utf8"
)

// documents are binary documents that MySQL wrote.
func documents(tb testing.TB) (docs [][]byte) {
	tb.Helper()
	text, err := os.ReadFile("testdata/documents.hex")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range bytes.FieldsSeq(text) {
		doc, err := hex.DecodeString(string(line))
		if err != nil {
			tb.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

// One printer prints them behind what is there, as valid JSON, and allocates nothing.
func TestDocuments(t *testing.T) {
	var p Printer
	for i, doc := range documents(t) {
		text, err := p.Append([]byte("before"), doc)
		if err != nil || !bytes.HasPrefix(text, []byte("before")) || !json.Valid(text[len("before"):]) {
			t.Errorf("document %d: %.100q, %v", i, text, err)
		}
		if n := testing.AllocsPerRun(10, func() { text, _ = p.Append(text[:0], doc) }); n > 0 {
			t.Errorf("document %d: %v allocations", i, n)
		}
		if _, err := p.Append(nil, doc[:len(doc)-1]); len(doc) > 1 && err == nil {
			t.Errorf("document %d: a byte less is no error", i)
		}
	}
	if _, err := new(Printer).Append(nil, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("no bytes: %v", err)
	}
}

func FuzzDocument(f *testing.F) {
	for _, doc := range documents(f) {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		text, err := new(Printer).Append(nil, doc)
		if len(text) > 400*len(doc)+100 {
			t.Fatalf("%d bytes out of %d", len(text), len(doc))
		}
		if err == nil && utf8.Valid(text) && !json.Valid(text) {
			t.Fatalf("not JSON: %q", text)
		}
	})
}
