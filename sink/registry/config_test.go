package registry

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestAddresses(t *testing.T) {
	for text, want := range map[string][]string{
		"url: http://a:1": {"http://a:1"}, `url: ["http://a:1", "http://b:1"]`: {"http://a:1", "http://b:1"}, "url: ''": nil, "url:": nil,
	} {
		var c Config
		if err := yaml.Unmarshal([]byte(text), &c); err != nil || !slices.Equal(c.URLs, want) {
			t.Errorf("%s: got %q, %v", text, c.URLs, err)
		}
	}
	if err := yaml.Unmarshal([]byte("url: {a: b}"), new(Config)); err == nil {
		t.Error("a mapping: no error")
	}
}
