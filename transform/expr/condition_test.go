package expr

import (
	"math"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// Numbers beside a column mean what they say, whatever the column's type.
func TestNumbersTakeTheColumnsType(t *testing.T) {
	s := cdctest.KindsTable(false)
	lang := testLanguage(t)
	tests := []struct {
		text string
		want bool
	}{
		{"after.u == 5", false},
		{"after.u == 18446744073709551615u", true},
		{"after.u > -1", true},
		{"after.u >= 9223372036854775808u", true},
		{"after.u in [1, 18446744073709551615u]", true},
		{"after.id == 7.0", true},
		{"after.id > 6.5", true},
		{"after.f == 0.1", true},
		{"after.f > 0.1", false},
		{"after.g == 2", true},
		{"2 == after.g", true},
		{`after.total == decimal("12.500")`, true},
		{`after.total < decimal("12.500000000000000000001")`, true},
		{"after.total > 12", true},
		{`after.total in [1, decimal("12.50")]`, true},
		{"after.total > after.id", true},
		{"after.id + 5 != after.total", true},
		{"after.id < after.total && after.total != after.u", true},
		{`after.total == decimal("12.5")`, true},
		{"after.total == decimal(after.id)", false},
		{"after.total > decimal(after.id)", true},
		{`after.at == timestamp("2023-11-14T22:13:20Z")`, true},
		{`after.day < timestamp("2023-11-14T22:13:20Z")`, true},
		{`after.at.getFullYear() == 2023`, true},
		{`after.raw == b"\x00\xff"`, true},
		{`after["doc"] == "{}"`, true},
		{`source.table == "orders" && source.db == "shop" && source.schema == ""`, true},
	}
	b := cdctest.NewBatch().Insert(s, 7, "x", nil, uint64(math.MaxUint64), float32(0.1), 2.0, "12.50", true,
		[]byte{0, 255}, 1_700_000_000_000_000, 19_000, "{}").Batch()
	for _, tt := range tests {
		c := bindText(t, lang, s, tt.text)
		if c == nil {
			t.Errorf("%s: refused", tt.text)
			continue
		}
		if got, err := closed(t, c, s, b, &b.Rows[0]); got != tt.want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

// An expression that is compiled for another table than it was checked for is an
// error, whatever it reads.
func TestCompiledForAnotherTable(t *testing.T) {
	l := testLanguage(t)
	was := testTable(cdctest.Table("shop.orders", cdctest.Key("id", event.KindInt), cdctest.Col("flag", event.KindBool)))
	is := testTable(cdctest.Table("shop.orders", cdctest.Key("nr", event.KindInt)))
	for _, text := range []string{`row.flag`, `key.id == 1`, `changed("flag")`, `old("flag") == null`, `row.?flag.orValue(true)`, `coalesce(row.flag, true)`, `[row.id].exists(i, i > 0)`} {
		var rep rulefile.Report
		e := rulefile.NewExpr("r.yaml", text)
		cond, value := l.Check(e, was, &rep), l.CheckValue(e, was, &rep)
		if cond == nil || value == nil {
			t.Fatalf("%s: %v", text, rep.Err())
		}
		if _, _, _, _, err := cond.Compile(is, event.OpUpdate); err == nil || !strings.Contains(err.Error(), "(internal error)") {
			t.Errorf("%s as a condition: %v", text, err)
		}
		if _, _, err := value.Compile(is, event.OpUpdate); err == nil || !strings.Contains(err.Error(), "(internal error)") {
			t.Errorf("%s as a value: %v", text, err)
		}
	}
}
