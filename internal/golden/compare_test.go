package golden

import (
	"strings"
	"testing"
)

func record(topic, key, value string) Record {
	r := Record{Topic: topic}
	if key != "" {
		r.Key = []byte(key)
	}
	if value != "" {
		r.Value = []byte(value)
	}
	return r
}

// compareSmall compares records with the two that a small case holds.
func compareSmall(t *testing.T, change func(c *Case), got ...Record) (faults []string, tally *Tally) {
	t.Helper()
	c := one(t, map[string]string{"events.jsonl": `{"topic":"p.d.t","partition":0,"timestamp":1,"key":{"id":1},"value":{"ts":5,"after":{"id":1}},"headers":[]}
{"topic":"p.d.t","partition":0,"timestamp":1,"key":{"id":1},"value":null,"headers":[{"key":"h","value":"x"}]}
`})
	c.Volatile = append(c.Volatile, "$.value.ts")
	c.Config["value.converter.schemas.enable"] = "false"
	if change != nil {
		change(c)
	}
	all := map[string][]Record{}
	for _, r := range got {
		all[r.Topic] = append(all[r.Topic], r)
	}
	tally = &Tally{}
	faults, err := c.Compare(all, nil, tally)
	if err != nil {
		t.Fatal(err)
	}
	return faults, tally
}

func good() []Record {
	second := record("p.d.t", `{"id":1}`, "")
	second.Headers = []Header{{"h", []byte("x")}}
	return []Record{record("p.d.t", `{"id":1}`, `{"ts":99,"after":{"id":1}}`), second}
}

func TestCompareEqual(t *testing.T) {
	mark := record("p.zz_"+Mark+"_x."+Mark, `{"n":1}`, `{}`)
	faults, tally := compareSmall(t, nil, append(good(), mark)...)
	if len(faults) > 0 {
		t.Errorf("got %q", faults)
	}
	const want = "1 cases, 2 records, 6 fields compared; of 0 schema change records the number alone"
	if got := tally.Report()[0]; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCompareFindsFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(r []Record) []Record
		want   string
	}{
		"a value":   {func(r []Record) []Record { r[0].Value = []byte(`{"ts":99,"after":{"id":2}}`); return r }, "value: after.id is 2, want 1"},
		"a blank":   {func(r []Record) []Record { r[0].Value = []byte(`{"ts":99,"after":{"id": 1}}`); return r }, "written otherwise"},
		"an order":  {func(r []Record) []Record { r[0].Value = []byte(`{"after":{"id":1},"ts":9}`); return r }, "in another order"},
		"a kind":    {func(r []Record) []Record { r[0].Value = []byte(`{"ts":"9","after":{"id":1}}`); return r }, `ts is "<text>", want "<number>"`},
		"a null":    {func(r []Record) []Record { r[1].Value = []byte(`{}`); return r }, "record 1, value"},
		"a key":     {func(r []Record) []Record { r[0].Key = nil; return r }, "record 0, key"},
		"a header":  {func(r []Record) []Record { r[1].Headers[0].Value = nil; return r }, "headers"},
		"partition": {func(r []Record) []Record { r[0].Partition = 1; return r }, "partition is 1, want 0"},
		"too few":   {func(r []Record) []Record { return r[:1] }, "got 1 records, want 2"},
		"too many":  {func(r []Record) []Record { return append(r, r[0]) }, "got 3 records, want 2"},
		"a topic":   {func(r []Record) []Record { return append(r, record("p.d.u", "{}", "{}")) }, "topic p.d.u was never recorded"},
		"ddl":       {func(r []Record) []Record { return append(r, record("p", "{}", `{"databaseName":"d","ddl":"create"}`)) }, "topic p: got 1 records, recorded were 0"},
	} {
		t.Run(name, func(t *testing.T) {
			faults, _ := compareSmall(t, nil, tt.change(good())...)
			if !strings.Contains(strings.Join(faults, "\n"), tt.want) {
				t.Errorf("got %q, want %s", faults, tt.want)
			}
		})
	}
}

// TestCompareFailed: where the connector stopped, more may come.
func TestCompareFailed(t *testing.T) {
	failed := func(c *Case) { c.Recorded.TaskState = "FAILED" }
	more := append(good(), record("p.d.t", "{}", "{}"), record("p.d.u", "{}", "{}"))
	if faults, _ := compareSmall(t, failed, more...); len(faults) > 0 {
		t.Errorf("got %q", faults)
	}
	if faults, _ := compareSmall(t, failed, good()[:1]...); len(faults) != 1 {
		t.Errorf("got %q, want one record missing", faults)
	}
}

func TestForeign(t *testing.T) {
	k := &comparison{Case: &Case{Source: "mysql", Databases: []string{"d"}, Config: map[string]string{"topic.prefix": "p"}}}
	for text, want := range map[string]bool{
		`{"databaseName":"d","ddl":"create table t"}`:                            false,
		`{"payload":{"databaseName":"","ddl":"SET character_set_server=x"}}`:     false,
		`{"databaseName":"x","ddl":"create table d.t"}`:                          false,
		`{"databaseName":"x","ddl":"create table d_more.t"}`:                     true,
		`{"databaseName":"x","ddl":"create table t"}`:                            true,
		`{"databaseName":"","ddl":"SET x"}`:                                      false,
		`{"payload":{"databaseName":"zz_` + Mark + `_a","ddl":"create x"}}`:      true,
		`{"databaseName":"d","ddl":"create table ` + "`" + Mark + "`" + ` (n)"}`: true,
	} {
		if got := k.foreign(visible{Record: Record{Topic: "p"}, value: []byte(text)}); got != want {
			t.Errorf("%s: got %t", text, got)
		}
	}
}

func TestWithoutMarks(t *testing.T) {
	var all []visible
	for _, text := range []string{
		`{"status":"BEGIN"}`, `{"status":"END","data_collections":[{"data_collection":"d.t"}]}`,
		`{"payload":{"status":"BEGIN"}}`, `{"payload":{"status":"END","data_collections":[{"data_collection":"zz.` + Mark + `"}]}}`,
		`{"status":"BEGIN"}`, `{"status":"END","data_collections":[]}`,
	} {
		all = append(all, visible{value: []byte(text)})
	}
	if got := withoutMarks(all); len(got) != 4 {
		t.Errorf("%d records are left, want 4", len(got))
	}
}
