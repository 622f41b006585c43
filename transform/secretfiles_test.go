package transform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/internal/cdctest"
)

// hashedBy is a rule file whose rule hashes by the secret in a file.
func hashedBy(secret string) string {
	return "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  fields: {m: mail}\n  hash: {mail: {secret: {file: " + secret + "}}}\n"
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Another secret in the same file makes other rules, though their hash is the same.
func TestLiveTakesANewSecret(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	load := func(text string) *Program {
		write(t, secret, text)
		return with(t, Options{Prefix: "p"}, hashedBy(secret))
	}
	l := NewLive(load("old-key"))
	hashed := func() string {
		t.Helper()
		b := cdctest.NewBatch().Insert(people(), 1, "Ann", "a@x", 1).Batch()
		b.Gen = l.Newest().Generation()
		if err := l.Run(b); err != nil {
			t.Fatal(err)
		}
		o := b.Outs[0]
		return string(b.Bytes(b.Image(o.After, o.View)[o.View.Columns[0].Ord]))
	}
	first, hash := hashed(), l.Hash(1)
	if changed, err := l.Swap(load("old-key\n")); changed || err != nil {
		t.Errorf("the same secret: %v, %v", changed, err)
	}
	if changed, err := l.Swap(load("new-key")); !changed || err != nil {
		t.Errorf("another secret: %v, %v", changed, err)
	}
	if second := hashed(); second == first || len(second) != len(first) || l.Hash(2) != hash {
		t.Errorf("hashed to %s and %s, by the rules %s and %s", first, second, hash, l.Hash(2))
	}
	if changed, err := l.Swap(PassAll(Options{Prefix: "p"})); !changed || err != nil {
		t.Errorf("no rules any more: %v, %v", changed, err)
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	a, b, bad := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml"), filepath.Join(dir, "bad.yaml")
	write(t, a, hashedBy("/s/2")+strings.Replace(strings.TrimPrefix(hashedBy("/s/1"), "version: 1\nrules:\n"), "name: r", "name: s", 1))
	write(t, b, strings.Replace(hashedBy("/s/2"), "{file: /s/2}", "{env: S}", 1)+"- {name: t, tables: [a.b], hash: {c: {secret: {file: /s/2}}}}\n")
	write(t, bad, "version: [\n")
	got := SecretFiles([]string{a, bad, filepath.Join(dir, "missing.yaml"), b})
	if diff := cmp.Diff([]string{"/s/1", "/s/2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSecretOfBoundedSize(t *testing.T) {
	for name, text := range map[string]string{
		"too large": strings.Repeat("x", maxSecret+1), "is empty": "\r\n",
	} {
		secret := filepath.Join(t.TempDir(), "secret")
		write(t, secret, text)
		file := filepath.Join(t.TempDir(), "r.yaml")
		write(t, file, hashedBy(secret))
		if _, err := Load([]string{file}, Options{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	file := filepath.Join(t.TempDir(), "r.yaml")
	write(t, file, hashedBy(t.TempDir()))
	if _, err := Load([]string{file}, Options{}); err == nil || !strings.Contains(err.Error(), "isn't a regular file") {
		t.Errorf("a folder: got %v", err)
	}
}
