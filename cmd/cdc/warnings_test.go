package main

import (
	"strings"
	"testing"
)

const odd = `version: 1
rules:
  - {name: a, tables: [shop.orders], topic: PREFIX.shop.items}
  - {name: b, tables: [shop.items], on: [insert, update, delete, snapshot]}
  - {name: c, tables: [shop.orders], topic: x}
  - {name: d, tables: [nosuch.t], on: [snapshot]}
tests:
  - name: a new order
    input: {table: shop.orders, op: c, after: {id: 1}}
    expect: [{topic: PREFIX.shop.items}]
`

const (
	oddTaken  = `rules.yaml:3:45: rule "a" writes to topic "PREFIX.shop.items", which is that of table shop.items`
	oddReach  = `rules.yaml:5:12: rule "c" takes no row, since rule "a" takes them all`
	oddTables = `rules.yaml:6:23: rule "d" takes no row: the pipeline captures no table of nosuch.t`
)

// What validate warns of, test and explain warn of too; their exit codes are what they
// would be.
func TestWarningsOfEveryCommand(t *testing.T) {
	files := failing(t, "json")
	prefixed := func(prefix, text string) string { return strings.ReplaceAll(text, "PREFIX", prefix) }
	files["rules.yaml"], files["alone/rules.yaml"] = prefixed("one", odd), prefixed("cdc", odd)
	alone := offline(t, map[string]string{"rules.yaml": files["alone/rules.yaml"]})
	delete(files, "alone/rules.yaml")
	files["tables.json"] = tablesOf("postgresql", `"database":"d","schema":"shop","table":"orders"`, "id int")
	cdc := offline(t, files)
	for _, tt := range []struct {
		cdc    func(string, ...string) outcome
		prefix string
		args   []string
		want   []string
	}{
		{cdc, "one", []string{"validate", "-c", "@cdc.yaml"}, []string{oddTaken, oddReach}},
		{cdc, "one", []string{"validate", "-c", "@cdc.yaml", "--tables", "@tables.json"}, []string{oddTaken, oddReach, oddTables}},
		{cdc, "one", []string{"test", "-c", "@cdc.yaml"}, []string{oddTaken, oddReach}},
		{cdc, "one", []string{"explain", "-c", "@cdc.yaml", "--table", "shop.orders"}, []string{oddTaken, oddReach}},
		{alone, "cdc", []string{"test", "@rules.yaml"}, []string{oddTaken, oddReach}},
		{alone, "cdc", []string{"explain", "@rules.yaml", "--table", "shop.orders"}, []string{oddTaken, oddReach}},
	} {
		got := tt.cdc("", tt.args...)
		if got.code != exitOK || strings.Contains(got.stderr, oddTables) != (len(tt.want) == 3) {
			t.Errorf("%v: %+v", tt.args, got)
		}
		for _, w := range tt.want {
			if n := strings.Count(got.stderr, "warning: "+prefixed(tt.prefix, w)); n != 1 {
				t.Errorf("%v: %d times %s\n%s", tt.args, n, w, got.stderr)
			}
		}
	}
}

// A mask that can't hide its column is found by a dump as by a server.
func TestValidateTablesFindsMasksThatHideNothing(t *testing.T) {
	files := failing(t, "json")
	files["cdc.yaml"] = strings.Replace(files["cdc.yaml"], "    offsets:\n", "    events: {column_mask_with_chars: {3: [shop.orders.doc]}, column_include_list: [shop.orders.id, shop.orders.no]}\n    offsets:\n", 1)
	files["tables.json"] = tablesOf("postgresql", `"database":"d","schema":"shop","table":"orders"`, "id int", "doc json")
	cdc := offline(t, files)
	check(t, cdc, "", want{
		[]string{"validate", "-c", "@cdc.yaml", "--tables", "@tables.json"},
		exitConfig,
		"fail  one  events.column_mask_with_chars.3[0]: column shop.orders.doc has type", "warning: ",
	})
	files["cdc.yaml"] = strings.Replace(files["cdc.yaml"], "column_mask_with_chars: {3: [shop.orders.doc]}, ", "", 1)
	check(t, offline(t, files), "", want{
		[]string{"validate", "-c", "@cdc.yaml", "--tables", "@tables.json"},
		exitOK,
		`warn  one  events.column_include_list[1]: "shop.orders.no" matches no column of a captured table`, "warning: ",
	})
}

// Rules that are loaded anew are compared with the tables that are captured.
func TestReloadWarnsOfTables(t *testing.T) {
	r := newReloadRig(t, ordersRule)
	told := func() int { return r.logs.FilterMessageSnippet("may not do what is meant").Len() }
	if _, err := r.attempt(t, strings.ReplaceAll(ordersRule, "shop.orders", "shop.order")); err != nil || told() != 1 {
		t.Errorf("%d warnings, error %v", told(), err)
	}
	if _, err := r.attempt(t, strings.Replace(ordersRule, "orderId", "order", 1)); err != nil || told() != 1 {
		t.Errorf("%d warnings, error %v", told(), err)
	}
}
