package main

import (
	"strconv"
	"strings"
	"testing"

	"cdc/binlog"
)

// pair is a configuration of two pipelines, each with its source and its file.
func pair(a, b [3]string) string {
	var text strings.Builder
	text.WriteString("pipelines:\n")
	for _, p := range [][3]string{a, b} {
		text.WriteString("  " + p[0] + ":\n    source:\n      " + p[1] + "\n" +
			"    sink:\n      kafka: {brokers: [\"b:1\"], topic_prefix: " + p[0] + "}\n" +
			"    offsets:\n      file: {path: " + p[2] + "}\n")
	}
	return text.String()
}

func TestPipelinesDisturbEachOther(t *testing.T) {
	my := func(more string) string { return `mysql: {host: h, user: u, tables: ["a.b"]` + more + `}` }
	pg := func(more string) string {
		return `postgres: {host: h, user: u, database: d, tables: ["a.b"]` + more + `}`
	}
	id := ", server_id: " + binlogID("one")
	tests := []struct {
		name string
		a, b [3]string
		want string // empty: they don't
	}{
		{"apart", [3]string{"one", my(""), "s/two.my"}, [3]string{"two", my(""), "s/two.pg"}, ""},
		{"same file", [3]string{"one", my(""), "s/x"}, [3]string{"two", pg(""), "./s/x"}, "15:20: pipelines.two.offsets.file.path: pipeline one keeps its offset or its tables in the same file ./s/x"},
		{"file of tables", [3]string{"one", my(""), "x"}, [3]string{"two", pg(""), "x.tables"}, "15:20: pipelines.two.offsets.file.path: pipeline one keeps its offset or its tables in the same file x.tables"},
		{"no tables of PostgreSQL", [3]string{"one", pg(""), "x"}, [3]string{"two", pg(""), "x.tables"}, ""},
		{"derived slots", [3]string{"a-b", pg(""), "x"}, [3]string{"a.b", pg(""), "y"}, ":11:7: pipelines.a.b.source.postgres.slot: pipeline a-b reads the same slot cdc_a_b; give each its own"},
		{"derived and given slot", [3]string{"one", pg(""), "x"}, [3]string{"two", pg(", slot: cdc_one"), "y"}, "slot: pipeline one reads the same slot cdc_one; give each its own"},
		{"slots of two servers", [3]string{"one", pg(""), "x"}, [3]string{"two", pg(", slot: cdc_one, port: 5433"), "y"}, ""},
		{"ids", [3]string{"one", my(", server_id: 7"), "x"}, [3]string{"two", my(", server_id: 7"), "y"}, "11:61: pipelines.two.source.mysql.server_id: pipeline one has the same id 7 at this server; give each its own"},
		{"derived and given id", [3]string{"one", my(""), "x"}, [3]string{"two", my(id), "y"}, "server_id: pipeline one has the same id"},
		{"ids of two servers", [3]string{"one", my(", server_id: 7"), "x"}, [3]string{"two", my(", server_id: 7, port: 3307"), "y"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(t, pair(tt.a, tt.b), nil)
			if tt.want == "" && err != nil {
				t.Errorf("got %v, want none", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func binlogID(pipeline string) string {
	c := binlog.Default()
	return strconv.FormatUint(uint64(c.ReplicaID(pipeline)), 10)
}
