//go:build integration

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cdc/internal/testdb"
)

// TestDemoTwice runs the whole demo twice over one folder: the second run goes on
// where the first one stopped.
func TestDemoTwice(t *testing.T) {
	program := buildProgram(t)
	for _, database := range [][]string{nil, {"--mariadb"}} {
		t.Run(strings.Join(append(database, "demo"), " "), func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(reachableFolder(t), "data")
			first := playOnce(t, program, append(database, "--data", data)...)
			if strings.Contains(first, "going on from the stored offset") {
				t.Errorf("the first run goes on from something:\n%s", first)
			}
			wantStory(t, first, "1", "2")
			second := playOnce(t, program, append(database, "--data", data)...)
			if !strings.Contains(second, "going on from the stored offset") {
				t.Errorf("the second run doesn't go on:\n%s", second)
			}
			wantStory(t, second, "3", "4")
			if strings.Contains(second, `{"id":1,`) {
				t.Errorf("the second run shows rows of the first:\n%s", second)
			}
		})
	}
}

// TestDemoOnOwnServer: on a server that isn't the demo's own it leaves neither
// slot nor publication, and it doesn't touch a shop of somebody else.
func TestDemoOnOwnServer(t *testing.T) {
	program := buildProgram(t)
	server := testdb.Postgres(t, 18)
	database := server.Database(t)
	shown := playOnce(t, program, "--postgres", server.DSN(database))
	wantStory(t, shown, "1", "2")
	var left int
	const query = `select (select count(*) from pg_replication_slots where slot_name = 'cdc_demo') + (select count(*) from pg_publication where pubname = 'cdc_demo')`
	if err := server.DB(t, database).QueryRowContext(t.Context(), query).Scan(&left); err != nil || left != 0 {
		t.Errorf("the demo left %d of slot and publication (%v)", left, err)
	}

	foreign := server.Database(t)
	server.Exec(t, foreign, "create schema shop", "create table shop.orders (id int primary key)")
	cmd := exec.CommandContext(t.Context(), program, "demo", "--once", "--postgres", server.DSN(foreign))
	text, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(text), "hasn't made") {
		t.Errorf("got %v\n%s\nwant a refusal", err, text)
	}
}

func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "cdc")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	return program
}

// reachableFolder is one that the user of PostgreSQL can enter, which a test's
// temporary folder is not.
func reachableFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cdc-demo-test-") //nolint:usetesting // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the server's user must be able to pass
		t.Fatal(err)
	}
	return dir
}

// playOnce runs the demo and returns what it prints.
func playOnce(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"demo", "--once"}, args...)...)
	cmd.Dir = "../.." // where make testbed leaves its MariaDB
	cmd.WaitDelay = time.Minute
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	return out.String()
}

// wantStory looks for what the two orders of one round must show, and for what
// the rule must not let through.
func wantStory(t *testing.T, shown, first, second string) {
	t.Helper()
	for _, want := range []string{
		`value op=c after={"id":` + first + `,"name":"Ada"`,
		`value {"orderId":` + first + `,"status":"new"}`,
		`value {"orderId":` + second + `,"status":"new"}`,
		`value {"orderId":` + first + `,"status":"shipping"}`,
	} {
		if n := strings.Count(shown, want); n != 1 {
			t.Errorf("%s is shown %d times, want once", want, n)
		}
	}
	for _, never := range []string{"paid\"", "cancelled\""} {
		if strings.Contains(shown, never) {
			t.Errorf("%s got through the rule", never)
		}
	}
	if t.Failed() {
		t.Log(shown)
	}
}
