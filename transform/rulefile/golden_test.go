package rulefile

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// Rewrite the golden files with: go test ./transform/rulefile -run Golden -update
var update = flag.Bool("update", false, "rewrite golden files")

// Each file in testdata/errors is refused with the text beside it.
func TestGoldenErrors(t *testing.T) {
	names, err := filepath.Glob("testdata/errors/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = parseText(filepath.Base(name), string(text))
			if _, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, event.ErrConfig) {
				t.Fatalf("got %v, want an *Error that is a configuration error", err)
			}
			cdctest.CompareFile(t, strings.TrimSuffix(name, ".yaml")+".txt", err.Error()+"\n", *update)
		})
	}
}
