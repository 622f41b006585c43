package golden

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLateNotNull(t *testing.T) {
	dir := t.TempDir()
	script := "insert into t values(1); alter table t alter c drop not null, add primary key(id, bb);"
	if err := os.WriteFile(filepath.Join(dir, "changes.sql"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &comparison{Case: &Case{dir: dir, Source: sourcePostgres}}
	for _, tt := range []struct {
		column, path string
		want         bool
	}{
		{"c", "schema.fields[after].fields[c].optional", true},
		{"bb", "schema.fields[after].fields[bb].optional", true},
		{"b", "schema.fields[after].fields[b].optional", false},
		{"c", "schema.fields[after].fields[c].type", false},
	} {
		s := spot{comparison: k, inSchema: true, column: tt.column, path: tt.path}
		if got := lateNotNull(&s); got != tt.want {
			t.Errorf("%s: got %v", tt.path, got)
		}
	}
}
