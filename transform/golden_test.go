package transform

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// Rewrite the golden files with: go test ./transform -run Golden -update
var update = flag.Bool("update", false, "rewrite golden files")

// Each file in testdata/errors is refused with the text beside it.
func TestGoldenErrors(t *testing.T) {
	golden(t, "errors", func(src *rulefile.Source) error {
		_, err := Parse([]*rulefile.Source{src}, Options{})
		return err
	})
}

// Each file in testdata/bind is fine by itself and refused for shop.orders.
func TestGoldenBind(t *testing.T) {
	golden(t, "bind", func(src *rulefile.Source) error {
		p, err := Parse([]*rulefile.Source{src}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return p.Check(ordersTable())
	})
}

func golden(t *testing.T, dir string, check func(*rulefile.Source) error) {
	t.Helper()
	names, err := filepath.Glob("testdata/" + dir + "/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			err = check(&rulefile.Source{Name: filepath.Base(name), Text: text})
			if _, ok := errors.AsType[*rulefile.Error](err); !ok || !errors.Is(err, event.ErrConfig) {
				t.Fatalf("got %v, want an *rulefile.Error that is a configuration error", err)
			}
			cdctest.CompareFile(t, strings.TrimSuffix(name, ".yaml")+".txt", err.Error()+"\n", *update)
		})
	}
}
