package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/admin"
	"cdc/binlog"
	"cdc/event"
	"cdc/pipeline"
	"cdc/sink"
	"cdc/transform"
	"cdc/transform/rulefile"
)

const ordersRule = "version: 1\nrules:\n  - name: orders\n    tables: [shop.orders]\n    fields: {orderId: id}\n"

// reloadRig is a reloader whose database and manager are the test.
type reloadRig struct {
	*reloader
	file  string
	logs  *observer.ObservedLogs
	table *event.Schema

	mu        sync.Mutex
	state     pipeline.Phase
	tablesErr error
	restarts  int
}

func newReloadRig(t *testing.T, text string) *reloadRig {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules.yaml")
	r := &reloadRig{file: file, state: pipeline.PhaseStreaming, table: tableOf("id", "status")}
	r.write(t, text)
	c := defaultPipeline(connectorMySQL)
	c.Source.MySQL, c.Sink.Kafka, c.Rules = &binlog.Config{}, &sink.Config{TopicPrefix: "shop"}, []string{file}
	program, err := c.program()
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	r.logs = logs
	r.reloader = &reloader{
		builder: &builder{name: "shop", config: &c, live: transform.NewLive(program)}, log: zap.New(core),
		warn: func(pipelineRules) {},
		tables: func(context.Context) ([]*event.Schema, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			return []*event.Schema{r.table}, r.tablesErr
		},
		phase:   func() pipeline.Phase { return r.state },
		restart: func() bool { r.restarts++; return r.state == pipeline.PhaseFailed },
	}
	return r
}

func tableOf(columns ...string) *event.Schema {
	s := &event.Schema{Database: "shop", Table: "orders", Width: len(columns)}
	for i, name := range columns {
		s.Columns = append(s.Columns, event.Column{Name: name, Ord: i, Type: event.Type{Kind: event.KindInt, Native: "int"}})
	}
	s.Key = s.Columns[:1]
	return s
}

func (r *reloadRig) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(r.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// attempt reloads what a file says now.
func (r *reloadRig) attempt(t *testing.T, text string) (admin.Reloaded, error) {
	t.Helper()
	r.write(t, text)
	return r.reload(t.Context(), false)
}

func TestReloadSwaps(t *testing.T) {
	r := newReloadRig(t, ordersRule)
	first, _, _ := r.builder.live.Now()
	done, err := r.attempt(t, "# a comment\n"+ordersRule)
	if err != nil || done.Result != admin.Unchanged || done.Generation != 1 {
		t.Errorf("a comment: %+v, %v", done, err)
	}
	done, err = r.attempt(t, strings.Replace(ordersRule, "orderId", "order", 1))
	if err != nil || done.Result != admin.Changed || done.Before != first.Hash() || done.After == first.Hash() || done.Generation != 2 {
		t.Errorf("another name: %+v, %v", done, err)
	}
	if s := r.status(); s.Hash != done.After || s.Generation != 2 || s.Since.IsZero() || s.Reloads != (pipeline.Reloads{Changed: 1, Unchanged: 1}) {
		t.Errorf("status %+v", s)
	}
	if n := r.logs.FilterMessageSnippet("the rules were swapped").Len(); n != 1 {
		t.Errorf("%d log lines tell of it", n)
	}
}

// withSecret is the rule, with a secret in a file.
func withSecret(file string) string {
	return ordersRule + "    hash: {status: {secret: {file: " + file + "}}}\n"
}

// A secret that was changed in its file is taken, though the rules mean the same.
func TestReloadTakesANewSecret(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("old")
	r := newReloadRig(t, withSecret(secret))
	if done, err := r.reload(t.Context(), false); err != nil || done.Result != admin.Unchanged || r.stale() {
		t.Errorf("the same secret: %+v, %v", done, err)
	}
	put("new")
	if !r.stale() {
		t.Error("a new secret is none")
	}
	done, err := r.reload(t.Context(), false)
	if err != nil || done.Result != admin.Changed || done.Generation != 2 || done.Before != done.After {
		t.Errorf("a new secret: %+v, %v", done, err)
	}
	if n := r.logs.FilterMessageSnippet("a secret of the rules has changed").Len(); n != 1 {
		t.Errorf("%d log lines tell of it", n)
	}
	put("")
	if done, err := r.reload(t.Context(), false); !errors.Is(err, admin.ErrFiles) || done.Generation != 2 {
		t.Errorf("no secret: %+v, %v", done, err)
	}
}

func TestReloadRefuses(t *testing.T) {
	column := strings.Replace(ordersRule, "orderId: id", "orderId: idd", 1)
	tests := []struct {
		name, text string
		kind       error
		errors     []string
	}{
		{"not YAML", "version: [\n", admin.ErrFiles, []string{"rules.yaml:"}},
		{"two errors", "version: 1\nrules:\n  - name: a\n    tables: [shop.orders]\n    feilds: {}\n  - name: b\n    tabels: [x.y]\n", admin.ErrFiles, []string{"rules.yaml:5:5: ", "rules.yaml:6:"}},
		{"no such column", column, admin.ErrTables, []string{"rules.yaml:5:"}},
	}
	for _, tt := range tests {
		r := newReloadRig(t, ordersRule)
		r.state = pipeline.PhaseFailed
		before := r.status().Hash
		done, err := r.attempt(t, tt.text)
		if !errors.Is(err, tt.kind) || done.Result != admin.Refused || done.After != before || done.Generation != 1 || r.restarts != 0 {
			t.Errorf("%s: %+v, %v", tt.name, done, err)
		}
		logged := r.logs.FilterLevelExact(zap.ErrorLevel).All()
		if len(done.Errors) < len(tt.errors) || len(logged) != len(done.Errors) {
			t.Fatalf("%s: %d lines in the log for the errors %q", tt.name, len(logged), done.Errors)
		}
		for i, want := range tt.errors {
			if !strings.Contains(done.Errors[i], want) || logged[i].ContextMap()["error"] != done.Errors[i] {
				t.Errorf("%s: error %q, want one at %s; logged %v", tt.name, done.Errors[i], want, logged[i].ContextMap())
			}
		}
		if s := r.status(); len(s.Problems) == 0 || s.Refused.IsZero() || s.Reloads.Refused != 1 {
			t.Errorf("%s: status %+v", tt.name, s)
		}
		if _, err := r.attempt(t, ordersRule); err != nil {
			t.Errorf("%s: the good file again: %v", tt.name, err)
		}
		if s := r.status(); s.Problems != nil || r.restarts != 1 {
			t.Errorf("%s: after the good file: status %+v, %d restarts", tt.name, s, r.restarts)
		}
	}
}

// A table version that rows have still to come of counts, though the table has been
// altered since.
func TestReloadKnowsTheTablesOfTheLog(t *testing.T) {
	r := newReloadRig(t, ordersRule)
	if _, _, err := r.builder.live.Newest().Select(tableOf("id")); err != nil {
		t.Fatal(err)
	}
	uses := strings.Replace(ordersRule, "{orderId: id}", "{orderId: id, state: status}", 1)
	if done, err := r.attempt(t, uses); !errors.Is(err, admin.ErrTables) || done.Generation != 1 || !strings.Contains(done.Errors[0], "load the rules again after its next row") {
		t.Errorf("got %+v, %v", done, err)
	}
	if _, _, err := r.builder.live.Newest().Select(tableOf("id", "status")); err != nil {
		t.Fatal(err)
	}
	if done, err := r.attempt(t, uses); err != nil || done.Result != admin.Changed {
		t.Errorf("got %+v, %v", done, err)
	}
}

func TestReloadWithoutDatabase(t *testing.T) {
	other := strings.Replace(ordersRule, "orderId", "order", 1)
	r := newReloadRig(t, ordersRule)
	r.tablesErr = errors.New("connection refused")
	done, err := r.attempt(t, other)
	if err == nil || !mayPass(err) || done.Result != admin.Refused || !strings.Contains(done.Errors[0], "connection refused") {
		t.Errorf("while it streams: %+v, %v", done, err)
	}
	r.state = pipeline.PhaseFailed
	done, err = r.attempt(t, other)
	if err != nil || done.Result != admin.Changed || !done.Restarted {
		t.Errorf("after it has failed: %+v, %v", done, err)
	}
}

func TestReloadRunsTests(t *testing.T) {
	r := newReloadRig(t, ordersRule)
	other := strings.Replace(ordersRule, "orderId", "order", 1)
	var tested int
	r.test = func(sources []*rulefile.Source) error {
		tested++
		return fmt.Errorf("%s: 1 of 2 tests failed", sources[0].Name)
	}
	if done, err := r.attempt(t, other); err != nil || tested != 0 || done.Result != admin.Changed {
		t.Errorf("nobody asked: %+v, %v, tested %d times", done, err, tested)
	}
	r.write(t, ordersRule)
	if done, err := r.reload(t.Context(), true); !errors.Is(err, admin.ErrFiles) || tested != 1 || done.Generation != 2 || !strings.HasSuffix(done.Errors[0], "rules.yaml: 1 of 2 tests failed") {
		t.Errorf("asked: %+v, %v, tested %d times", done, err, tested)
	}
	r.always = true
	if done, err := r.attempt(t, ordersRule); !errors.Is(err, admin.ErrFiles) || tested != 2 {
		t.Errorf("always: %+v, %v, tested %d times", done, err, tested)
	}
}

// A file that changes while its tests run doesn't come into force untested.
func TestReloadTakesWhatWasTested(t *testing.T) {
	r := newReloadRig(t, ordersRule)
	r.test = func([]*rulefile.Source) error {
		r.write(t, strings.Replace(ordersRule, "orderId", "untested", 1))
		return nil
	}
	r.write(t, strings.Replace(ordersRule, "orderId", "tested", 1))
	want, err := r.builder.config.program()
	if err != nil {
		t.Fatal(err)
	}
	if done, err := r.reload(t.Context(), true); err != nil || done.After != want.Hash() {
		t.Errorf("got %+v, %v, want the rules %s", done, err, want.Hash())
	}
}

func TestReloadOfNoPipeline(t *testing.T) {
	if _, err := (reloaders{}).reload(t.Context(), "shop", false); !errors.Is(err, admin.ErrNoPipeline) {
		t.Errorf("got %v", err)
	}
}

// watching runs the watch of a rig and returns how to wait for some seconds.
func (r *reloadRig) watching(t *testing.T) (pass func(time.Duration)) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.watch(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return func(d time.Duration) {
		<-time.After(d)
		synctest.Wait()
	}
}

func (r *reloadRig) wantReloads(t *testing.T, when string, want pipeline.Reloads) {
	t.Helper()
	if got := r.status().Reloads; got != want {
		t.Errorf("%s: %+v, want %+v", when, got, want)
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloadRig(t, ordersRule)
		pass := r.watching(t)
		pass(5 * time.Second)
		r.wantReloads(t, "at rest", pipeline.Reloads{})
		r.write(t, "version: 1\nrules:\n  - na") // half of it
		pass(1100 * time.Millisecond)
		r.write(t, strings.Replace(ordersRule, "orderId", "order", 1))
		pass(5 * time.Second)
		r.wantReloads(t, "written in two pieces", pipeline.Reloads{Changed: 1})
		if err := os.Remove(r.file); err != nil {
			t.Fatal(err)
		}
		pass(5 * time.Second)
		r.wantReloads(t, "removed", pipeline.Reloads{Changed: 1, Refused: 1})
		r.write(t, ordersRule)
		pass(5 * time.Second)
		r.wantReloads(t, "there again", pipeline.Reloads{Changed: 2, Refused: 1})
		r.write(t, "version: 2\n")
		pass(time.Minute)
		r.wantReloads(t, "bad", pipeline.Reloads{Changed: 2, Refused: 2})
	})
}

// Kubernetes swaps the folder that the files of a ConfigMap lie in.
func TestWatchFollowsSymlinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloadRig(t, ordersRule)
		dir := filepath.Dir(r.file)
		version := func(name, text string) {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, name, "rules.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			when := time.Unix(1_700_000_000, 0) // the same for both
			if err := os.Chtimes(file, when, when); err != nil {
				t.Fatal(err)
			}
		}
		link := func(to, name string) {
			if err := os.Symlink(to, filepath.Join(dir, "next")); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		version("..1", ordersRule)
		version("..2", strings.Replace(ordersRule, "orderId", "orderIx", 1)) // of the same size
		link("..1", "..data")
		link("..data/rules.yaml", "rules.yaml")
		pass := r.watching(t)
		pass(5 * time.Second)
		r.wantReloads(t, "at rest", pipeline.Reloads{})
		link("..2", "..data")
		pass(5 * time.Second)
		r.wantReloads(t, "another folder", pipeline.Reloads{Changed: 1})
	})
}

// What changed between the first reading and the watch isn't missed, and what
// failed because of the database is tried again.
func TestWatchTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloadRig(t, ordersRule)
		r.write(t, strings.Replace(ordersRule, "orderId", "order", 1))
		r.tablesErr = errors.New("connection refused")
		pass := r.watching(t)
		pass(5 * time.Second)
		r.wantReloads(t, "without database", pipeline.Reloads{Refused: 1})
		r.mu.Lock()
		r.tablesErr = nil
		r.mu.Unlock()
		pass(10 * time.Second)
		r.wantReloads(t, "with it", pipeline.Reloads{Changed: 1, Refused: 1})
	})
}

// A file that holds a secret is watched as long as a rule names it.
func TestWatchFollowsSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
		put := func(file, text string) {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		put(first, "a")
		r := newReloadRig(t, withSecret(first))
		pass := r.watching(t)
		pass(5 * time.Second)
		r.wantReloads(t, "at rest", pipeline.Reloads{})
		put(first, "b")
		pass(5 * time.Second)
		r.wantReloads(t, "a new secret", pipeline.Reloads{Changed: 1})
		r.write(t, withSecret(second))
		pass(5 * time.Second)
		r.wantReloads(t, "a file that isn't there", pipeline.Reloads{Changed: 1, Refused: 1})
		put(second, "b")
		pass(5 * time.Second)
		r.wantReloads(t, "there it is", pipeline.Reloads{Changed: 2, Refused: 1})
		put(first, "c")
		pass(5 * time.Second)
		r.wantReloads(t, "a file that no rule names any more", pipeline.Reloads{Changed: 2, Refused: 1})
		put(second, "c")
		pass(5 * time.Second)
		r.wantReloads(t, "the new file", pipeline.Reloads{Changed: 3, Refused: 1})
	})
}
