package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSchemaRules(t *testing.T) {
	got := offline(t, nil)("", "schema", "rules")
	if got.code != exitOK || !json.Valid([]byte(got.out)) || !strings.Contains(got.out, `"test_tables"`) {
		t.Errorf("got %+v", got)
	}
}

func TestSchemaDumpNeedsAServer(t *testing.T) {
	cdc := offline(t, map[string]string{"cdc.yaml": twoPipelines(t)})
	check(t, cdc, "", want{[]string{"schema", "dump", "-c", "@cdc.yaml"}, exitUsage, "", "there are several pipelines; name one of one, two"})
	check(t, cdc, "", want{[]string{"schema", "dump", "-c", "@cdc.yaml", "-p", "two", "--timeout", "2s"}, exitFailure, "", "connect"})
}

// tablesOf is a dump of shop.orders with the columns.
func tablesOf(connector, names string, columns ...string) string {
	var list []string
	for i, c := range columns {
		name, kind, _ := strings.Cut(c, " ")
		ord, _ := json.Marshal(i)
		list = append(list, `{"name":"`+name+`","ord":`+string(ord)+`,"type":{"kind":"`+kind+`","flags":["nullable"]}}`)
	}
	width, _ := json.Marshal(len(columns))
	return `{"format":"cdc-tables","version":1,"connector":"` + connector + `","tables":[{` + names + `,"key":["id"],"old_rows":"full","width":` + string(width) +
		`,"columns":[` + strings.Join(list, ",") + `]}]}`
}

func TestValidateTables(t *testing.T) {
	files := failing(t, "json")
	files["rules.yaml"] = rulesWithTests("NEW")
	const names = `"database":"d","schema":"shop","table":"orders"`
	files["good.json"] = tablesOf("postgresql", names, "id int", "status string")
	files["lacks.json"] = tablesOf("postgresql", names, "id int", "state string")
	files["mysql.json"] = tablesOf("mysql", `"database":"shop","table":"orders"`, "id int", "status string")
	files["other.json"] = tablesOf("postgresql", strings.Replace(names, "shop", "other", 1), "id int")
	cdc := offline(t, files)
	for file, w := range map[string]want{
		"@good.json":  {nil, exitOK, "cdc.yaml: ok, 1 pipeline(s)", "warning: rules.yaml:"},
		"@lacks.json": {nil, exitConfig, "", "rules.yaml:5:35: table shop.orders has no column \"status\" (did you mean \"state\"?)\n    fields: {orderId: id, status: status}\n                                  ^^^^^^"},
		"@mysql.json": {nil, exitConfig, "", "no pipeline captures one of its tables, which are of mysql"},
		"@other.json": {nil, exitConfig, "", "no pipeline captures one of its tables"},
		"@no.json":    {nil, exitConfig, "", "no such file"},
	} {
		w.args = []string{"validate", "-c", "@cdc.yaml", "--tables", file}
		check(t, cdc, "", w)
	}
}
