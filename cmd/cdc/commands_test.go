package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cdc/event"
)

// outcome is what a command left behind.
type outcome struct {
	code        int
	out, stderr string
}

// project writes the files into a folder and returns a function that runs
// commands with its cdc.yaml.
func project(t *testing.T, files map[string]string) func(stdin string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(stdin string, args ...string) outcome {
		var out, stderr bytes.Buffer
		args = append(args, "--config", filepath.Join(dir, "cdc.yaml"))
		code := run(t.Context(), args, strings.NewReader(stdin), &out, &stderr)
		return outcome{code, out.String(), stderr.String()}
	}
}

// nobody returns the address of a port at which nobody listens.
func nobody(t *testing.T) (host, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	host, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// twoPipelines need servers that aren't there.
func twoPipelines(t *testing.T) string {
	host, port := nobody(t)
	return strings.NewReplacer("HOST", host, "PORT", port).Replace(`pipelines:
  one:
    source:
      mysql: {host: HOST, port: PORT, user: cdc, tables: ["shop.*"]}
    sink:
      kafka: {brokers: ["HOST:PORT"], topic_prefix: one, request_timeout: 200ms}
    offsets:
      file: {path: one.json}
  two:
    source:
      postgres: {host: HOST, port: PORT, user: cdc, database: shop, tables: ["shop.*"]}
    sink:
      kafka: {brokers: ["HOST:PORT"], topic_prefix: two, request_timeout: 200ms}
    offsets:
      file: {path: two.json}
`)
}

func TestEveryPipelineIsExamined(t *testing.T) {
	cdc := project(t, map[string]string{"cdc.yaml": twoPipelines(t)})
	for _, args := range [][]string{{"doctor"}, {"validate", "--online"}} {
		got := cdc("", args...)
		for _, name := range []string{"fail  one", "fail  two"} {
			if got.code != exitFailure || !strings.Contains(got.out, name) {
				t.Errorf("%v: got %+v, want %q in it", args, got, name)
			}
		}
	}
}

func TestMissingCertificates(t *testing.T) {
	text := strings.Replace(twoPipelines(t), "topic_prefix: two", "topic_prefix: two, tls: {mode: verify-full, ca: no.pem}", 1)
	text = strings.Replace(text, "tables: [", "tls: {mode: require, cert: no.crt, key: no.key}, tables: [", 1)
	cdc := project(t, map[string]string{"cdc.yaml": text})
	for _, args := range [][]string{{"run"}, {"validate"}} {
		got := cdc("", args...)
		for _, want := range []string{"cdc.yaml:4:", "pipelines.one.source.mysql.tls.cert: open", "no.crt", "cdc.yaml:13:", "pipelines.two.sink.kafka.tls.ca: open", "no.pem"} {
			if got.code != exitConfig || !strings.Contains(got.stderr, want) {
				t.Errorf("%v: got %+v, want %q in it", args, got, want)
			}
		}
	}
	if got := cdc("", "config", "print"); got.code != exitOK {
		t.Errorf("config print: got %+v, want what can be printed without certificates", got)
	}
	if got := cdc("", "doctor"); !strings.Contains(got.out, "fail  one") || !strings.Contains(got.out, "fail  two") {
		t.Errorf("doctor: got %+v, want findings of both", got)
	}
}

// A position of another kind of source is refused, and nothing is stored.
func TestOffsetOfAnotherSource(t *testing.T) {
	cdc := project(t, map[string]string{"cdc.yaml": twoPipelines(t)})
	mysql, postgres := `{"file":"bin.000001","pos":4}`, `{"lsn":5}`
	for _, tt := range []struct {
		pipeline, offset string
		code             int
	}{
		{"one", postgres, exitConfig},
		{"two", mysql, exitConfig},
		{"one", mysql, exitOK},
		{"two", postgres, exitOK},
	} {
		got := cdc(tt.offset, "offsets", "set", tt.pipeline)
		if got.code != tt.code || (got.code != exitOK && !strings.HasPrefix(got.stderr, "standard input: pipeline "+tt.pipeline)) {
			t.Errorf("set %s of %s: got %+v, want code %d", tt.offset, tt.pipeline, got, tt.code)
		}
		if stored := cdc("", "offsets", "get", tt.pipeline); (stored.code == exitOK) != (tt.code == exitOK) {
			t.Errorf("get after set %s of %s: got %+v", tt.offset, tt.pipeline, stored)
		}
	}
}

// noEncryption is the address of something that says, as PostgreSQL does, that it
// doesn't encrypt.
func noEncryption(t *testing.T) (host, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing to wait for
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := conn.Read(make([]byte, 8)); err == nil {
				_, _ = conn.Write([]byte("N"))
			}
			conn.Close()
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	host, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// failing is a pipeline that fails for good, whose rules take no row of its
// snapshot.
func failing(t *testing.T, format string) map[string]string {
	host, port := noEncryption(t)
	return map[string]string{
		"cdc.yaml": strings.NewReplacer("HOST", host, "PORT", port, "FORMAT", format).Replace(`pipelines:
  one:
    source:
      postgres: {host: HOST, port: PORT, user: cdc, database: d, tables: ["shop.*"], tls: {mode: require}}
    rules: [rules.yaml]
    sink:
      kafka: {brokers: ["HOST:PORT"], topic_prefix: one}
    offsets:
      file: {path: one.json}
log: {format: FORMAT}
`),
		"rules.yaml": "version: 1\nrules:\n  - name: news\n    tables: [shop.orders]\n    on: [insert]\n",
	}
}

// The log has the reason; it is said again only where people read it.
func TestFailureIsToldOnce(t *testing.T) {
	for format, times := range map[string]int{"json": 1, "console": 2} {
		got := project(t, failing(t, format))("", "run")
		if n := strings.Count(got.stderr, "set tls.mode: disable"); got.code != exitFailure || n != times {
			t.Errorf("%s: exit code %d, and the reason is there %d times, want %d:\n%s", format, got.code, n, times, got.stderr)
		}
		for line := range strings.Lines(got.stderr) {
			if format == "json" && !json.Valid([]byte(line)) {
				t.Errorf("a line of the log is not JSON: %s", line)
			}
		}
	}
}

// What rules probably don't mean is a warning of both commands.
func TestWarnings(t *testing.T) {
	cdc := project(t, failing(t, "json"))
	got := cdc("", "validate")
	if got.code != exitOK || !strings.HasPrefix(got.stderr, "warning: ") || !strings.Contains(got.stderr, "rules.yaml:5:") {
		t.Errorf("validate: got %+v, want a warning and its place", got)
	}
	got = cdc("", "run")
	if first, _, _ := strings.Cut(got.stderr, "\n"); !strings.Contains(first, `"level":"warn"`) || !strings.Contains(first, "rules.yaml:5:") {
		t.Errorf("run: got %s, want a warning and its place first", got.stderr)
	}
}

// A rule that doesn't fit the tables is permanent, and its text is that of the
// rule alone.
func TestUnfitRule(t *testing.T) {
	err := asConfig(&configError{errors.New("rules.yaml:7:35: no column statsu")})
	if !errors.Is(err, event.ErrConfig) || exitCode(err) != exitConfig || err.Error() != "rules.yaml:7:35: no column statsu" {
		t.Errorf("got %q, exit code %d", err, exitCode(err))
	}
	passing := errors.New("connection refused")
	if got := asConfig(passing); !errors.Is(got, passing) || errors.Is(got, event.ErrConfig) {
		t.Errorf("got %v, want it as it was", got)
	}
}
