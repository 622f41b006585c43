package expr

import (
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// What the log surely doesn't hold is found before a row is seen, but only where it
// is looked at.
func TestUnlogged(t *testing.T) {
	const mend = `ALTER TABLE "shop"."orders" REPLICA IDENTITY FULL`
	tests := []struct {
		old            event.OldRows
		text           string
		update, delete string // what the traps read; empty: none
	}{
		{event.OldKey, `changed("status")`, `changed("status")`, ""},
		{event.OldKey, `op == "c" || changed("status")`, `changed("status")`, ""},
		{event.OldKey, `op == "c" || changed("id") || before.id == 2`, "", ""},
		{event.OldKey, `old("status") == "x"`, `old("status")`, `old("status")`},
		{event.OldKey, `before.status == "x"`, "before.status", "before.status"},
		{event.OldKey, `op != "d" || before.status == "x"`, "", "before.status"},
		{event.OldKey, `is_delete() ? before.status == "x" : after.status == "x"`, "", "before.status"},
		{event.OldKey, `row.status == "x"`, "", "row.status"},
		{event.OldKey, `key.id == 2`, "", ""},
		{event.OldKey, `before == null`, "before", ""},
		{event.OldKey, `has(before.status)`, "before", "before.status"},
		{event.OldKey, `before.?status.orValue("x") == "x"`, "before.?status", "before.?status"},
		{event.OldKey, `coalesce(before.status, "x") == "x"`, "before.status", "before.status"},
		{event.OldKey, `after.status == "x" && value.before.note == "y"`, "before.note", "before.note"},
		{event.OldKey, `op in ["c", "r"] && before.note == "y"`, "", ""},
		{event.OldKey, `["a"].exists(x, x == before.note)`, "before.note", "before.note"},
		{event.OldNone, `changed("id")`, `changed("id")`, ""},
		{event.OldNone, `before.id == 1`, "before.id", "before.id"},
		{event.OldFull, `changed("status") && before.note == "x" && before != null`, "", ""},
		{event.OldUnknown, `changed("status")`, "", ""},
	}
	l := testLanguage(t)
	for _, tt := range tests {
		s := cdctest.KindsTable(true)
		s.Old = tt.old
		var rep rulefile.Report
		c := l.Check(rulefile.NewExpr("r.yaml", tt.text), testTable(s), &rep)
		if c == nil {
			t.Errorf("%s: %v", tt.text, rep.Err())
			continue
		}
		for op, want := range map[event.Op]string{event.OpUpdate: tt.update, event.OpDelete: tt.delete, event.OpCreate: "", event.OpRead: ""} {
			trap := c.Unlogged(op)
			switch {
			case trap == nil && want != "":
				t.Errorf("%s for %c: none, want %q", tt.text, op, want)
			case trap != nil && (trap.Read != want || trap.Image != "before" || trap.Mend != mend || trap.At.Line != 1):
				t.Errorf("%s for %c: %+v, want %q", tt.text, op, *trap, want)
			}
		}
	}
}

// Where the identity isn't the record key, the log has the identity.
func TestUnloggedKnowsTheIdentity(t *testing.T) {
	s := cdctest.KindsTable(true)
	s.Old, s.OldColumns = event.OldKey, []int{1}
	l := testLanguage(t)
	for text, want := range map[string]string{`before.status == "x"`: "", `before.id == 1`: "before.id", `key.id == 1`: "key.id", `changed("status")`: ""} {
		var rep rulefile.Report
		c := l.Check(rulefile.NewExpr("r.yaml", text), testTable(s), &rep)
		got := ""
		if trap := c.Unlogged(event.OpDelete); trap != nil {
			got = trap.Read
		}
		if got != want {
			t.Errorf("%s of a delete: %q, want %q", text, got, want)
		}
	}
	b := cdctest.NewBatch()
	b.Update(s, nil, wholeRow("x"))
	b.Delete(s, wholeRow("y")...).Last().Flags |= event.KeyOnly
	c := bindText(t, l, s, `before.status == "x"`)
	if yes, err := closed(t, c, s, b.Batch(), &b.Batch().Rows[0]); !yes || err != nil {
		t.Errorf("an identity that isn't in the log is that of the row after: %v, %v", yes, err)
	}
	if yes, err := closed(t, c, s, b.Batch(), &b.Batch().Rows[1]); yes || err != nil {
		t.Errorf("the identity of a delete: %v, %v", yes, err)
	}
}

func wholeRow(status string) cdctest.Row {
	return cdctest.Row{7, status, nil, uint64(5), 0.5, 2.5, "12.50", true, "raw", 1_700_000_000_123_456, 19_000, `{}`}
}

func TestImages(t *testing.T) {
	l, tab := testLanguage(t), testTable(cdctest.KindsTable(false))
	for text, want := range map[string][2]bool{
		`row.status == op && key.id == 1`: {}, `before.id == 1`: {true, false}, `value.after.id == 1`: {false, true},
		`changed("id")`: {true, true}, `old("id") == 1`: {true, false}, `before == null`: {true, false}, `has(after.id)`: {false, true},
		`coalesce(row.status, "x") == topic`: {}, `after.?id.hasValue()`: {false, true}, `source.table == "before"`: {},
	} {
		var rep rulefile.Report
		if c := l.Check(rulefile.NewExpr("r.yaml", text), tab, &rep); c != nil {
			if before, after := c.Images(); [2]bool{before, after} != want {
				t.Errorf("%s: %v, %v", text, before, after)
			}
		}
	}
}
