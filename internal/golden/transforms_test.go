package golden

import (
	"strings"
	"testing"

	"cdc/transform/rulefile"
)

const oneTable = "create table t (id int primary key, v varchar(5) default 'a,(', d decimal(10,2), n int, at datetime(3), unique key (v, n));"

// rulesOf translates transforms on the tables of a script. Options are pairs like
// "a.type=Filter"; their order is that of the transforms.
func rulesOf(t *testing.T, script string, options ...string) *Settings {
	t.Helper()
	c := one(t, map[string]string{"setup.sql": script})
	c.Config["database.include.list"] = "d"
	var names []string
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		if of, ok := strings.CutSuffix(name, ".type"); ok && !strings.Contains(of, ".") {
			names = append(names, of)
		}
		if strings.HasPrefix(name, "predicates.") || strings.HasPrefix(name, "/") {
			c.Config[strings.TrimPrefix(name, "/")] = value
		} else {
			c.Config["transforms."+name] = value
		}
	}
	c.Config["transforms"] = strings.Join(names, ",")
	return c.Translate()
}

// short takes out what every rule begins with, and puts the rest into one line.
func short(rules string) string {
	text := strings.Join(strings.Fields(rules), " ")
	for _, r := range [][2]string{
		{`version: 1 default: pass rules: - `, ""},
		{` tables: - /(?:d)\..*/ - '!/zz_e2e_mark[^.]*\..*/'`, ""},
		{`"on": - insert - update - snapshot - delete - truncate`, "on all"},
		{`"on": - insert - update - snapshot - delete`, "on rows"},
		{`"on": - insert - update - snapshot`, "on messages"},
		{`"on": - delete`, "on delete"},
	} {
		text = strings.ReplaceAll(text, r[0], r[1])
	}
	return text
}

func TestTransforms(t *testing.T) {
	const (
		unwrapped = "u.type=io.debezium.transforms.ExtractNewRecordState"
		router    = "r.type=org.apache.kafka.connect.transforms.RegexRouter"
		replace   = "f.type=org.apache.kafka.connect.transforms.ReplaceField$Value"
		inserted  = "i.type=org.apache.kafka.connect.transforms.InsertField$Value"
		filtered  = "x.type=io.debezium.transforms.Filter"
		content   = "c.type=io.debezium.transforms.ContentBasedRouter"
		logical   = "l.type=io.debezium.transforms.ByLogicalTableRouter"
	)
	for _, tt := range []struct {
		options []string
		want    string
	}{
		{[]string{unwrapped}, "name: u on rows unwrap: {}"},
		{
			[]string{unwrapped, "u.add.fields=op, source.row:rownum", "u.delete.tombstone.handling.mode=rewrite", "u.replace.null.with.default=false", "u.add.headers.prefix="},
			`name: u on rows unwrap: add_fields: - op - source.row:rownum add_headers_prefix: "" delete_tombstone_handling_mode: rewrite replace_null_with_default: false`,
		},
		{
			[]string{"o.type=io.debezium.transforms.outbox.EventRouter", "o.table.expand.json.payload=true", "o.route.topic.replacement=x.${routedByValue}", "o.table.fields.additional.placement=a:header:b,c:envelope"},
			"name: o on messages outbox: route_topic_replacement: x.${routedByValue} table_expand_json_payload: true table_fields_additional_placement: - a:header:b - c:envelope",
		},
		{[]string{logical, "l.topic.regex=(.*)t", "l.topic.replacement=$1all"}, "name: l on all reroute: topic_regex: (.*)t topic_replacement: $1all"},
		{
			[]string{"l.type=io.debezium.transforms.ToLogicalTopicRouter", "l.topic.regex=(.*)t", "l.topic.replacement=$1all"},
			"name: l on all reroute: key_field_name: __dbz__sourceIdentifier topic_regex: (.*)t topic_replacement: $1all",
		},
		{
			[]string{unwrapped, logical, "l.topic.regex=(.*)t", "l.topic.replacement=$1all"},
			"name: u-l on rows unwrap: {} reroute: topic_regex: (.*)t topic_replacement: $1all schema_name: p.d.t",
		},
		{
			[]string{"c.type=io.debezium.transforms.ExtractChangedRecordState", "c.header.unchanged.name=U", "c.header.changed.name=C", unwrapped},
			"name: c-u on rows changed_headers: changed: C unchanged: U unwrap: {}",
		},
		{[]string{unwrapped, "c.type=io.debezium.transforms.ExtractChangedRecordState", "c.header.changed.name=C"}, "name: u-c on rows unwrap: {}"},
		{
			[]string{"p.type=io.debezium.transforms.partitions.PartitionRouting", "p.partition.payload.fields=change.v,op", "p.partition.topic.num=3", "p.partition.hash.function=MURMUR"},
			"name: p on all partition_by: fields: - change.v - op partitions: 3 hash: murmur",
		},
		{[]string{unwrapped, "p.type=io.debezium.transforms.partitions.PartitionRouting", "p.partition.payload.fields=v", "p.partition.topic.num=3"}, "name: u-p on rows unwrap: {}"},
		{[]string{router, `r.regex=(.*)\.(t)`, "r.replacement=$1-$2"}, "name: r on all topic: p.d-t schema_name: p.d.t"},
		{[]string{router, `r.regex=nothing`, "r.replacement=x"}, "name: r on all"},
		{
			[]string{unwrapped, replace, "f.exclude=n,id", "f.renames=v:vee"},
			`name: u-f on rows unwrap: {} drop: - id - "n" key: id: id rename: v: vee`,
		},
		{[]string{unwrapped, "u.add.fields=op,source.ts_ms", replace, "f.include=id,v,__source_ts_ms"}, `name: u-f on rows unwrap: add_fields: - source.ts_ms drop: - d - "n" - at`},
		{[]string{unwrapped, inserted, "i.static.field=from", `i.static.value=a"b`, "i.topic.field=topic"}, `name: u-i on rows unwrap: {} computed: from: '"a\"b"' topic: '"p.d.t"'`},
		{[]string{unwrapped, inserted, "i.static.field=from", `i.static.value=x`, replace, "f.exclude=from"}, "name: u-i-f on rows unwrap: {}"},
		{
			[]string{unwrapped, replace, "f.renames=v:w", "c.type=org.apache.kafka.connect.transforms.Cast$Value", "c.spec=w:int32,n:string"},
			`name: u-f-c on rows unwrap: {} cast: v: int32 "n": string rename: v: w`,
		},
		{
			[]string{unwrapped, "m.type=org.apache.kafka.connect.transforms.MaskField$Value", "m.fields=v", "m.replacement=***"},
			`name: u-m on rows unwrap: {} redact: v: '***'`,
		},
		{
			[]string{"/time.precision.mode=connect", unwrapped, "t.type=org.apache.kafka.connect.transforms.TimestampConverter$Value", "t.field=at", "t.target.type=string", "t.format=yyyy-MM-dd'T'HH:mm:ss.SSSXXX"},
			`name: u-t on rows unwrap: {} computed: at: 'row.at == null ? optional.none() : optional.of(format_time(row.at, "%Y-%m-%dT%H:%M:%S.%LZ"))'`,
		},
		{
			[]string{"/time.precision.mode=connect", unwrapped, "t.type=org.apache.kafka.connect.transforms.TimestampConverter$Value", "t.field=at", "t.target.type=unix"},
			`name: u-t on rows unwrap: {} computed: at: 'row.at == null ? optional.none() : optional.of(unix_ms(row.at))'`,
		},
		{
			[]string{unwrapped, "h.type=org.apache.kafka.connect.transforms.HeaderFrom$Value", "h.fields=v,d", "h.headers=hv,hd", "h.operation=copy"},
			"name: u-h on rows unwrap: {} headers: hv: row.v hd: row.d",
		},
		{
			[]string{unwrapped, "h.type=org.apache.kafka.connect.transforms.HeaderFrom$Value", "h.fields=v", "h.headers=hv", "h.operation=move"},
			`name: u-h on rows headers: hv: row.v fields: id: id d: d "n": "n" at: at`,
		},
		{
			[]string{"h.type=org.apache.kafka.connect.transforms.InsertHeader", "h.header=a", "h.value.literal=b", "j.type=org.apache.kafka.connect.transforms.InsertHeader", "j.header=c", "j.value.literal=d", "k.type=org.apache.kafka.connect.transforms.DropHeaders", "k.headers=a"},
			"name: h-j-k on all headers: c: value: d",
		},
		{
			[]string{unwrapped, "k.type=org.apache.kafka.connect.transforms.ValueToKey", "k.fields=v,n"},
			`name: u-k on rows unwrap: {} key: v: v "n": "n"`,
		},
		{[]string{"k.type=org.apache.kafka.connect.transforms.ExtractField$Key", "k.field=id"}, "name: k on all key: value: id"},
		{
			[]string{unwrapped, replace, "f.renames=v:w", "k.type=org.apache.kafka.connect.transforms.ValueToKey", "k.fields=w", "e.type=org.apache.kafka.connect.transforms.ExtractField$Key", "e.field=w"},
			`name: u-f-k-e on rows unwrap: {} key: value: v rename: v: w`,
		},
		{
			[]string{filtered, "x.language=jsr223.groovy", "x.condition=value.op == 'c' || value.after.n > 1", "x.null.handling.mode=drop"},
			`name: x on all when: (value.op == 'c' || value.after.n > 1) tombstone: drop`,
		},
		{
			[]string{filtered, "x.language=jsr223.groovy", "x.condition=value.op == 'c'", "x.topic.regex=p\\.d.*"},
			`name: x on all when: value.op == 'c' - name: x-tombstones on delete tombstone: from_delete`,
		},
		{[]string{filtered, "x.condition=value.op == 'c'", "x.topic.regex=other"}, `name: x on all`},
		{[]string{unwrapped, filtered, "x.condition=value.n > 1", "x.null.handling.mode=drop"}, `name: u-x on rows when: row.n > 1 unwrap: {} tombstone: drop`},
		{
			[]string{content, "c.topic.expression=value.after.v", "c.null.handling.mode=drop"},
			`name: c on all tombstone: drop topic: cel: value.after.v schema_name: p.d.t`,
		},
		{
			[]string{content, "c.topic.expression=value.op == 'd' ? 'a' : 'b'"},
			`name: c on all topic: cel: 'value.op == ''d'' ? ''a'' : ''b''' schema_name: p.d.t`,
		},
		{[]string{"k.type=org.apache.kafka.connect.transforms.ReplaceField$Key", "k.renames=id:key"}, "name: k on all key: key: id"},
		{[]string{filtered, "x.condition=value == null || value.op != 'd'", "x.null.handling.mode=evaluate"}, "name: x on all tombstone: from_delete"},
		{
			[]string{filtered, "x.condition=value != null && value.op == 'c'", "x.null.handling.mode=evaluate"},
			`name: x on all when: value.op == 'c' tombstone: drop`,
		},
		{[]string{unwrapped, filtered, "x.condition=value.n >= 3"}, `name: u-x on rows when: (op == "d" || row.n >= 3) unwrap: {}`},
		{
			[]string{content, "c.topic.expression=value == null ? 'a' : value.after.v", "c.null.handling.mode=evaluate"},
			`name: c on all topic: cel: value.after.v schema_name: p.d.t`,
		},
		{
			[]string{content, "c.topic.expression=topic + '.' + (value.after?.v ?: 'none').toLowerCase()"},
			`name: c on all topic: cel: 'topic + ''.'' + (value.after == null || value.after.v == null || value.after.v == "" ? ''none'' : value.after.v).lowerAscii()' schema_name: p.d.t`,
		},
		{[]string{content, "c.topic.expression=value.op == 'c' ? 'a' : null"}, `name: c on all topic: cel: 'value.op == ''c'' ? ''a'' : topic' schema_name: p.d.t`},
		{
			[]string{unwrapped, "u.add.headers=op,source.row", "h.type=io.debezium.transforms.HeaderToValue", "h.headers=__op,__source_row", "h.fields=op,row", "h.operation=move"},
			`name: u-h on rows unwrap: add_fields: - op:op - source.row:row add_fields_prefix: ""`,
		},
		{
			[]string{"h.type=org.apache.kafka.connect.transforms.HeaderFrom$Key", "h.fields=id", "h.headers=K", "h.operation=copy"},
			"name: h on all headers: K: row.id",
		},
		{
			[]string{unwrapped, "i.type=org.apache.kafka.connect.transforms.InsertField$Key", "i.static.field=region", "i.static.value=eu"},
			`name: u-i on rows computed: region: '"eu"' key: id: id region: region fields: id: id v: v d: d "n": "n" at: at`,
		},
		{[]string{unwrapped, "m.type=org.apache.kafka.connect.transforms.MaskField$Value", "m.fields=v,n"}, `name: u-m on rows unwrap: {} redact: v: "" "n": "0"`},
		{[]string{unwrapped, "u.replace.null.with.default=false", replace, "f.exclude=n"}, `name: u-f on rows unwrap: {} drop: - "n"`},
		{
			[]string{unwrapped, "u.replace.null.with.default=false", replace, "f.exclude=n", "f.replace.null.with.default=false"},
			`name: u-f on rows unwrap: replace_null_with_default: false drop: - "n"`,
		},
	} {
		s := rulesOf(t, oneTable, tt.options...)
		if got := short(s.Rules); got != tt.want || len(s.NotYet)+len(s.Without) > 0 {
			t.Errorf("%s\n got %s %q %q\nwant %s", strings.Join(tt.options, " "), got, s.NotYet, s.Without, tt.want)
		}
	}
}

// TestRulesAreRead: whatever is said for a case is a rule file.
func TestRulesAreRead(t *testing.T) {
	cases, err := Load(corpus)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, c := range cases {
		s := c.Translate()
		if s.Rules == "" || len(s.NotYet)+len(s.Without) > 0 {
			continue
		}
		var r rulefile.Report
		f := rulefile.Parse(&rulefile.Source{Name: c.Name, Text: []byte(s.Rules)}, &r)
		if err := r.Err(); err != nil || len(f.Rules) == 0 {
			t.Errorf("%d rules, %v in\n%s", len(f.Rules), err, s.Rules)
		}
		read++
	}
	if read == 0 {
		t.Error("no case has transforms")
	}
}
