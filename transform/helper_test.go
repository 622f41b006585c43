package transform

import (
	"fmt"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

func ordersTable() *event.Schema {
	return cdctest.Table("shop.orders",
		cdctest.Key("id", event.KindInt), cdctest.Col("status", event.KindString),
		cdctest.Col("total", event.KindDecimal), cdctest.Col("note", event.KindString))
}

func pgOrdersTable() *event.Schema {
	return cdctest.PostgresTable("shop.orders",
		cdctest.Key("id", event.KindInt), cdctest.Col("status", event.KindString),
		cdctest.Col("total", event.KindDecimal), cdctest.Col("note", event.KindString))
}

// parse makes a program of one rule file.
func parse(t testing.TB, text string) *Program {
	t.Helper()
	p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{Prefix: "pre"})
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return p
}

// ruled makes a program of one rule for shop.orders with more lines of YAML.
func ruled(t testing.TB, lines ...string) *Program {
	t.Helper()
	return parse(t, "version: 1\nrules:\n  - name: r\n    tables: [shop.orders]\n    "+strings.Join(lines, "\n    ")+"\n")
}

// outs prints what left: op and topic, shape and columns.
func outs(t *testing.T, p *Program, b *event.Batch) []string {
	t.Helper()
	b.Outs = b.Outs[:0]
	if err := p.Run(b); err != nil {
		t.Fatalf("Run: %v", err)
	}
	list := []string{}
	for _, o := range b.Outs {
		s := fmt.Sprintf("%d%c %s", o.Row, b.Rows[o.Row].Op, o.Target.Topic)
		if o.Target.Shape == event.ShapeRow {
			var cols []string
			for _, c := range o.View.Columns {
				cols = append(cols, fmt.Sprintf("%s=%d", c.Name, c.Ord))
			}
			s += " {" + strings.Join(cols, " ") + "}"
		}
		if o.NoDelete {
			s += " nodelete"
		}
		list = append(list, s)
	}
	return list
}
