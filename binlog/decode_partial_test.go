package binlog

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"

	"github.com/google/go-cmp/cmp"
)

// partialRows decodes the recording of rows that lack columns or hold parts of
// documents, and prints them.
func partialRows(t *testing.T, name string) (lines []string, d *decoder) {
	t.Helper()
	d = newDecoder(loadFixture(t, name), true)
	d.decoding.partialRows = true
	d.decodeAll(t)
	for i := range d.batch.Rows {
		r := &d.batch.Rows[i]
		line := r.Schema.Table + " " + string(r.Op)
		for _, at := range []int32{r.Before, r.After} {
			if at < 0 {
				continue
			}
			line += " |"
			for _, v := range d.batch.Image(at, r.Schema) {
				text := show(d.batch.Arena, v)
				if len(text) > 200 {
					text = text[:90] + "..." + text[len(text)-50:]
				}
				line += " " + text + ","
			}
		}
		lines = append(lines, line)
	}
	return lines, d
}

// A document that is logged as changes comes out whole: every row is before a
// change what it was after the one before, and in the end what the table holds.
func TestPatchedDocuments(t *testing.T) {
	_, d := partialRows(t, "mysql-partial")
	b := &d.batch
	last := map[string][]event.Value{}
	patches := 0
	for i := range b.Rows {
		r := &b.Rows[i]
		if r.Schema.Table != "patched" {
			continue
		}
		after := b.Image(r.After, r.Schema)
		if r.Before >= 0 && b.Image(r.Before, r.Schema)[1].Kind() != event.KindUnavailable {
			before := b.Image(r.Before, r.Schema)
			patches++
			for j, v := range last[show(b.Arena, before[0])] {
				if !v.Equal(b.Arena, before[j], b.Arena) {
					t.Errorf("row %d, column %d: %s after one change, %s before the next", i, j, show(b.Arena, v), show(b.Arena, before[j]))
				}
			}
		}
		if after[1].Kind() != event.KindUnavailable {
			last[show(b.Arena, after[0])] = after
		}
	}
	if patches != 11 {
		t.Errorf("%d changes", patches)
	}
	table := d.fixture.tables["patched"]
	s, err := schemaOf(&table.facts, MySQL)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table.rows {
		checkPatched(t, b, last, s, row)
	}
}

// checkPatched compares a row of the table with the last one of the log, but for
// what was changed without the documents in the log.
func checkPatched(t *testing.T, b *event.Batch, last map[string][]event.Value, s *event.Schema, row [][]byte) {
	t.Helper()
	var text event.Batch
	for j := range row {
		parse, err := new(decoding).compileText(s, &s.Columns[j], MySQL)
		if err != nil {
			t.Fatal(err)
		}
		v, err := parse(&text, row[j])
		if err != nil {
			t.Fatal(err)
		}
		logged := last["int "+string(row[0])][j]
		want, got := show(text.Arena, v), show(b.Arena, logged)
		if j == 1 {
			want = strings.Replace(want, `\"qty\":12`, `\"qty\":11`, 1)
		}
		if j != 2 && want != got {
			t.Errorf("column %d: %s in the table, %s in the log", j, want, got)
		}
	}
}

// Columns that an image lacks are unavailable, unless the image before the
// change has them.
func TestPartialImages(t *testing.T) {
	want := []string{
		`pictures c | int 1, text "a", text "text", int 1, bytes 00ff, unavailable,`,
		`pictures c | int 2, text "b", null, int 2, null, unavailable,`,
		`pictures u | int 1, unavailable, unavailable, unavailable, unavailable, unavailable, | int 1, unavailable, unavailable, int 11, unavailable, unavailable,`,
		`pictures u | int 2, unavailable, unavailable, unavailable, unavailable, unavailable, | int 2, unavailable, unavailable, int 12, unavailable, unavailable,`,
		`pictures u | int 1, unavailable, unavailable, unavailable, unavailable, unavailable, | int 3, unavailable, text "text again", unavailable, unavailable, unavailable,`,
		`pictures d | int 2, unavailable, unavailable, unavailable, unavailable, unavailable,`,
		`unkeyed c | int 1, text "x",`,
		`unkeyed u | int 1, text "x", | int 1, text "y",`,
		`pictures c | int 4, text "a", text "text", int 1, bytes 00ff, text "e",`,
		`pictures u | int 4, text "a", unavailable, int 1, unavailable, text "e", | int 4, text "a", unavailable, int 5, unavailable, text "e",`,
		`pictures u | int 4, text "a", unavailable, int 5, unavailable, text "e", | int 4, text "a", text "changed", int 5, unavailable, text "e",`,
		`pictures d | int 4, text "a", unavailable, int 5, unavailable, text "e",`,
	}
	noDuplicates := []string{
		`pictures c | int 5, text "a", text "text", int 1, null, text "e",`,
		`pictures u | int 5, text "a", text "text", int 1, null, text "e", | int 5, text "a", text "text", int 6, null, text "e",`,
	}
	for name, want := range map[string][]string{"mysql-partial": want, "mariadb-partial": append(want, noDuplicates...)} {
		lines, d := partialRows(t, name)
		for len(lines) > 0 && strings.HasPrefix(lines[0], "patched") {
			lines = lines[1:]
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		changed := 0
		for i := range d.batch.Rows {
			changed += int(d.batch.Rows[i].Flags & event.KeyChanged)
		}
		if wantChanged := strings.Count(name, "mysql") + 1; changed != wantChanged {
			t.Errorf("%s: %d changes of a key, want %d", name, changed, wantChanged)
		}
	}
}

// Rows are passed over whatever shape they have.
func TestSkipPartialRows(t *testing.T) {
	for _, name := range []string{"mysql-partial", "mariadb-partial"} {
		d := newDecoder(loadFixture(t, name), true)
		d.decoding.partialRows = true
		for _, e := range d.fixture.events {
			if e.typ == eventTableMap {
				if err := d.decode(e); err != nil {
					t.Fatal(err)
				}
				continue
			}
			kind, ok := rowsKindOf(e.typ)
			if !ok {
				continue
			}
			id, _, err := rowsTableID(e.body)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := d.maps[id].decodeRows(kind, e.body, 0, new(event.Batch), 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			var b event.Batch
			if n, err := d.maps[id].decodeRows(kind, e.body, 9, &b, 0, 0); n != rows || err != nil || !b.Empty() {
				t.Errorf("%d rows passed over, want %d: %v", n, rows, err)
			}
		}
	}
}

// A row that lacks a part of its record key has no place to go.
func TestPartialKey(t *testing.T) {
	d := newDecoder(loadFixture(t, "mysql-partial"), true)
	d.decoding.partialRows = true
	d.key = func(s *event.Schema) { s.Key = s.Columns[1:2] }
	var refused []error
	for _, e := range d.fixture.events {
		if err := d.decode(e); err != nil {
			refused = append(refused, err)
		}
	}
	if len(refused) == 0 {
		t.Fatal("no row was refused")
	}
	for _, err := range refused {
		if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), `which is part of the record key: not supported; the server or a session has binlog_row_image other than FULL: SET GLOBAL binlog_row_image=FULL, close the sessions`) {
			t.Errorf("got %v", err)
		}
	}
}
