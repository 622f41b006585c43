package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of ours each package may import, and which
// modules of others beside the standard library. ARCHITECTURE.md tells why.
var allowed = map[string]struct{ ours, others []string }{
	"event":               {},
	"security":            {},
	"examples/rules":      {},
	"transform":           {ours: []string{"event", "internal/smallfile", "transform/expr", "transform/rulefile", "transform/values"}},
	"transform/values":    {ours: []string{"event", "internal/javafloat", "transform/rulefile"}},
	"transform/expr":      {[]string{"event", "transform/rulefile"}, []string{"cel.dev/cel-go"}},
	"transform/rulefile":  {[]string{"event", "internal/smallfile"}, []string{"go.yaml.in/yaml/v3"}},
	"binlog/charsets":     {nil, []string{"golang.org/x/text"}},
	"binlog/flavor":       {},
	"binlog/gtid":         {ours: []string{"binlog/flavor"}},
	"binlog/decimal":      {ours: []string{"event"}},
	"binlog/ddl":          {ours: []string{"event", "binlog/charsets", "binlog/flavor"}},
	"binlog/jsonb":        {ours: []string{"binlog/decimal"}},
	"binlog":              {[]string{"event", "security", "binlog/charsets", "binlog/ddl", "binlog/decimal", "binlog/flavor", "binlog/gtid", "binlog/jsonb"}, []string{"github.com/go-mysql-org/go-mysql", "github.com/klauspost/compress", "github.com/cenkalti/backoff/v5", "go.uber.org/zap", "github.com/google/uuid"}},
	"pgwal":               {[]string{"event", "security"}, []string{"github.com/jackc/pgx/v5", "github.com/jackc/pglogrepl", "github.com/cenkalti/backoff/v5", "go.uber.org/zap"}},
	"sink/encode/connect": {},
	"sink/encode":         {ours: []string{"event", "internal/javafloat", "security", "sink/encode/connect", "sink/registry"}},
	"sink/registry":       {[]string{"event", "security"}, []string{"github.com/twmb/franz-go/pkg/sr", "github.com/cenkalti/backoff/v5", "go.uber.org/zap"}},
	"sink":                {[]string{"event", "security"}, []string{"github.com/twmb/franz-go", "github.com/pierrec/lz4/v4", "github.com/cenkalti/backoff/v5", "go.uber.org/zap"}},
	"offsets":             {[]string{"event"}, []string{"github.com/twmb/franz-go", "github.com/google/renameio/v2", "golang.org/x/sys", "go.uber.org/zap"}},
	"pipeline":            {[]string{"event"}, []string{"github.com/cenkalti/backoff/v5", "go.uber.org/zap"}},
	"admin":               {[]string{"event", "pipeline"}, []string{"github.com/prometheus/client_golang", "go.uber.org/zap"}},
}

type listed struct {
	ImportPath string
	Module     *struct{ Path string }
	Imports    []string
	Standard   bool
}

func TestImportsGoOneWay(t *testing.T) {
	packages := list(t)
	for _, p := range packages {
		name, ours := strings.CutPrefix(p.ImportPath, "cdc/")
		rule, known := allowed[name]
		if !ours || strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "bench/") || strings.HasPrefix(name, "cmd/") {
			continue
		}
		if !known {
			t.Errorf("package %s has no entry in the table of imports", name)
			continue
		}
		for _, imported := range p.Imports {
			dep := packages[imported]
			switch {
			case dep == nil || dep.Standard:
			case strings.HasPrefix(imported, "cdc/"):
				if !slices.Contains(rule.ours, strings.TrimPrefix(imported, "cdc/")) {
					t.Errorf("package %s must not import %s", name, imported)
				}
			case !slices.ContainsFunc(rule.others, func(m string) bool {
				return imported == m || strings.HasPrefix(imported, m+"/")
			}):
				t.Errorf("package %s must not import %s", name, imported)
			}
		}
	}
}

// list returns every package that the project is built of, without tests.
func list(t *testing.T) map[string]*listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Module,Imports,Standard", "cdc/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]*listed{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = &p
	}
}
