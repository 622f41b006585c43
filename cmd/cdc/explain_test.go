package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const explainRules = `version: 1
rules:
  - name: orders
    tables: [shop.orders]
    on: [insert, update, delete]
    when: op != "u" || changed("status")
    hash: {email: {algorithm: sha256}}
    computed: {label: '"order " + string(row.id)'}
    fields: {orderId: id, who: {mail: email}, label: label}
    topic: "orders.${row.status}"
test_tables:
  shop.orders: {id: bigint primary key, status: varchar(20), email: varchar(100), note: text}
`

func TestExplainCommand(t *testing.T) {
	cdc := offline(t, map[string]string{
		"rules.yaml": explainRules, "typo.yaml": strings.Replace(explainRules, "mail: email", "mail: emial", 1),
		"tables.json": tablesOf("mysql", `"database":"shop","table":"orders"`, "id int", "status string", "email string"),
	})
	for _, w := range []want{
		{[]string{"explain", "@rules.yaml", "--table", "shop.orders"}, exitOK, "  decoded: id, status, email\n  skipped: note\n", ""},
		{[]string{"explain", "@rules.yaml", "--table", "shop.orders", "--tables", "@tables.json"}, exitOK, "  skipped: none\n", ""},
		{[]string{"explain", "@rules.yaml", "--table", "shop.orders", "--tables", "@tables.json"}, exitOK, "  snapshot, truncate: not taken: not in \"on\"\n", ""},
		{[]string{"explain", "@rules.yaml", "--table", "shop.orders"}, exitOK, "condition by closure, reads status\n    row, new key -> orders.${row.status}: row\n", ""},
		{[]string{"explain", "@rules.yaml", "--table", "shop.orders"}, exitOK, "who {mail (column email, ", ""},
		{[]string{"explain", "@rules.yaml", "--table", "shop.ordres"}, exitConfig, "", `table shop.ordres: nothing describes the table: did you mean "shop.orders"?; give it with --tables`},
		{[]string{"explain", "@typo.yaml", "--table", "shop.orders"}, exitConfig, "", "emial"},
		{[]string{"explain", "@rules.yaml"}, exitUsage, "", "--table is missing; see cdc explain --help"},
		{[]string{"explain", "@rules.yaml", "--table", "shop.orders", "--online"}, exitUsage, "", "--online without --config"},
		{[]string{"explain", "--table", "shop.orders"}, exitUsage, "", "name a rule file"},
	} {
		check(t, cdc, "", w)
	}
	got := cdc("", "explain", "@rules.yaml", "--table", "shop.orders", "--json")
	var e explanation
	if err := json.Unmarshal([]byte(got.out), &e); err != nil || len(e.Rules) != 1 || len(e.Rules[0].Operations) != 5 || e.Rules[0].Operations[0].Records[0].Fields[0].From != "id" {
		t.Errorf("got %+v, %v", got, err)
	}
}
