//go:build integration

package binlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/testdb"

	"github.com/google/go-cmp/cmp"
)

// keeper is an Emitter that keeps the last state of every row.
type keeper struct {
	*collector
	schemas map[string]*event.Schema
	rows    map[string]map[string][]string // by table and first column
}

func newKeeper() *keeper {
	return &keeper{collector: newCollector(), schemas: map[string]*event.Schema{}, rows: map[string]map[string][]string{}}
}

func (k *keeper) TryEmit(b *event.Batch) (*event.Batch, bool) {
	k.mu.Lock()
	for i := range b.Rows {
		k.keep(b, &b.Rows[i])
	}
	k.mu.Unlock()
	return k.collector.TryEmit(b)
}

func (k *keeper) keep(b *event.Batch, r *event.Row) {
	k.schemas[r.Schema.Table] = r.Schema
	table := k.rows[r.Schema.Table]
	if table == nil {
		table = map[string][]string{}
		k.rows[r.Schema.Table] = table
	}
	if r.Before >= 0 {
		delete(table, show(b.Arena, b.Image(r.Before, r.Schema)[0]))
	}
	if r.After >= 0 {
		values := b.Image(r.After, r.Schema)
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = show(b.Arena, v)
		}
		table[texts[0]] = texts
	}
}

// script reads statements of testdata/decode for a flavor.
func script(t *testing.T, fl Flavor, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/decode/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if own, ok := strings.CutPrefix(line, "-- "+fl.String()+":"); ok {
			line = own
		}
		if !strings.HasPrefix(line, "--") {
			b.WriteString(line)
		}
	}
	return strings.TrimRight(b.String(), "\n;")
}

// TestSnapshotEqualsStream: every value of every type is the same whether it was
// read from the table or from the log.
func TestSnapshotEqualsStream(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		k := newKeeper()
		ctx, cancel := context.WithCancel(t.Context())
		from := mustPosition(t, s, srv, fl, db)
		for _, name := range []string{"types.sql", "more.sql"} {
			srv.Exec(t, db, script(t, fl, name))
		}
		srv.Exec(t, db, "create table fence (id int primary key)", "insert into fence values (1)")
		done := make(chan error, 1)
		go func() { done <- s.Stream(ctx, from, all{}, k) }()
		waitFence(t, k, done)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Stream ended with %v", err)
		}
		ctx = t.Context()

		shot := newKeeper()
		reader := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		v, err := reader.OpenView(ctx, nil, all{})
		if err != nil {
			t.Fatal(err)
		}
		defer closeView(t, v)
		for _, table := range v.Tables() {
			if err := v.Read(ctx, table, shot); err != nil {
				t.Fatal(err)
			}
		}
		compareKept(t, k, shot)
	})
}

func compareKept(t *testing.T, k, shot *keeper) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	values := 0
	delete(shot.rows, "begin_fence")
	for table, rows := range shot.rows {
		if k.schemas[table] == nil {
			t.Fatalf("table %s isn't in the log", table)
		}
		if diff := cmp.Diff(plainColumns(shot.schemas[table]), plainColumns(k.schemas[table]), cmp.AllowUnexported(event.Value{})); diff != "" {
			t.Errorf("table %s: the schema of the stream differs (-table +log):\n%s", table, diff)
		}
		if len(k.rows[table]) != len(rows) {
			t.Errorf("table %s: %d rows in the log, %d in the table", table, len(k.rows[table]), len(rows))
		}
		for id, want := range rows {
			for i, got := range k.rows[table][id] {
				c := shot.schemas[table].Columns[i]
				values++
				if got != want[i] && logText(c, id) == "" {
					t.Errorf("table %s, row %s, column %s %s: %s in the log, %s in the table", table, id, c.Name, c.Type.Native, got, want[i])
				}
			}
		}
	}
	if values < 650 {
		t.Errorf("only %d values compared", values)
	}
}

// plainColumns are the columns without the words of their declaration, which the
// log has from the statement and the catalogue in the server's own spelling.
func plainColumns(s *event.Schema) []event.Column {
	columns := slices.Clone(s.Columns)
	for i := range columns {
		columns[i].Type.Declared, columns[i].Type.Native = event.Declared{}, ""
	}
	return columns
}

// TestUnfitByPolicy: a zero date is taken, counted and told once, or stops the
// stream and the snapshot.
func TestUnfitByPolicy(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, d date not null, e date)")
		c := configOf(srv, db+".*")
		c.Capture.Unfit = &event.Unfit{}
		taken := start(t, newSource(t, fl, c, &memoryJournal{}), "", all{}).connected()
		strict := configOf(srv, db+".*")
		strict.Capture.Unfit = &event.Unfit{Policy: event.PolicyFail}
		failing := newSource(t, fl, strict, &memoryJournal{})
		from := mustPosition(t, failing, srv, fl, db)
		srv.Exec(t, db, "set sql_mode=''; insert into t values (1,'0000-00-00','2020-00-00')")
		rows := taken.rows(2)
		if n := c.Capture.Unfit.Count(); n != 2 || len(rows) != 2 {
			t.Errorf("%d values counted, rows %v", n, rows)
		}
		checkUnfit(t, db, failing.Stream(t.Context(), from, all{}, newCollector()))
		v, err := failing.OpenView(t.Context(), nil, all{})
		if err != nil {
			t.Fatal(err)
		}
		defer closeView(t, v)
		for _, s := range v.Tables() {
			if s.Table == "t" {
				checkUnfit(t, db, v.Read(t.Context(), s, newCollector()))
			}
		}
	})
}

func checkUnfit(t *testing.T, db string, err error) {
	t.Helper()
	want := fmt.Sprintf("table %s.t, column %q: a date of which a part is zero", db, "d")
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "the key of the table: id") {
		t.Errorf("got %v, want %s", err, want)
	}
}

// mustPosition is where the log ends now, by way of a stream that sees a fence.
func mustPosition(t *testing.T, s *Source, srv *testdb.Server, fl Flavor, db string) event.Position {
	t.Helper()
	probe := newSource(t, fl, s.config, &memoryJournal{})
	probe.config.Capture = event.Capture{}
	r := start(t, probe, "", all{}).connected()
	srv.Exec(t, db, "create table if not exists begin_fence (id int primary key auto_increment)", "insert into begin_fence values ()")
	r.rows(1)
	p := r.position()
	r.stop()
	return p
}

func waitFence(t *testing.T, k *keeper, done chan error) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		k.mu.Lock()
		seen := len(k.rows["fence"]) > 0
		k.mu.Unlock()
		if seen {
			return
		}
		select {
		case err := <-done:
			t.Fatalf("Stream ended: %v", err)
		case <-k.more:
		case <-deadline:
			t.Fatal("the stream doesn't come to its end")
		}
	}
}
