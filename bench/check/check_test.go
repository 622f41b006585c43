package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// perEvent is how many rows of the made-up topic share one event.
const perEvent = 3

// topic holds the changes of three keys, with 3, 2 and 4 versions, as they were
// committed.
func topic() []Record {
	changes := [][2]int{{1, 1}, {2, 1}, {3, 1}, {1, 2}, {3, 2}, {3, 3}, {2, 2}, {1, 3}, {3, 4}}
	records := make([]Record, len(changes))
	for i, c := range changes {
		records[i] = Record{Key: c[0], Version: c[1], At: uint64(100 + 10*(i/perEvent))}
	}
	return records
}

func reportOf(t *testing.T, records []Record) Report {
	t.Helper()
	c, err := New([]int{3, 2, 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		c.Add(r)
	}
	return c.Report()
}

func TestReport(t *testing.T) {
	all := topic()
	tests := []struct {
		name    string
		records []Record
		want    Report // but for its examples
	}{
		{"whole", all, Report{Records: 9}},
		{"lost row", without(all, 4), Report{Records: 8, Missing: 1, Disordered: 1}},
		{"lost last version", without(all, 8), Report{Records: 8, Missing: 1, WrongLast: 1}},
		{"lost key", without(all, 1, 6), Report{Records: 7, Missing: 2, WrongLast: 1}},
		{"nothing at all", nil, Report{Missing: 9, WrongLast: 3}},
		// Version 3 of key 3 before version 2: neither follows the one before.
		{"exchanged versions", exchanged(all, 4, 5), Report{Records: 9, Disordered: 2}},
		{"exchanged last versions", exchanged(all, 5, 8), Report{Records: 9, Disordered: 2, WrongLast: 1}},
		{"exchanged keys", exchanged(all, 0, 1), Report{Records: 9}},
		{"doubled row", slices.Insert(all, 5, all[4]), Report{Records: 10, Duplicates: 1}},
		{"doubled last row", append(topic(), all[8]), Report{Records: 10, Duplicates: 1}},
		// A re-delivery that stops short leaves an old version at the end.
		{"cut re-delivery", append(topic(), all[4], all[5]), Report{Records: 11, Duplicates: 2, WrongLast: 1}},
		{"whole re-delivery", append(topic(), all[3:]...), Report{Records: 15, Duplicates: 6}},
		{"row of nowhere", append(topic(), Record{Key: 7, Version: 1}), Report{Records: 10, Unknown: 1}},
		{"version of nowhere", append(topic(), Record{Key: 2, Version: 3}), Report{Records: 10, Unknown: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := reportOf(t, tt.records)
			wrong := got.Missing + got.Disordered + got.WrongLast + got.Unknown
			if got.OK() != (wrong == 0) || (len(got.Examples) > 0) != (wrong > 0) {
				t.Errorf("OK = %t with examples %q", got.OK(), got.Examples)
			}
			got.Examples = nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

func without(records []Record, indexes ...int) []Record {
	var kept []Record
	for i, r := range records {
		if !slices.Contains(indexes, i) {
			kept = append(kept, r)
		}
	}
	return kept
}

func exchanged(records []Record, i, j int) []Record {
	records = slices.Clone(records)
	records[i], records[j] = records[j], records[i]
	return records
}

func TestSince(t *testing.T) {
	tests := []struct {
		name string
		mark Mark
		want int
	}{
		{"before all", Mark{At: 1}, 9},
		{"between events", Mark{At: 110}, 6},
		{"after all", Mark{At: 1000}, 0},
		{"rows skipped", Mark{At: 110, Skip: 2}, 4},
		{"event skipped", Mark{At: 110, Skip: 1, Events: true}, 3},
		{"all skipped", Mark{At: 100, Skip: 3, Events: true}, 0},
		{"more skipped than there is", Mark{At: 110, Skip: 50}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := New([]int{3, 2, 4})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range append(topic(), topic()[2:]...) { // a repetition changes nothing
				c.Add(r)
			}
			if got := c.Since(tt.mark); got != tt.want {
				t.Errorf("Since(%+v) = %d, want %d", tt.mark, got, tt.want)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, value string
		want        Record
	}{
		{
			"binlog", `{"before":{"id":7,"k":2},"after":{"id":7,"k":3,"c":"x"},"source":{"file":"bin.000002","pos":4711,"row":5},"op":"u"}`,
			Record{Key: 7, Version: 3, At: 2<<40 | 4711},
		},
		{
			"write-ahead log", `{"before":null,"after":{"id":7,"k":1},"source":{"lsn":26710416,"sequence":"[\"1\",\"2\"]"},"op":"c"}`,
			Record{Key: 7, Version: 1, At: 26710416},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decode([]byte(tt.value))
			if err != nil || got != tt.want {
				t.Errorf("Decode = %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseMark(t *testing.T) {
	tests := []struct {
		name, text string
		want       Mark
	}{
		{
			"binlog", `{"file":"bin.000002","pos":197,"gtids":"a:1-5","cdc":"{\"server\":\"s\",\"skip\":2,\"inside\":\"a:6\"}"}`,
			Mark{At: 2<<40 | 197, Skip: 2, Events: true},
		},
		{"write-ahead log", `{"lsn_proc":9,"lsn":9,"cdc":"{\"start\":5,\"commit\":12,\"skip\":3}"}`, Mark{At: 5, Skip: 3}},
		{"Debezium's own", `{"lsn_proc":9,"lsn_commit":9,"lsn":9}`, Mark{At: 9}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseMark([]byte(tt.text))
			if err != nil || got != tt.want {
				t.Errorf("ParseMark = %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestWrongInput(t *testing.T) {
	tests := []struct {
		name string
		call func() error
		want string
	}{
		{"too many versions", func() error { _, err := New([]int{64}); return err }, "key 1 has version 64"},
		{"no event", func() error { _, err := Decode([]byte(`[]`)); return err }, "decode event"},
		{"delete", func() error { _, err := Decode([]byte(`{"after":null,"op":"d"}`)); return err }, `no "after"`},
		{"file without number", func() error { _, err := Decode([]byte(`{"after":{},"source":{"file":"x"}}`)); return err }, `"x"`},
		{"no offset", func() error { _, err := ParseMark(nil); return err }, "stored offset"},
		{"damaged field of ours", func() error { _, err := ParseMark([]byte(`{"lsn":5,"cdc":"{"}`)); return err }, "field cdc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.call(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}
