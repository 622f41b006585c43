package rulefile

import (
	"strings"
	"testing"
)

// Names of topics are made legal as Debezium makes them.
func TestSanitizeTopic(t *testing.T) {
	for in, want := range map[string]string{
		"a.b_c-D1":               "a.b_c-D1",
		"a b/c":                  "a_b_c",
		"é":                      "_",
		"\U0001F600":             "__",
		"":                       "",
		".":                      "_",
		"..":                     "__",
		strings.Repeat("x", 300): strings.Repeat("x", maxTopic),
	} {
		if got := SanitizeTopic(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if got := SanitizeTopic(in); got != "" && TopicFault(got) != "" {
			t.Errorf("%q: %q %s", in, got, TopicFault(got))
		}
	}
	if TopicFault(strings.Repeat("x", maxTopic+1)) == "" {
		t.Error("a name that is too long is taken")
	}
}
