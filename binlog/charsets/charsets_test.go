package charsets

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// The ranges of collations are in order, and every character set has a width.
func TestCollations(t *testing.T) {
	last := uint16(0)
	for _, r := range collationRanges() {
		if r.first <= last || r.last < r.first || MaxBytes(r.charset) == 0 {
			t.Errorf("range %+v after %d, width %d", r, last, MaxBytes(r.charset))
		}
		last = r.last
	}
	for id, want := range map[uint64]string{8: "latin1", 45: "utf8mb4", 63: "binary", 255: "utf8mb4", 1032: "latin1", 2304: "utf8mb4", 0: "", 100: "", 9999: ""} {
		if got := ByID(id); got != want {
			t.Errorf("collation %d: %q, want %q", id, got, want)
		}
	}
}

// allSets lists every character set.
func allSets() (list []string) {
	seen := map[string]bool{Binary: true}
	for _, r := range collationRanges() {
		if !seen[r.charset] {
			seen[r.charset] = true
			list = append(list, r.charset)
		}
	}
	return list
}

// Whatever the bytes are, the text is UTF-8 and no more than a few times as
// long; and it is whole when they are text.
func FuzzTranscoder(f *testing.F) {
	var d Tables
	sets := allSets()
	for i, name := range sets {
		if !Known(name) {
			f.Fatalf("character set %s isn't known", name)
		}
		f.Add([]byte("plain"), byte(i))
		f.Add([]byte{0x81, 0x30, 0x89, 0x38, 0x8f, 0xa2, 0xb7, 0xff, 0x80, 0xd8, 0x3d, 0xde, 0x00, 'x', 0x8e}, byte(i))
	}
	f.Fuzz(func(t *testing.T, src []byte, which byte) {
		transcoder := d.Transcoder(sets[int(which)%len(sets)])
		text, ok := transcoder.Append([]byte("before"), src)
		if !bytes.HasPrefix(text, []byte("before")) || !utf8.Valid(text) || len(text) > 6+3*len(src)+3 {
			t.Fatalf("%q out of %q", text, src)
		}
		if ok && bytes.ContainsRune(text, utf8.RuneError) && transcoder.high != nil {
			t.Fatalf("%q out of %q is called whole", text, src)
		}
	})
}
