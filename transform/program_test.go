package transform

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/examples/rules"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

type row = cdctest.Row

// orderDay is a day in the life of some orders.
func orderDay(s *event.Schema) *event.Batch {
	return cdctest.NewBatch().
		Read(s, 1, "NEW", "1.00", nil).                                               // 0 from the snapshot
		Insert(s, 2, "NEW", "12.50", nil).                                            // 1
		Update(s, row{2, "NEW", "12.50", nil}, row{2, "NEW", "13.00", nil}).          // 2 other column
		Update(s, row{2, "NEW", "13.00", nil}, row{2, "paid", "13.00", nil}).         // 3
		Update(s, row{2, "paid", "13.00", nil}, row{2, "shipping", "13.00", nil}).    // 4
		Update(s, row{2, "shipping", "13.00", nil}, row{2, "shipping", "1.00", nil}). // 5
		Update(s, row{2, "shipping", "1.00", nil}, row{2, nil, "1.00", nil}).         // 6
		Update(s, row{2, nil, "1.00", nil}, row{3, nil, "1.00", nil}).                // 7 key change
		Delete(s, 3, nil, "1.00", nil).                                               // 8
		Truncate(s).                                                                  // 9
		Batch()
}

func TestShippedRules(t *testing.T) {
	tests := []struct {
		name string
		text []byte
		want []string
	}{
		{"any status change", rules.Orders, []string{
			"1c shop.orders.status {orderId=0 status=1} nodelete",
			"3u shop.orders.status {orderId=0 status=1} nodelete",
			"4u shop.orders.status {orderId=0 status=1} nodelete",
			"6u shop.orders.status {orderId=0 status=1} nodelete",
		}},
		{"change to shipping", rules.OrdersShipping, []string{
			"1c shop.orders.shipping {orderId=0 status=1} nodelete",
			"4u shop.orders.shipping {orderId=0 status=1} nodelete",
		}},
	}
	for _, tt := range tests {
		for _, s := range []*event.Schema{ordersTable(), pgOrdersTable()} {
			t.Run(tt.name+" "+s.Database, func(t *testing.T) {
				p := parse(t, string(tt.text))
				if diff := cmp.Diff(tt.want, outs(t, p, orderDay(s))); diff != "" {
					t.Error(diff)
				}
				want, ok, err := p.Select(s)
				if diff := cmp.Diff([]bool{true, true, false, false}, want); diff != "" || !ok || err != nil {
					t.Errorf("Select: %v %v %s", ok, err, diff)
				}
				customers := cdctest.Table("shop.customers", cdctest.Key("id", event.KindInt))
				b := cdctest.NewBatch().Insert(customers, 1).Batch()
				if diff := cmp.Diff([]string{"0c pre.shop.customers"}, outs(t, p, b)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// The line that orders.yaml offers for its second reading is the condition of
// orders-shipping.yaml.
func TestShippedReadingsAgree(t *testing.T) {
	active := "    when: " + conditionOf(t, rules.Orders)
	offered := "    # when: " + conditionOf(t, rules.OrdersShipping)
	text := string(rules.Orders)
	if strings.Count(text, active) != 1 || strings.Count(text, offered) != 1 {
		t.Errorf("orders.yaml has not both lines:\n%s\n%s", active, offered)
	}
}

func conditionOf(t *testing.T, text []byte) string {
	t.Helper()
	return parse(t, string(text)).rules[0].When.Text
}

func TestPassAll(t *testing.T) {
	p := PassAll(Options{Prefix: "pre"})
	s := ordersTable()
	got := outs(t, p, orderDay(s))
	if len(got) != 10 || got[0] != "0r pre.shop.orders" || got[9] != "9t pre.shop.orders" {
		t.Errorf("got %q", got)
	}
	if want, ok, err := p.Select(s); !ok || err != nil || len(want) != 4 || !want[3] {
		t.Errorf("Select: %v %v %v", want, ok, err)
	}
	loaded, err := Load(nil, Options{Prefix: "pre"})
	if err != nil || loaded.Hash() != p.Hash() {
		t.Errorf("no files: %v, hash %s, want %s", err, loaded.Hash(), p.Hash())
	}
}

func TestBehaviour(t *testing.T) {
	tests := []struct {
		name, rules string
		want        []string
	}{
		{"default on takes changes of rows", `
  - {name: a, tables: [shop.orders], topic: t}`, []string{"1c t", "2u t", "3u t", "4u t", "5u t", "6u t", "7u t", "8d t"}},
		{"first match wins", `
  - {name: a, tables: [shop.orders], on: insert, topic: a}
  - {name: b, tables: ["shop.*"], on: [insert, delete], topic: b}`, []string{"1c a nodelete", "8d b"}},
		{"otherwise pass", `
  - {name: a, tables: [shop.orders], on: [update], when: changed("status"), topic: a, otherwise: pass}`, []string{
			"0r pre.shop.orders", "1c pre.shop.orders", "2u pre.shop.orders", "3u a nodelete", "4u a nodelete", "5u pre.shop.orders",
			"6u a nodelete", "7u pre.shop.orders", "8d pre.shop.orders", "9t pre.shop.orders",
		}},
		{"only the last otherwise counts", `
  - {name: a, tables: [shop.orders], on: [insert], topic: a, otherwise: pass}
  - {name: b, tables: [shop.orders], on: [delete], topic: b, otherwise: drop}`, []string{"1c a nodelete", "8d b"}},
		{"snapshot and truncate", `
  - {name: a, tables: [shop.orders], on: [snapshot, truncate]}`, []string{"0r pre.shop.orders nodelete", "9t pre.shop.orders nodelete"}},
		{"row", `
  - {name: a, tables: [shop.orders], on: [insert, delete], emit: row}`, []string{
			"1c pre.shop.orders {id=0 status=1 total=2 note=3}", "8d pre.shop.orders {id=0 status=1 total=2 note=3}",
		}},
		{"a condition that no delete meets takes no deletes", `
  - {name: a, tables: [shop.orders], when: op == "u" && after.id == 3, topic: a}`, []string{"7u a nodelete"}},
		{"other table only", `
  - {name: a, tables: ["shop.*", "!shop.orders"]}`, []string{
			"0r pre.shop.orders", "1c pre.shop.orders", "2u pre.shop.orders", "3u pre.shop.orders", "4u pre.shop.orders",
			"5u pre.shop.orders", "6u pre.shop.orders", "7u pre.shop.orders", "8d pre.shop.orders", "9t pre.shop.orders",
		}},
		{"default drop", `
  - {name: a, tables: ["shop.*", "!shop.orders"]}
default: drop`, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, "version: 1\nrules:"+tt.rules)
			if diff := cmp.Diff(tt.want, outs(t, p, orderDay(ordersTable()))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSelect(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string // the columns
	}{
		{"fields, key and condition", []string{"fields: {s: status}", "when: op == 'c' || changed('note')"}, "id status note"},
		{"old in CEL", []string{"fields: {i: id}", "when: old('status') in ['a'] || size('x') == 2"}, "id status"},
		{"envelope", []string{"on: insert"}, "id status total note"},
		{"nothing", []string{"on: insert", "when: op == 'u'"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ordersTable()
			want, ok, err := ruled(t, tt.lines...).Select(s)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, w := range want {
				if w {
					got = append(got, s.Columns[i].Name)
				}
			}
			if g := strings.Join(got, " "); g != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q %v, want %q", g, ok, tt.want)
			}
		})
	}
}

func TestDeleteWithoutKeyIsSilentAsRow(t *testing.T) {
	s := cdctest.Table("shop.log", cdctest.Col("text", event.KindString))
	p := parse(t, "version: 1\nrules: [{name: a, tables: [shop.log], emit: row}]")
	b := cdctest.NewBatch().Insert(s, "a").Delete(s, "a").Batch()
	if diff := cmp.Diff([]string{"0c pre.shop.log {text=0}"}, outs(t, p, b)); diff != "" {
		t.Error(diff)
	}
}

func TestTargetsAreInterned(t *testing.T) {
	p := ruled(t, "topic: a")
	b := cdctest.NewBatch().Insert(ordersTable(), 1, "a", nil, nil).Insert(pgOrdersTable(), 1, "a", nil, nil).Batch()
	if err := p.Run(b); err != nil {
		t.Fatal(err)
	}
	if b.Outs[0].Target != b.Outs[1].Target {
		t.Error("the same topic and shape are two targets")
	}
}

func TestHashIsThatOfTheMeaning(t *testing.T) {
	base := ruled(t, "when: op == 'c'").Hash()
	same := parse(t, "# a comment\nrules:\n- when: op == 'c'\n  tables: [shop.orders]\n  name: r\n\ndefault: pass\nversion: 1\n").Hash()
	if base != same {
		t.Errorf("comments and order of keys change the hash: %s, %s", base, same)
	}
	for _, lines := range [][]string{{"when: op == 'd'"}, {"when: op == 'c'", "on: insert"}, {"when: op == 'c'", "topic: x"}, {"when: op == 'c'", "otherwise: pass"}} {
		if ruled(t, lines...).Hash() == base {
			t.Errorf("%q doesn't change the hash", lines)
		}
	}
}

func TestRunNamesThePlace(t *testing.T) {
	tests := []struct {
		name string
		s    *event.Schema
		when string
		b    func(n *cdctest.Builder, s *event.Schema)
		want string
	}{
		{
			"old row not logged", pgOrdersTable(), `op == "c" || changed("status")`,
			func(n *cdctest.Builder, s *event.Schema) { n.Update(s, nil, row{1, "x", nil, nil}) },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), LSN 0/64: changed("status") isn't in the log: the server writes only the key of the old row (ALTER TABLE "shop"."orders" REPLICA IDENTITY FULL)`,
		},
		{
			"only the key of a delete", pgOrdersTable(), `op != "d" || before.status == "x"`,
			func(n *cdctest.Builder, s *event.Schema) {
				n.Delete(s, 1, nil, nil, nil).Last().Flags |= event.KeyOnly
			},
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), LSN 0/64: before.status isn't in the log: the server writes only the key of the old row (ALTER TABLE "shop"."orders" REPLICA IDENTITY FULL)`,
		},
		{
			"before == null without an old row", pgOrdersTable(), `before == null`,
			func(n *cdctest.Builder, s *event.Schema) { n.Update(s, nil, row{1, "x", nil, nil}) },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), LSN 0/64: before isn't in the log: the server writes only the key of the old row (ALTER TABLE "shop"."orders" REPLICA IDENTITY FULL)`,
		},
		{
			"unchanged TOAST", pgOrdersTable(), `op == "d" || after.note == "x"`,
			func(n *cdctest.Builder, s *event.Schema) {
				n.Update(s, row{1, "x", nil, "y"}, row{1, "x", nil, event.Unavailable})
			},
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), LSN 0/64: after.note isn't in the log: the value is stored out of line and this change left it alone (ALTER TABLE "shop"."orders" REPLICA IDENTITY FULL, or test changed("column") first)`,
		},
		{
			"NULL is neither less nor greater", ordersTable(), `op == "d" || after.total > 10`,
			func(n *cdctest.Builder, s *event.Schema) { n.Insert(s, 1, "x", nil, nil) },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), binlog.000001:100: after.total is NULL, which is neither less nor greater (compare it with null first)`,
		},
		{
			"NULL in the interpreter", ordersTable(), `op == "d" || after.note.startsWith("x")`,
			func(n *cdctest.Builder, s *event.Schema) { n.Insert(s, 1, "x", nil, nil) },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), binlog.000001:100: after.note is NULL, which is no text (compare it with null first)`,
		},
		{
			"conversion shows no value", ordersTable(), `op == "d" || int(after.note) > 1`,
			func(n *cdctest.Builder, s *event.Schema) { n.Insert(s, 1, "x", nil, "secret") },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), binlog.000001:100: "int()" can't take the value of this row`,
		},
		{
			"division", ordersTable(), `op == "d" || 1 / after.id == 1`,
			func(n *cdctest.Builder, s *event.Schema) { n.Insert(s, 0, "x", nil, "secret") },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), binlog.000001:100: a division by zero`,
		},
		{
			"snapshot", ordersTable(), `op == "d" || after.total > 10`,
			func(n *cdctest.Builder, s *event.Schema) { n.Read(s, 1, "x", nil, nil) },
			`rule "r" (rules.yaml:5:11): table shop.orders, key (id), snapshot: after.total is NULL, which is neither less nor greater (compare it with null first)`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := cdctest.NewBatch()
			tt.b(n, tt.s)
			b := n.Batch()
			if tt.s.Namespace != "" {
				b.Txs[0].File = ""
			}
			err := ruled(t, "when: "+tt.when, "on: [insert, update, delete, snapshot]").Run(b)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if !errors.Is(err, event.ErrConfig) {
				t.Error("the error isn't permanent")
			}
		})
	}
}

func TestUnknownOperation(t *testing.T) {
	b := cdctest.NewBatch().Insert(ordersTable(), 1, "x", nil, nil).Batch()
	b.Rows[0].Op = 'x'
	if err := PassAll(Options{}).Run(b); !errors.Is(err, event.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	s := ordersTable()
	for _, when := range []string{
		`op == "c" || changed("status")`,
		`op != "d" && op != "r" && op != "t" && (after.status in ["a", "b"] || after.total > 100 || after.id == 7 || before == null)`,
	} {
		p := ruled(t, "when: "+when, "on: [insert, update]")
		b := orderDay(s)
		if err := p.Run(b); err != nil {
			t.Fatal(err)
		}
		allocs := testing.AllocsPerRun(100, func() {
			b.Outs = b.Outs[:0]
			if err := p.Run(b); err != nil {
				t.Error(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations a batch, want 0", when, allocs)
		}
	}
}

func TestLoadReadsFiles(t *testing.T) {
	name := t.TempDir() + "/r.yaml"
	if err := os.WriteFile(name, rules.Orders, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load([]string{name}, Options{}); err != nil {
		t.Error(err)
	}
	_, err := Load([]string{"/does/not/exist.yaml"}, Options{})
	if want := "/does/not/exist.yaml: read the rule file: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTopics(t *testing.T) {
	tests := []struct{ prefix, name, want string }{
		{"pre", "shop.orders", "pre.shop.orders"},
		{"", "shop.orders", "shop.orders"},
		{"pre", "shop.naïve table", "pre.shop.na_ve_table"},
		{"pre", "shop.a😀b", "pre.shop.a__b"},
		{"", "shop." + strings.Repeat("x", 300), "shop." + strings.Repeat("x", 244)},
	}
	for _, tt := range tests {
		s := cdctest.Table(tt.name, cdctest.Key("id", event.KindInt))
		if got := (Options{Prefix: tt.prefix}).defaultTopic(s); got != tt.want {
			t.Errorf("%q %q: got %q, want %q", tt.prefix, tt.name, got, tt.want)
		}
	}
	if got := rulefile.SanitizeTopic(".."); got != "__" {
		t.Errorf(`SanitizeTopic(".."): %q`, got)
	}
}
