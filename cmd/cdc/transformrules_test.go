package main

import (
	"strings"
	"testing"
)

const eventWithSchema = `{"schema":{"type":"struct","fields":[{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"},{"type":"string","optional":true,"field":"status"},` +
	`{"type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2","connect.decimal.precision":"10"},"field":"total"}],"optional":true,"field":"before"},` +
	`{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"},{"type":"string","optional":true,"field":"status"},` +
	`{"type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2","connect.decimal.precision":"10"},"field":"total"}],"optional":true,"field":"after"}]},` +
	`"payload":{"before":null,"after":{"id":5,"status":"NEW","total":"BOI="},"source":{"version":"3.6.1.Final","connector":"postgresql","name":"pg","ts_ms":1767225600000,"db":"app","schema":"shop","table":"orders","lsn":100},"op":"c","ts_ms":1767225600001}}`

func TestTransformCommand(t *testing.T) {
	cdc := offline(t, map[string]string{
		"rules.yaml": rulesWithTests("NEW"), "typo.yaml": "version: 1\nruels: []\n", "pass.yaml": "version: 1\nrules: []\n",
		"total.yaml": "version: 1\nrules:\n  - name: large\n    tables: [shop.orders]\n    when: op != \"d\" && after.total > 10\n    emit: row\n",
	})
	const record = `{"topic":"orders.status","key":{"id":1},"value":{"orderId":1,"status":"NEW"}}` + "\n"
	for stdin, w := range map[string]want{
		"insert shop.orders {id: 1, status: NEW}":                {[]string{"transform", "@rules.yaml"}, exitOK, record, ""},
		"INSERT INTO shop.orders (id, status) VALUES (1, 'NEW')": {[]string{"transform", "@rules.yaml"}, exitOK, record, ""},
		"delete shop.orders {id: 1, status: null}":               {[]string{"transform", "@rules.yaml"}, exitOK, `{"topic":"orders.status","key":{"id":1},"value":null}`, ""},
		"":                              {[]string{"transform", "@rules.yaml"}, exitOK, "", ""},
		"truncate shop.orders":          {[]string{"transform", "@rules.yaml"}, exitConfig, "", `rules.yaml:5:23: table shop.orders has no column "id"`},
		"insert shop.customers {id: 1}": {[]string{"transform", "@pass.yaml", "--topic-prefix", "x"}, exitOK, `{"topic":"x.shop.customers","key":{"id":1},"value":{"before":null,"after":{"id":1},`, ""},
		eventWithSchema:                 {[]string{"transform", "@total.yaml"}, exitOK, `{"topic":"pg.shop.orders","key":{"id":5},"value":{"id":5,"status":"NEW","total":"BOI="}}`, ""},
		eventWithSchema + "\n":          {[]string{"transform", "@total.yaml", "--format", "json_schema"}, exitOK, `"key":{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"}]`, ""},
		eventWithSchema + " ":           {[]string{"transform", "@total.yaml", "--connector", "mysql"}, exitConfig, "", "standard input:1:1: the event is of postgresql, and the source is mysql"},
		"insret shop.orders {}":         {[]string{"transform", "@rules.yaml"}, exitConfig, "", "standard input:1:1: "},
		"insert shop.orders {id: 1, status: 1}\ninsert shop.orders {status: x}": {[]string{"transform", "@rules.yaml"}, exitConfig, "", `standard input:2:29: column "status" is text here and a number elsewhere`},
		"insert shop.orders {id: 2}": {[]string{"transform", "@typo.yaml"}, exitConfig, "", "typo.yaml:2:1"},
		"insert shop.orders {id: 3}": {[]string{"transform"}, exitUsage, "", "name a rule file"},
		"insert shop.orders {id: 4, total: 20}\ninsert shop.orders {id: 5, total: null}": {[]string{"transform", "@total.yaml"}, exitFailure, `{"topic":"cdc.shop.orders","key":{"id":4}`, `standard input:2:1: rule "large"`},
	} {
		check(t, cdc, stdin, w)
	}
}

// The same input gives the same output.
func TestTransformIsDeterministic(t *testing.T) {
	cdc := offline(t, map[string]string{"pass.yaml": "version: 1\nrules: []\n"})
	const stdin = "insert shop.orders {id: 1, status: NEW}\nupdate shop.orders {id: 1} -> {id: 2}\nsnapshot shop.orders {id: 3}"
	first := cdc(stdin, "transform", "@pass.yaml")
	if got := cdc(stdin, "transform", "@pass.yaml"); got != first || strings.Count(got.out, "\n") != 5 {
		t.Errorf("got %+v, want %+v", got, first)
	}
}

// With a configuration a dump says what tables are like, as without one.
func TestTransformWithPipelineAndTables(t *testing.T) {
	files := failing(t, "json")
	files["rules.yaml"] = "version: 1\nrules:\n  - name: flagged\n    tables: [shop.orders]\n    when: op != \"d\" && after.flag\n    emit: row\n"
	files["tables.json"] = tablesOf("postgresql", `"database":"d","schema":"shop","table":"orders"`, "id int", "flag bool", "note string")
	cdc := offline(t, files)
	args := []string{"transform", "-c", "@cdc.yaml", "--tables", "@tables.json"}
	check(t, cdc, "insert shop.orders {id: 1, flag: 1}", want{args, exitOK, `{"topic":"one.shop.orders","key":{"id":1},"value":{"id":1,"flag":true,"note":null}}`, ""})
	check(t, cdc, "insert shop.orders {id: 1, falg: 1}", want{args, exitConfig, "", `standard input:1:34: table shop.orders has no column "falg" (did you mean "flag"?)`})
	check(t, cdc, "insert shop.orders {id: x}", want{args, exitConfig, "", `column "id" (int) of table shop.orders: text stands there`})
}
