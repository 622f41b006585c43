package golden

import (
	"maps"
	"strings"
	"testing"
)

// TestTransformsWithout: what our language can't say is named, with its value.
func TestTransformsWithout(t *testing.T) {
	const (
		unwrapped = "u.type=io.debezium.transforms.ExtractNewRecordState"
		connect   = "org.apache.kafka.connect.transforms."
		router    = "r.type=" + connect + "RegexRouter"
		filtered  = "x.type=io.debezium.transforms.Filter"
	)
	for _, tt := range []struct {
		options       []string
		notYet, never string
	}{
		{[]string{"a.type=" + connect + "HoistField$Value"}, "", "HoistField$Value"},
		{[]string{"a.type=io.debezium.transforms.TimezoneConverter"}, "TimezoneConverter", ""},
		{[]string{unwrapped, "u.drop.tombstones=true"}, "ExtractNewRecordState drop.tombstones=true", ""},
		{[]string{unwrapped, "v.type=io.debezium.transforms.ExtractNewRecordState"}, "ExtractNewRecordState behind another one", ""},
		{[]string{"f.type=" + connect + "ReplaceField$Value", "f.exclude=op"}, "", "ReplaceField$Value before unwrap"},
		{[]string{unwrapped, "f.type=" + connect + "ReplaceField$Value", "f.renames=nope:x"}, "", "ReplaceField$Value renames=nope:x"},
		{[]string{"k.type=" + connect + "ReplaceField$Key", "k.exclude=id"}, "", "ReplaceField$Key without a field"},
		{[]string{"i.type=" + connect + "InsertField$Value", "i.static.field=a"}, "", "InsertField$Value before unwrap InsertField$Value static.field=a"},
		{[]string{unwrapped, "i.type=" + connect + "InsertField$Value", "i.offset.field=a"}, "", "InsertField$Value offset.field=a"},
		{[]string{"i.type=" + connect + "InsertField$Key", "i.topic.field=a"}, "", "InsertField$Key of others than constants InsertField$Key topic.field=a"},
		{[]string{unwrapped, "c.type=" + connect + "Cast$Value", "c.spec=n:int8"}, "", "Cast$Value spec=n:int8"},
		{[]string{unwrapped, "c.type=" + connect + "Cast$Key", "c.spec=int32"}, "", "Cast$Key"},
		{[]string{unwrapped, "i.type=" + connect + "InsertField$Value", "i.static.field=a!", "i.static.value=b"}, "", "InsertField$Value of a field that can't be null"},
		{[]string{"h.type=" + connect + "InsertHeader", "h.header=a", "h.value.literal=null"}, "", "InsertHeader value.literal=null"},
		{[]string{unwrapped, "m.type=" + connect + "MaskField$Value", "m.fields=nope"}, "", "MaskField$Value fields=nope"},
		{[]string{unwrapped, "h.type=" + connect + "HeaderFrom$Value", "h.fields=nope", "h.headers=a"}, "", "HeaderFrom$Value fields=nope"},
		{[]string{"h.type=" + connect + "HeaderFrom$Key", "h.fields=nope", "h.headers=a"}, "", "HeaderFrom$Key fields=nope"},
		{[]string{"h.type=" + connect + "DropHeaders", "h.headers=__debezium.newkey"}, "", "DropHeaders headers=__debezium.newkey"},
		{[]string{unwrapped, "h.type=io.debezium.transforms.HeaderToValue", "h.headers=__op", "h.fields=op", "h.operation=move"}, "HeaderToValue headers=__op", ""},
		{[]string{"/time.precision.mode=connect", unwrapped, "t.type=" + connect + "TimestampConverter$Value", "t.field=n", "t.target.type=string"}, "", "TimestampConverter$Value of what is no date or time"},
		{[]string{"/time.precision.mode=connect", unwrapped, "t.type=" + connect + "TimestampConverter$Value", "t.field=at", "t.target.type=Date"}, "", "TimestampConverter$Value target.type=Date"},
		{[]string{"/time.precision.mode=connect", unwrapped, "t.type=" + connect + "TimestampConverter$Value", "t.field=at", "t.target.type=string", "t.format=EEE"}, "", "TimestampConverter$Value target.type=string"},
		{[]string{unwrapped, "t.type=" + connect + "TimestampConverter$Value", "t.field=at", "t.target.type=unix"}, "", "TimestampConverter$Value of what is no date or time"},
		{[]string{unwrapped, "k.type=" + connect + "ValueToKey", "k.fields=nope"}, "", "ValueToKey fields=nope"},
		{[]string{unwrapped, "k.type=" + connect + "ValueToKey", "k.fields=v", "e.type=" + connect + "ExtractField$Key", "e.field=id"}, "", "ExtractField$Key field=id"},
		{[]string{filtered, "x.condition=value?.after?.id == 1"}, "Filter value?.after?.id == 1", ""},
		{[]string{filtered, "x.condition=header.a == 1"}, "Filter header.a == 1", ""},
		{[]string{filtered, "x.condition=true", "x.null.handling.mode=evaluate"}, "Filter null.handling.mode=evaluate", ""},
		{[]string{"c.type=io.debezium.transforms.ContentBasedRouter", "c.topic.expression='a'", "c.null.handling.mode=evaluate"}, "ContentBasedRouter null.handling.mode=evaluate", ""},
		{[]string{router, "r.regex=(?=a)b", "r.replacement=c"}, "", "RegexRouter of an expression or a topic that isn't constant"},
		{[]string{router, "r.regex=.*", "r.replacement=c"}, "", "RegexRouter of schema changes"},
		{[]string{"l.type=x.ByLogicalTableRouter", "l.topic.regex=(?=a)b"}, "ByLogicalTableRouter topic.regex=(?=a)b", ""},
		{[]string{router, "r.regex=(.*t)", "r.replacement=$1x", "r.predicate=q", "predicates.q.type=x.HasHeaderKey", "predicates.q.name=h"}, "", "RegexRouter predicate HasHeaderKey"},
	} {
		s := rulesOf(t, oneTable, tt.options...)
		notYet, never := strings.ReplaceAll(strings.Join(s.NotYet, " "), "transform ", ""), strings.Join(s.Without, " ")
		if notYet != tt.notYet || never != tt.never {
			t.Errorf("%s\n got %s, %s\nwant %s, %s", strings.Join(tt.options, " "), notYet, never, tt.notYet, tt.never)
		}
	}
	if s := rulesOf(t, "", unwrapped); strings.Join(s.NotYet, " ") != "transforms without a table" {
		t.Errorf("not yet %q", s.NotYet)
	}
}

// TestPredicates: a transform for some records only.
func TestPredicates(t *testing.T) {
	const two = "create table t1 (id int primary key); create table t2 (id int primary key);"
	s := rulesOf(t, two, "r.type=a.RegexRouter", "r.regex=(.*)", "r.replacement=x-$1", "r.predicate=ones", "r.negate=true",
		"predicates.ones.type=a.TopicNameMatches", `predicates.ones.pattern=.*\.t1`, "/include.schema.changes=false")
	want := `name: r-1 tables: - /d\.t1/ on all - name: r-2 tables: - /d\.t2/ on all topic: x-p.d.t2 schema_name: p.d.t2`
	if got := short(s.Rules); got != want || len(s.NotYet) > 0 {
		t.Errorf("got %s %q\nwant %s", got, s.NotYet, want)
	}
	for predicate, want := range map[string]string{
		"RecordIsTombstone": "name: f on all tombstone: drop", "TopicNameMatches": `name: f on all when: "false"`,
		"HasHeaderKey": `name: f on all when: "false"`,
	} {
		s := rulesOf(t, oneTable, "f.type=org.apache.kafka.connect.transforms.Filter", "f.predicate=p",
			"predicates.p.type=a."+predicate, "predicates.p.pattern=.*t", "predicates.p.name=__debezium.context.taskId")
		if got := short(s.Rules); got != want || len(s.NotYet) > 0 {
			t.Errorf("%s: got %s %q\nwant %s", predicate, got, s.NotYet, want)
		}
	}
}

// TestRouteOthers: records of transactions follow a router by a name of their own.
func TestRouteOthers(t *testing.T) {
	s := rulesOf(t, oneTable, "r.type=x.RegexRouter", "r.regex=(p)(.*)", "r.replacement=$1.all", "/include.schema.changes=false", "/provide.transaction.metadata=true")
	if s.Events["topic_transaction"] != "all" || len(s.NotYet) > 0 {
		t.Errorf("topic %v, not yet %q", s.Events["topic_transaction"], s.NotYet)
	}
	for _, property := range []string{"provide.transaction.metadata=true", "heartbeat.interval.ms=100"} {
		s := rulesOf(t, oneTable, "r.type=org.apache.kafka.connect.transforms.RegexRouter", "r.regex=(.*)", "r.replacement=all", "/include.schema.changes=false", "/"+property)
		if len(s.Without) != 1 {
			t.Errorf("%s: without %q", property, s.Without)
		}
	}
}

func TestJavaReplace(t *testing.T) {
	for _, tt := range []struct{ expr, text, replacement, want string }{
		{`(.*)\.(t)`, "a.b.t", `$2.$1`, "t.a.b"},
		{`(?<x>a+)b`, "aab", `${x}\$1`, "aa$1"},
		{`a`, "aa", `b`, "aa"},
		{`(a)`, "a", `$10`, "a0"},
	} {
		re, err := javaPattern(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := javaReplace(re, tt.text, tt.replacement); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}

func TestTablesOf(t *testing.T) {
	c := one(t, map[string]string{
		"setup.sql":   oneTable + "create table `u` (`a` int, b int, constraint c check (a > 1), primary key (`a`, b)); use e; create table w (id int);",
		"changes.sql": "create table if not exists x.y (id int); alter table t add z int",
	})
	tables, err := c.tablesOf()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, table := range tables {
		var list []string
		for _, c := range table.columns {
			list = append(list, c.name)
		}
		got[table.space+"."+table.name] = strings.Join(list, " ") + "; " + strings.Join(table.key, " ")
	}
	want := map[string]string{"d.t": "id v d n at; id", "d.u": "a b; a b", "e.w": "id; ", "x.y": "id; "}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
