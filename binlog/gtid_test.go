package binlog

import (
	"math/rand/v2"
	"testing"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
	"pgregory.net/rapid"
)

const (
	uuidA = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
	uuidB = "4e11fa47-71ca-11e1-9e33-c80aa9429562"
)

func mustSet(t *testing.T, fl Flavor, text string) *gtidSet {
	t.Helper()
	s, err := parseGTIDSet(fl, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGTIDSetText(t *testing.T) {
	tests := []struct {
		fl       Flavor
		in, want string
	}{
		{MySQL, "", ""},
		{MySQL, uuidA + ":1", uuidA + ":1"},
		{MySQL, uuidA + ":1-5:7-7:9", uuidA + ":1-5:7:9"},
		{MySQL, uuidA + ":6:1-5", uuidA + ":1-6"},
		{MySQL, uuidB + ":1-2,\n" + uuidA + ":3", uuidA + ":3," + uuidB + ":1-2"},
		{MySQL, uuidA + ":1-3:Blue:5-6:red:1", uuidA + ":1-3:blue:5-6:red:1"},
		{MySQL, "3E11FA47-71CA-11E1-9E33-C80AA9429562:4", uuidA + ":4"},
		{MariaDB, "0-1-5", "0-1-5"},
		{MariaDB, "2-7-18446744073709551615,0-1-5", "0-1-5,2-7-18446744073709551615"},
		{MariaDB, "0-1-5,0-2-6", "0-2-6"},
		{MariaDB, "0-2-6,0-1-5", "0-2-6"}, // as Debezium may print it
	}
	for _, tt := range tests {
		if got := mustSet(t, tt.fl, tt.in).String(); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.fl, tt.in, got, tt.want)
		}
	}
}

func TestGTIDSetRefused(t *testing.T) {
	for fl, texts := range map[Flavor][]string{
		MySQL:   {"x", uuidA, uuidA + ":0", uuidA + ":5-1", uuidA + ":-", "zz" + uuidA[2:] + ":1", uuidA + ":1:"},
		MariaDB: {"0", "0-1", "0-1-x", "0-1-2-3", "-1-1-1", "4294967296-1-1"},
	} {
		for _, text := range texts {
			if s, err := parseGTIDSet(fl, text); err == nil {
				t.Errorf("%s %q: no error, but %s", fl, text, s)
			}
		}
	}
}

func TestGTIDSetAlgebra(t *testing.T) {
	tests := []struct {
		fl         Flavor
		a, b, diff string
	}{
		{MySQL, uuidA + ":1-10", uuidA + ":3-4:8", uuidA + ":1-2:5-7:9-10"},
		{MySQL, uuidA + ":1-10", uuidB + ":1-10", uuidA + ":1-10"},
		{MySQL, uuidA + ":1-10", uuidA + ":1-20", ""},
		{MySQL, uuidA + ":1-10:tag:1-3", uuidA + ":1-10", uuidA + ":tag:1-3"},
		{MariaDB, "0-1-5,1-1-9", "0-2-7,1-1-8", "1-1-9"},
		{MariaDB, "0-1-5", "1-1-5", "0-1-5"},
	}
	for _, tt := range tests {
		a, b := mustSet(t, tt.fl, tt.a), mustSet(t, tt.fl, tt.b)
		if got := a.minus(b).String(); got != tt.diff {
			t.Errorf("%q minus %q: got %q, want %q", tt.a, tt.b, got, tt.diff)
		}
		if got := b.contains(a); got != (tt.diff == "") {
			t.Errorf("%q contains %q: %v", tt.b, tt.a, got)
		}
	}
}

// TestGTIDSetIsASet compares the intervals with a plain set of numbers.
func TestGTIDSetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Uint64Range(1, 60), 0, 80)
		build := func(list []uint64) (*gtidSet, map[uint64]bool) {
			s, plain := newGTIDSet(MySQL), map[uint64]bool{}
			for _, n := range list {
				s.add(gtid{seq: n})
				plain[n] = true
			}
			return s, plain
		}
		a, plainA := build(numbers.Draw(t, "a"))
		b, plainB := build(numbers.Draw(t, "b"))
		diff := a.minus(b)
		subset := true
		for n := uint64(1); n <= 60; n++ {
			if got, want := has(diff, n), plainA[n] && !plainB[n]; got != want {
				t.Fatalf("%d in %s minus %s = %s: %v", n, a, b, diff, got)
			}
			subset = subset && (!plainA[n] || plainB[n])
		}
		if b.contains(a) != subset {
			t.Fatalf("%s contains %s: %v", b, a, !subset)
		}
		again, err := parseGTIDSet(MySQL, a.String())
		if err != nil || again.String() != a.String() {
			t.Fatalf("%s reads as %s, %v", a, again, err)
		}
		if !a.empty() { // the library must read the same
			lib, err := gomysql.ParseMysqlGTIDSet(a.String())
			if err != nil || lib.String() != a.String() {
				t.Fatalf("the library reads %s as %v, %v", a, lib, err)
			}
		}
	})
}

func has(s *gtidSet, n uint64) bool {
	one := newGTIDSet(MySQL)
	one.add(gtid{seq: n})
	return s.contains(one)
}

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
	if got.gtid.seq != uint64(lib.GNO) || got.gtid.source.tag != lib.Tag.String() || string(got.gtid.source.sid[:]) != string(lib.SID) || got.micros != int64(lib.OriginalCommitTimestamp) {
		t.Errorf("got %+v, the library %+v", got, lib)
	}
	for n := range body[:40] {
		if _, err := parseTaggedGTID(body[:n]); err == nil && n < 30 {
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
		if tx, err := parseTaggedGTID(body); err == nil && tx.gtid.seq == 0 {
			t.Error("a transaction without a number")
		}
	})
}

func FuzzGTIDSet(f *testing.F) {
	f.Add(uuidA+":1-5:tag:7", false)
	f.Add("0-1-5,1-2-3", true)
	f.Fuzz(func(t *testing.T, text string, maria bool) {
		fl := MySQL
		if maria {
			fl = MariaDB
		}
		s, err := parseGTIDSet(fl, text)
		if err != nil {
			return
		}
		again, err := parseGTIDSet(fl, s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q prints as %q, which reads as %v, %v", text, s, again, err)
		}
	})
}
