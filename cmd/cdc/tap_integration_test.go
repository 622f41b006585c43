//go:build integration

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cdc/internal/testdb"
)

// tapRules leave out what isn't new.
const tapRules = `version: 1
rules:
  - name: new-orders
    tables: ["*.orders"]
    on: [insert]
    when: after.status == "NEW"
    emit: row
    topic: orders.new
`

// tapProject is a pipeline whose broker isn't there, since nothing may be written.
func tapProject(t *testing.T, source string) (file string) {
	t.Helper()
	dir := t.TempDir()
	host, port := nobody(t)
	config := fmt.Sprintf(`pipelines:
  shop:
    source:
%s
    events: {column_mask_with_chars: {3: ["*.*.secret"]}}
    rules: [rules.yaml]
    sink:
      kafka: {brokers: ["%s:%s"], topic_prefix: tap}
    offsets:
      file: {path: shop.json}
`, source, host, port)
	for name, text := range map[string]string{"cdc.yaml": config, "rules.yaml": tapRules} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "cdc.yaml")
}

// tapWhile taps two records while insert is called again and again.
func tapWhile(t *testing.T, file string, insert func(id int)) outcome {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	var got outcome
	var out, stderr bytes.Buffer
	var tapping sync.WaitGroup
	tapping.Go(func() {
		defer end()
		got.code = run(ctx, []string{"tap", "-c", file, "-n", "2", "--timeout", "1m"}, strings.NewReader(""), &out, &stderr)
	})
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for id := 1; ctx.Err() == nil; id++ {
		insert(id)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	tapping.Wait()
	got.out, got.stderr = out.String(), stderr.String()
	return got
}

// wantTapped checks what a tap has shown, and that it stored no offset.
func wantTapped(t *testing.T, file string, got outcome) {
	t.Helper()
	if got.code != exitOK || strings.Count(got.out, "\n") != 2 || !strings.Contains(got.stderr, "2 records shown") {
		t.Fatalf("got %+v, want two records", got)
	}
	for line := range strings.Lines(got.out) {
		var r struct {
			Topic string
			Value struct{ Status, Secret string }
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Topic != "orders.new" || r.Value.Status != "NEW" || r.Value.Secret != "***" {
			t.Errorf("got %s (%v)", line, err)
		}
	}
	if strings.Contains(got.out+got.stderr, "hidden") {
		t.Error("a masked value is shown")
	}
	files, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(files) != 2 {
		t.Errorf("the tap left files: %v, %v", files, err)
	}
}

func TestTapMySQL(t *testing.T) {
	for name, server := range map[string]*testdb.Server{"mysql": testdb.MySQL(t), "mariadb": testdb.MariaDB(t)} {
		t.Run(name, func(t *testing.T) {
			database := server.Database(t)
			server.Exec(t, database, "create table orders (id int primary key, status varchar(10), secret varchar(20))")
			file := tapProject(t, fmt.Sprintf(`      %s: {host: %s, port: %d, user: %s, password: %q, tables: ["%s.*"]}`,
				name, server.Host, server.Port, server.User, server.Password, database))
			db := server.DB(t, database)
			got := tapWhile(t, file, func(id int) {
				if _, err := db.ExecContext(t.Context(), "insert into orders values (?, ?, 'hidden')", id, []string{"NEW", "OLD"}[id%2]); err != nil {
					t.Error(err)
				}
			})
			wantTapped(t, file, got)
			dumpOf(t, file, name, database+".orders")
		})
	}
}

func TestTapPostgres(t *testing.T) {
	server := testdb.Postgres(t, 18)
	database := server.Database(t)
	server.Exec(t, database, "create schema shop", "create table shop.orders (id int primary key, status text, secret text)")
	file := tapProject(t, fmt.Sprintf(`      postgres: {host: %s, port: %d, user: %s, password: %q, database: %s, tables: ["shop.*"], publication: look}`,
		server.Host, server.Port, server.User, server.Password, database))

	var out, stderr bytes.Buffer
	code := run(t.Context(), []string{"tap", "-c", file, "--timeout", "1m"}, strings.NewReader(""), &out, &stderr)
	if want := `run: CREATE PUBLICATION "look" FOR TABLE ONLY "shop"."orders"`; code != exitFailure || !strings.Contains(stderr.String(), want) {
		t.Errorf("exit code %d, want %q in\n%s", code, want, &stderr)
	}

	server.Exec(t, database, "create publication look for table shop.orders")
	db := server.DB(t, database)
	got := tapWhile(t, file, func(id int) {
		if _, err := db.ExecContext(t.Context(), "insert into shop.orders values ($1, $2, 'hidden')", id, []string{"NEW", "OLD"}[id%2]); err != nil {
			t.Error(err)
		}
	})
	wantTapped(t, file, got)
	const left = `select (select count(*) from pg_replication_slots where database = current_database()), (select count(*) from pg_publication)`
	waitFor(t, func() bool { // the server ends the session after the connection is closed
		var slots, publications int
		if err := db.QueryRowContext(t.Context(), left).Scan(&slots, &publications); err != nil {
			t.Fatal(err)
		}
		return slots == 0 && publications == 1
	})
	dumpOf(t, file, "postgresql", "shop.orders")
}

// waitFor waits until something holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("it didn't come true within 20s")
		}
	}
}

// dumpOf writes the tables of the server, and checks rules against them offline.
func dumpOf(t *testing.T, file, connector, table string) {
	t.Helper()
	var out, stderr bytes.Buffer
	if code := run(t.Context(), []string{"schema", "dump", "-c", file}, strings.NewReader(""), &out, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	dump := filepath.Join(t.TempDir(), "tables.json")
	if err := os.WriteFile(dump, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := readDump(dump)
	if err != nil || d.Connector != connector || len(d.Tables) != 1 || d.Tables[0].Name() != table {
		t.Errorf("got %+v, %v", d, err)
	}
	if code := run(t.Context(), []string{"validate", "-c", file, "--tables", dump}, strings.NewReader(""), io.Discard, &stderr); code != exitOK {
		t.Errorf("validate: exit code %d: %s", code, &stderr)
	}
	out.Reset()
	stdin := strings.NewReader("insert " + table + " {id: 1, status: NEW, secret: hidden}")
	if code := run(t.Context(), []string{"transform", "-c", file, "--tables", dump}, stdin, &out, &stderr); code != exitOK || !strings.Contains(out.String(), `"value":{"id":1,"status":"NEW","secret":"***"}`) {
		t.Errorf("transform: exit code %d: %s%s", code, &out, &stderr)
	}
}
