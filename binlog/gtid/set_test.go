package gtid

import (
	"testing"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"pgregory.net/rapid"

	"cdc/binlog/flavor"
)

const (
	uuidA = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
	uuidB = "4e11fa47-71ca-11e1-9e33-c80aa9429562"
)

func mustSet(t *testing.T, fl flavor.Flavor, text string) *Set {
	t.Helper()
	s, err := ParseSet(fl, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetText(t *testing.T) {
	tests := []struct {
		fl       flavor.Flavor
		in, want string
	}{
		{flavor.MySQL, "", ""},
		{flavor.MySQL, uuidA + ":1", uuidA + ":1"},
		{flavor.MySQL, uuidA + ":1-5:7-7:9", uuidA + ":1-5:7:9"},
		{flavor.MySQL, uuidA + ":6:1-5", uuidA + ":1-6"},
		{flavor.MySQL, uuidB + ":1-2,\n" + uuidA + ":3", uuidA + ":3," + uuidB + ":1-2"},
		{flavor.MySQL, uuidA + ":1-3:Blue:5-6:red:1", uuidA + ":1-3:blue:5-6:red:1"},
		{flavor.MySQL, "3E11FA47-71CA-11E1-9E33-C80AA9429562:4", uuidA + ":4"},
		{flavor.MariaDB, "0-1-5", "0-1-5"},
		{flavor.MariaDB, "2-7-18446744073709551615,0-1-5", "0-1-5,2-7-18446744073709551615"},
		{flavor.MariaDB, "0-1-5,0-2-6", "0-2-6"},
		{flavor.MariaDB, "0-2-6,0-1-5", "0-2-6"}, // as Debezium may print it
	}
	for _, tt := range tests {
		if got := mustSet(t, tt.fl, tt.in).String(); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.fl, tt.in, got, tt.want)
		}
	}
}

func TestSetRefused(t *testing.T) {
	for fl, texts := range map[flavor.Flavor][]string{
		flavor.MySQL:   {"x", uuidA, uuidA + ":0", uuidA + ":5-1", uuidA + ":-", "zz" + uuidA[2:] + ":1", uuidA + ":1:"},
		flavor.MariaDB: {"0", "0-1", "0-1-x", "0-1-2-3", "-1-1-1", "4294967296-1-1"},
	} {
		for _, text := range texts {
			if s, err := ParseSet(fl, text); err == nil {
				t.Errorf("%s %q: no error, but %s", fl, text, s)
			}
		}
	}
}

func TestSetAlgebra(t *testing.T) {
	tests := []struct {
		fl         flavor.Flavor
		a, b, diff string
	}{
		{flavor.MySQL, uuidA + ":1-10", uuidA + ":3-4:8", uuidA + ":1-2:5-7:9-10"},
		{flavor.MySQL, uuidA + ":1-10", uuidB + ":1-10", uuidA + ":1-10"},
		{flavor.MySQL, uuidA + ":1-10", uuidA + ":1-20", ""},
		{flavor.MySQL, uuidA + ":1-10:tag:1-3", uuidA + ":1-10", uuidA + ":tag:1-3"},
		{flavor.MariaDB, "0-1-5,1-1-9", "0-2-7,1-1-8", "1-1-9"},
		{flavor.MariaDB, "0-1-5", "1-1-5", "0-1-5"},
	}
	for _, tt := range tests {
		a, b := mustSet(t, tt.fl, tt.a), mustSet(t, tt.fl, tt.b)
		if got := a.Minus(b).String(); got != tt.diff {
			t.Errorf("%q minus %q: got %q, want %q", tt.a, tt.b, got, tt.diff)
		}
		if got := b.Contains(a); got != (tt.diff == "") {
			t.Errorf("%q contains %q: %v", tt.b, tt.a, got)
		}
	}
}

// TestGTIDSetIsASet compares the intervals with a plain set of numbers.
func TestGTIDSetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Uint64Range(1, 60), 0, 80)
		build := func(list []uint64) (*Set, map[uint64]bool) {
			s, plain := NewSet(flavor.MySQL), map[uint64]bool{}
			for _, n := range list {
				s.Add(ID{Seq: n})
				plain[n] = true
			}
			return s, plain
		}
		a, plainA := build(numbers.Draw(t, "a"))
		b, plainB := build(numbers.Draw(t, "b"))
		diff := a.Minus(b)
		subset := true
		for n := uint64(1); n <= 60; n++ {
			if got, want := has(diff, n), plainA[n] && !plainB[n]; got != want {
				t.Fatalf("%d in %s minus %s = %s: %v", n, a, b, diff, got)
			}
			subset = subset && (!plainA[n] || plainB[n])
		}
		if b.Contains(a) != subset {
			t.Fatalf("%s contains %s: %v", b, a, !subset)
		}
		again, err := ParseSet(flavor.MySQL, a.String())
		if err != nil || again.String() != a.String() {
			t.Fatalf("%s reads as %s, %v", a, again, err)
		}
		if !a.Empty() { // the library must read the same
			lib, err := gomysql.ParseMysqlGTIDSet(a.String())
			if err != nil || lib.String() != a.String() {
				t.Fatalf("the library reads %s as %v, %v", a, lib, err)
			}
		}
	})
}

func has(s *Set, n uint64) bool {
	one := NewSet(flavor.MySQL)
	one.Add(ID{Seq: n})
	return s.Contains(one)
}

func FuzzSet(f *testing.F) {
	f.Add(uuidA+":1-5:tag:7", false)
	f.Add("0-1-5,1-2-3", true)
	f.Fuzz(func(t *testing.T, text string, maria bool) {
		fl := flavor.MySQL
		if maria {
			fl = flavor.MariaDB
		}
		s, err := ParseSet(fl, text)
		if err != nil {
			return
		}
		again, err := ParseSet(fl, s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q prints as %q, which reads as %v, %v", text, s, again, err)
		}
	})
}
