package main

import (
	"strings"
	"testing"
)

// with returns the configuration of the README with one more line below the key
// that after ends.
func with(after, line string) string {
	return strings.Replace(asWritten, after+"\n", after+"\n"+line+"\n", 1)
}

func TestValuesSuitTheirKeys(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"duration without unit", with("  shop:", "    save_interval: 10"), `3:20: pipelines.shop.save_interval: not a duration such as 500ms, 10s`},
		{"fraction", with("        user: cdc", "        server_id: 5.5"), `8:20: pipelines.shop.source.mysql.server_id: not a whole number`},
		{"negative id", with("        user: cdc", "        server_id: -1"), `8:20: pipelines.shop.source.mysql.server_id: too large or too small a number`},
		{"large id", with("        user: cdc", "        server_id: 4294967296"), `8:20: pipelines.shop.source.mysql.server_id: too large or too small a number`},
		{"truth", with("        linger: 5ms", "        topics: {create: perhaps}"), `17:26: pipelines.shop.sink.kafka.topics.create: not true or false`},
		{"size", with("        linger: 5ms", "        buffer_bytes: 8 apples"), `17:23: pipelines.shop.sink.kafka.buffer_bytes: not a size such as 64KiB, 32MiB`},
		{"mapping", strings.Replace(asWritten, "file: {path: state/shop.json}", "file: shop.json", 1), `18:13: pipelines.shop.offsets.file is a single value; want a mapping`},
		{"list", strings.Replace(asWritten, "[rules/shop.yaml]", "rules/shop.yaml", 1), `11:12: pipelines.shop.rules is a single value; want a list`},
		{"in a list", strings.Replace(asWritten, "[rules/shop.yaml]", "[{a: b}]", 1), `11:13: pipelines.shop.rules[0] is a mapping; want a single value`},
		{"reference", with("  shop:", "    save_interval: ${MYSQL_PASSWORD}"), `3:20: pipelines.shop.save_interval: not a duration such as 500ms, 10s`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(t, tt.text, map[string]string{"MYSQL_PASSWORD": "hunter2"})
			switch {
			case err == nil || !strings.HasSuffix(err.Error(), tt.want):
				t.Errorf("got %v\nwant %s", err, tt.want)
			case strings.Contains(err.Error(), "hunter2"):
				t.Error("the error shows the password")
			}
		})
	}
}

func TestEmptyPipelineHasItsDefaults(t *testing.T) {
	_, err := parse(t, "pipelines: {shop: }\n", nil)
	if err == nil || strings.Contains(err.Error(), "save_interval") || !strings.Contains(err.Error(), "pipelines.shop.source") {
		t.Errorf("got %v, want what is missing and nothing else", err)
	}
}
