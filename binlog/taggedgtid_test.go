package binlog

import (
	"math/rand/v2"
	"testing"

	"github.com/go-mysql-org/go-mysql/replication"
)

// taggedEvent is the body of a tagged GTID event as MySQL 9.7 wrote it.
func TestTaggedGTID(t *testing.T) {
	body := taggedBody(t)
	got, err := parseTaggedGTID(body)
	if err != nil {
		t.Fatal(err)
	}
	var lib replication.GtidTaggedLogEvent
	if err := lib.Decode(body); err != nil {
		t.Fatal(err)
	}
	if got.gtid.Seq != uint64(lib.GNO) || got.gtid.Source.Tag != lib.Tag.String() || string(got.gtid.Source.SID[:]) != string(lib.SID) || got.micros != int64(lib.OriginalCommitTimestamp) {
		t.Errorf("got %+v, the library %+v", got, lib)
	}
	for n := range body[:40] {
		if _, err := parseTaggedGTID(body[:n]); err == nil && n < 26 { // the shortest that has a number
			t.Errorf("no error for %d bytes", n)
		}
	}
}

// taggedBody writes the fields of a tagged GTID event.
func taggedBody(t *testing.T) []byte {
	t.Helper()
	var b []byte
	unsigned := func(v uint64) {
		n := 1
		for n < 9 && v >= 1<<(7*n) {
			n++
		}
		if n == 9 {
			b = append(b, 0xff)
			for i := range 8 {
				b = append(b, byte(v>>(8*i)))
			}
			return
		}
		v = v<<n | (1<<(n-1) - 1)
		for i := range n {
			b = append(b, byte(v>>(8*i)))
		}
	}
	field := func(id uint64, write func()) {
		unsigned(id)
		write()
	}
	unsigned(1)
	unsigned(100)
	unsigned(0)
	field(0, func() { unsigned(1) })
	field(1, func() {
		for range 16 {
			unsigned(uint64(rand.IntN(256)))
		}
	})
	field(2, func() { unsigned(123456 << 1) })
	field(3, func() { unsigned(4); b = append(b, "blue"...) })
	field(4, func() { unsigned(7 << 1) })
	field(5, func() { unsigned(8 << 1) })
	field(6, func() { unsigned(1795630479252747) })
	field(8, func() { unsigned(300) })
	field(9, func() { unsigned(90704) })
	return b
}

func FuzzTaggedGTID(f *testing.F) {
	f.Add([]byte{2, 0, 0, 0, 2})
	f.Fuzz(func(t *testing.T, body []byte) {
		if tx, err := parseTaggedGTID(body); err == nil && tx.gtid.Seq == 0 {
			t.Error("a transaction without a number")
		}
	})
}
