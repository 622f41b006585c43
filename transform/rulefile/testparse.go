package rulefile

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

func (d *decoder) tests(n *yaml.Node) []*Test {
	if n.Kind != yaml.SequenceNode {
		d.Add(d.src.At(n), `each begins with "- name:"`, "tests must be a list of tests, not %s", kindName(n))
		return nil
	}
	if len(n.Content) > maxTests {
		d.Add(d.src.At(n), "", "more than %d tests in a file", maxTests)
		return nil
	}
	var list []*Test
	names := map[string]Place{}
	for _, c := range n.Content {
		t := d.test(c)
		if t == nil {
			continue
		}
		if first, ok := names[t.Name]; ok {
			d.Add(t.At, "", "another test is called %q: %s", Printable(t.Name), first)
		}
		names[t.Name] = t.At
		list = append(list, t)
	}
	return list
}

// test reads one test; nil when it can't be used.
func (d *decoder) test(n *yaml.Node) *Test {
	errs := len(d.List)
	t := &Test{At: d.src.At(n)}
	there := readKeys(d, n, "a test", testKeys, t)
	switch {
	case there == nil:
		return nil
	case !there.has("name"):
		d.Add(t.At, "", `the test has no "name"`)
	case !there.has("input"):
		d.Add(t.At, `write "input: {table: shop.orders, op: c, after: {id: 1}}"`, `the test has no "input"`)
	case there.has("expect") == there.has("error"):
		d.Add(t.At, `write "expect: []" when nothing must leave`, `a test has "expect", or "error" with a part of the error that must come`)
	}
	if len(d.List) > errs {
		return nil
	}
	return t
}

var testKeys = []key[Test]{
	{
		"name", textForm, "What the report calls the test.",
		func(d *decoder, t *Test, n *yaml.Node) {
			t.At = d.src.At(n)
			t.Name, _ = d.text(n, "name")
		},
	},
	{
		"input", eitherForm(ref("change"), listForm(ref("change"))), "The change of a row, or a list of them.",
		func(d *decoder, t *Test, n *yaml.Node) { t.Inputs = d.inputs(n) },
	},
	{
		"expect", listForm(ref("record")), "The records that must leave, in order.",
		func(d *decoder, t *Test, n *yaml.Node) { t.Expect = d.expect(n) },
	},
	{
		"error", textForm, "A part of the error that must come in place of records.",
		func(d *decoder, t *Test, n *yaml.Node) { t.Error, _ = d.text(n, "error") },
	},
}

func (d *decoder) inputs(n *yaml.Node) []TestChange {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	if len(items) == 0 {
		d.Add(d.src.At(n), "", "input is an empty list")
	}
	var list []TestChange
	for _, item := range items {
		c := TestChange{At: d.src.At(item)}
		errs := len(d.List)
		there := readKeys(d, item, "the input of a test", changeKeys, &c)
		if len(d.List) > errs {
			continue
		}
		d.images(&c, there)
		list = append(list, c)
	}
	return list
}

const rowExample = `"{id: 1, status: new}"`

// opLetters are the letters of operations, in the order of OpWords.
var opLetters = []string{"c", "u", "d", "r", "t"}

var changeKeys = []key[TestChange]{
	{
		"table", textForm, "The table: database.table for MySQL and MariaDB, schema.table for PostgreSQL.",
		func(d *decoder, c *TestChange, n *yaml.Node) { c.Table, _ = d.text(n, "table") },
	},
	{
		"op", oneOfForm(append(slices.Clone(opLetters), OpWords...)), "The operation: c insert, u update, d delete, r snapshot row, t truncate.",
		func(d *decoder, c *TestChange, n *yaml.Node) { c.Op = d.opLetter(n) },
	},
	{
		"before", rowForm, "The row before the change, column: value. Decimals stand in quotes to keep their digits.",
		func(d *decoder, c *TestChange, n *yaml.Node) { c.Before = d.mappingLiteral(n, "before", rowExample) },
	},
	{
		"after", rowForm, "The row after the change.",
		func(d *decoder, c *TestChange, n *yaml.Node) { c.After = d.mappingLiteral(n, "after", rowExample) },
	},
	{
		"source", rowForm, "Fields of the source block.",
		func(d *decoder, c *TestChange, n *yaml.Node) {
			c.Source = d.mappingLiteral(n, "source", `"{ts_ms: 1767225600000}"`)
		},
	},
}

// opLetter reads an operation, as a letter or a word.
func (d *decoder) opLetter(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		if i := slices.Index(OpWords, n.Value); i >= 0 {
			return opLetters[i]
		}
	}
	s, _ := d.oneOf(n, "op", opLetters)
	return s
}

// images checks that a change has the rows that its operation has.
func (d *decoder) images(c *TestChange, there given) {
	switch {
	case !there.has("table"):
		d.Add(c.At, `write "table: shop.orders"`, `the input has no "table"`)
	case !there.has("op"):
		d.Add(c.At, "write op: c, u, d, r or t", `the input has no "op"`)
	case c.After == nil && (c.Op == "c" || c.Op == "u" || c.Op == "r"):
		d.Add(c.At, `write "after: {id: 1}"`, "an input with op %s has a row after", c.Op)
	case c.Before == nil && c.Op == "d":
		d.Add(c.At, `write "before: {id: 1}"`, "an input with op d has a row before")
	case c.After != nil && (c.Op == "d" || c.Op == "t"):
		d.Add(there["after"], "", "an input with op %s has no row after", c.Op)
	case c.Before != nil && c.Op != "u" && c.Op != "d":
		d.Add(there["before"], "", "an input with op %s has no row before", c.Op)
	}
}

func (d *decoder) expect(n *yaml.Node) []TestRecord {
	if n.Kind != yaml.SequenceNode {
		d.Add(d.src.At(n), `write "expect: [{value: {id: 1}}]", or "expect: []" when nothing must leave`, "expect must be a list of records, not %s", kindName(n))
		return nil
	}
	list := []TestRecord{}
	for _, item := range n.Content {
		r := TestRecord{At: d.src.At(item)}
		there := readKeys(d, item, "an expected record", recordKeys, &r)
		if there.has("value") && there.has("contains") {
			d.Add(there["contains"], `"value" compares the whole value, "contains" what it names`, `a record has "value" or "contains"`)
		}
		list = append(list, r)
	}
	return list
}

var recordKeys = []key[TestRecord]{
	{
		"topic", textForm, "The name of the topic.",
		func(d *decoder, r *TestRecord, n *yaml.Node) {
			if s, ok := d.text(n, "topic"); ok {
				r.Topic = &s
			}
		},
	},
	{
		"key",
		form{},
		"The key, compared whole; null for none.",
		func(d *decoder, r *TestRecord, n *yaml.Node) { r.Key = d.literal(n) },
	},
	{
		"value",
		form{},
		"The value, compared whole; null for a tombstone.",
		func(d *decoder, r *TestRecord, n *yaml.Node) { r.Value = d.literal(n) },
	},
	{
		"contains", rowForm, "Members of the value, at any depth.",
		func(d *decoder, r *TestRecord, n *yaml.Node) {
			if isNull(n) {
				d.Add(d.src.At(n), `a tombstone is "value: null"`, "contains is empty")
			}
			r.Contains = d.mappingLiteral(n, "contains", rowExample)
		},
	},
	{
		"headers", rowForm, "Headers, by their names.",
		func(d *decoder, r *TestRecord, n *yaml.Node) {
			r.Headers = d.mappingLiteral(n, "headers", `"{id: abc}"`)
		},
	},
	{
		"partition", intForm(0, maxPartitions), "The number of the partition.",
		func(d *decoder, r *TestRecord, n *yaml.Node) {
			p := d.integer(n, "partition", 0, maxPartitions)
			r.Partition = &p
		},
	},
}

const tablesExample = `"test_tables: {shop.orders: {id: bigint primary key}}"`

func (d *decoder) testTables(n *yaml.Node) []TestTable {
	var list []TestTable
	d.entries(n, "test_tables", "a table", tablesExample, func(table Name, val *yaml.Node) {
		t := TestTable{Table: table}
		d.entries(val, "a table of test_tables", "a column", tablesExample, func(column Name, val *yaml.Node) {
			if s, ok := d.text(val, "the type of a column"); ok {
				t.Columns = append(t.Columns, TestColumn{Name: column, Type: s})
			}
		})
		list = append(list, t)
	})
	return list
}

func (d *decoder) testEnv(n *yaml.Node) map[string]string {
	env := map[string]string{}
	d.entries(n, "test_env", "the name of a variable", `"test_env: {CDC_KEY: only for tests}"`, func(name Name, val *yaml.Node) {
		if s, ok := d.scalar(val, "the value of a variable"); ok {
			env[name.Text] = s
		}
	})
	return env
}
