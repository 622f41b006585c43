package cdctest

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// CompareFile compares a text with that of a file; with update, it is written there
// first.
func CompareFile(t *testing.T, name, got string, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}
