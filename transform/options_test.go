package transform

import (
	"slices"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

func columns(t *testing.T, patterns ...string) *event.Columns {
	t.Helper()
	c, err := event.ParseColumns(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSkippedOperations(t *testing.T) {
	s := ordersTable()
	b := cdctest.NewBatch().Insert(s, 1, "new", "1.00", "n").Truncate(s).Delete(s, 1, "new", "1.00", "n").Batch()
	for skip, want := range map[string][]string{
		"":   {"0c pre.shop.orders", "1t pre.shop.orders", "2d pre.shop.orders"},
		"t":  {"0c pre.shop.orders", "2d pre.shop.orders"},
		"cd": {"1t pre.shop.orders"},
	} {
		if got := outs(t, PassAll(Options{Prefix: "pre", Skip: skip}), b); !slices.Equal(got, want) {
			t.Errorf("skip %q: got %v, want %v", skip, got, want)
		}
	}
	if _, ok, err := PassAll(Options{Skip: "cudt"}).Select(s); err != nil || !ok {
		t.Errorf("rows of a snapshot are not wanted: %t, %v", ok, err)
	}
}

// TestSkippedHalves: in PostgreSQL a change of the key counts as two operations.
func TestSkippedHalves(t *testing.T) {
	s := pgOrdersTable()
	b := cdctest.NewBatch().Update(s, cdctest.Row{1, "a", "1.00", "n"}, cdctest.Row{2, "a", "1.00", "n"}).Batch()
	for skip, want := range map[string][3]bool{
		"t": {}, "d": {true, false, true}, "c": {false, true, true}, "cd": {true, true, true},
	} {
		for _, halves := range []bool{true, false} {
			b.Outs = b.Outs[:0]
			if err := PassAll(Options{Skip: skip, SkipHalves: halves}).Run(b); err != nil || len(b.Outs) != 1 {
				t.Fatalf("%d rows left, %v", len(b.Outs), err)
			}
			if !halves {
				want = [3]bool{}
			}
			if got := [3]bool{b.Outs[0].NoDelete, b.Outs[0].NoCreate, b.Outs[0].Alone}; got != want {
				t.Errorf("skip %q, halves %t: got %v, want %v", skip, halves, got, want)
			}
		}
	}
}

func TestDelimiter(t *testing.T) {
	o := Options{Prefix: "my-pre", Delimiter: "-"}
	if got := o.defaultTopic(ordersTable()); got != "my-pre-shop-orders" {
		t.Errorf("topic %q", got)
	}
}

func TestColumnLists(t *testing.T) {
	names := func(o Options) string {
		o.Prefix = "pre"
		b := cdctest.NewBatch().Insert(ordersTable(), 1, "new", "1.00", "n").Batch()
		if err := PassAll(o).Run(b); err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, c := range b.Outs[0].View.Columns {
			list = append(list, c.Name)
		}
		if len(b.Outs[0].View.Key) != 1 {
			t.Error("the key has lost its column")
		}
		return strings.Join(list, " ")
	}
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{}, "id status total note"},
		{Options{Include: columns(t, "shop.orders.status", "*.*.note")}, "status note"},
		{Options{Exclude: columns(t, "/shop\\.orders\\.(id|NOTE)/")}, "status total"},
		{Options{Exclude: columns(t, "shop.other.id")}, "id status total note"},
	} {
		if got := names(tt.o); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// TestColumnListsHoldForRules: a condition sees a column that doesn't leave, a
// list of fields can't name it.
func TestColumnListsHoldForRules(t *testing.T) {
	load := func(line string) *Program {
		text := "version: 1\nrules:\n  - name: r\n    tables: [shop.orders]\n    on: [insert]\n    " + line + "\n"
		p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{Prefix: "pre", Exclude: columns(t, "*.*.note")})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	b := cdctest.NewBatch().Insert(ordersTable(), 1, "new", "1.00", "n").Batch()
	if err := load(`when: after.note == "n"`).Run(b); err != nil || len(b.Outs) != 1 || b.Outs[0].View.Column("note") != nil {
		t.Errorf("%d rows left, %v", len(b.Outs), err)
	}
	err := load("fields: {n: note}").Check(ordersTable())
	if err == nil || !strings.Contains(err.Error(), `rules.yaml:6:17: column "note" of table shop.orders is left out by the pipeline's column lists`) {
		t.Errorf("got %v", err)
	}
}

func TestSkipUnchanged(t *testing.T) {
	s := ordersTable()
	row := func(values ...any) cdctest.Row { return values }
	for _, tt := range []struct {
		name          string
		o             Options
		before, after cdctest.Row
		want          int
	}{
		{"unchanged", Options{}, row(1, "a", "1.00", "n"), row(1, "a", "1.00", "n"), 0},
		{"changed", Options{}, row(1, "a", "1.00", "n"), row(1, "b", "1.00", "n"), 1},
		{"changed where nobody looks", Options{Exclude: columns(t, "*.*.note")}, row(1, "a", "1.00", "n"), row(1, "a", "1.00", "m"), 0},
		{"changed behind a mask", Options{Hidden: columns(t, "*.*.note")}, row(1, "a", "1.00", "n"), row(1, "a", "1.00", "m"), 0},
		{"no image before", Options{}, nil, row(1, "a", "1.00", "n"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.SkipUnchanged = true
			b := cdctest.NewBatch().Update(s, tt.before, tt.after).Batch()
			if err := PassAll(tt.o).Run(b); err != nil || len(b.Outs) != tt.want {
				t.Errorf("%d rows left, want %d: %v", len(b.Outs), tt.want, err)
			}
		})
	}
}

func TestOptionsKeepTheHash(t *testing.T) {
	plain := PassAll(Options{Prefix: "pre"}).Hash()
	if got := PassAll(Options{Prefix: "pre", Delimiter: "."}).Hash(); got != plain {
		t.Error("the default delimiter changes the hash")
	}
	for _, o := range []Options{{Delimiter: "-"}, {Skip: "t"}, {SkipUnchanged: true}, {Exclude: columns(t, "*.*.a")}} {
		if o.Prefix = "pre"; PassAll(o).Hash() == plain {
			t.Errorf("%+v doesn't change the hash", o)
		}
	}
}

func TestWarningOfASkippedOperation(t *testing.T) {
	text := "version: 1\nrules:\n  - {name: r, tables: [shop.orders], on: [insert, truncate]}\n"
	p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{Skip: "t"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `rules.yaml:3:42: rule "r" takes truncates, and the pipeline skips them (take "t" out of events.skipped_operations (its default is [t]; [none] skips nothing))`
	if w := p.Warnings("no_data"); len(w) != 1 || w[0].Error() != want {
		t.Errorf("got %v\nwant %s", w, want)
	}
}
