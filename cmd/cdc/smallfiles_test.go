package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cdc/transform"
)

// What isn't a regular file, or is too large, is refused wherever rule files are read, and
// nothing waits for it.
func TestRuleFilesAreRegularAndSmall(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "large.yaml"), []byte(strings.Repeat("# x\n", 1<<18)+"#"), 0o600); err != nil {
		t.Fatal(err)
	}
	cdc := offline(t, nil)
	for name, want := range map[string]string{
		"pipe": "pipe.yaml: read the rule file: it isn't a regular file", "zero": "zero.yaml: read the rule file: it isn't a regular file",
		"large": "large.yaml: read the rule file: it is too large: it may have 1024 KiB (split it: a pipeline takes several)", "none": "none.yaml: read the rule file: no such file or directory",
	} {
		file := filepath.Join(dir, name+".yaml")
		for _, args := range [][]string{{"test", file}, {"transform", file}, {"explain", "--table", "a.b", file}} {
			check(t, cdc, "", refusedBy(args, want))
		}
		if _, err := transform.Load([]string{file}, transform.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load: %v", err)
		}
		if list := transform.SecretFiles([]string{file}); list != nil {
			t.Errorf("secrets in %s: %v", name, list)
		}
	}
}

func refusedBy(args []string, stderr string) want { return want{args, exitConfig, "", stderr} }

func TestReferencesAreRegularFiles(t *testing.T) {
	for path, want := range map[string]string{"/dev/zero": "it isn't a regular file", "/nothing": "no such file"} {
		_, err := parse(t, strings.Replace(asWritten, "${MYSQL_PASSWORD}", "${file:"+path+"}", 1), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
