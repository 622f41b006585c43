package expr

import (
	"strings"
	"testing"

	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// What fails for a row is named by what failed, and by no value.
func TestFailuresNameTheFunction(t *testing.T) {
	lang, err := NewLanguage(Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := cdctest.KindsTable(false)
	b := cdctest.NewBatch().Insert(s, 7, "secret", nil, uint64(1), float32(1), 2.0, "12.50", true, []byte{0}, 1_700_000_000_000_000, 19_000, `{"a": "secret"}`).Batch()
	for text, want := range map[string]string{
		`int(after.status) > 1`:                          `"int()" can't take the value of this row`,
		`timestamp(after.status) > ts`:                   `"timestamp()" can't take the value of this row`,
		`json(after.doc).b == 1`:                         `a member isn't there (write .?name before the name, and .orValue(...) behind it)`,
		`json(after.doc).a + 1 == 2`:                     `"+" can't be applied to a NULL, or to a value of that type (convert it first, as string(...) does, or compare it with null)`,
		`after.status.split("e")[9] == "x"`:              `"[...]" was asked for a place that isn't there (compare with size() first)`,
		`after.status.charAt(99) == "x"`:                 `"charAt()" was asked for a place that isn't there (compare with size() first)`,
		`after.note.size() > 1 || after.id % 2 == 5`:     `a NULL (or a time outside of the years 1 to 9999) was used where a value is needed (compare the column with null first)`,
		`after.id / (after.id - 7) == 1`:                 `a division by zero`,
		`after.id * 9223372036854775807 == 1`:            `a number is too large`,
		`decimal(after.status) > 1`:                      `the text isn't a decimal number`,
		`base64.decode(after.status + "?") == b"secret"`: `"base64.decode()" can't take the value of this row`,
	} {
		var rep rulefile.Report
		table := &Table{Schema: s}
		c := lang.Check(rulefile.NewExpr("f.yaml", text), table, &rep)
		if c == nil {
			t.Errorf("%s: refused: %v", text, rep.Err())
			continue
		}
		when, _, _, _, err := c.Compile(table, b.Rows[0].Op)
		if err != nil {
			t.Fatal(err)
		}
		_, err = when(b, &b.Rows[0])
		if err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows a value", text)
		}
	}
}
