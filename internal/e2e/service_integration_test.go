//go:build integration

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for something that should be there within
// a second or two.
const patience = 60 * time.Second

// eventually polls a condition and fails the test when it doesn't come true.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	if !within(t, patience, done) {
		t.Fatalf("after %s still not: %s", patience, what)
	}
}

// within polls a condition and reports whether it came true.
func within(t testing.TB, limit time.Duration, done func() bool) bool {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	ticker := time.NewTicker(15 * time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-t.Context().Done():
			return false
		case <-deadline.C:
			return done()
		case <-ticker.C:
		}
	}
	return true
}

// output collects what a process prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// service is one life of the program.
type service struct {
	t     testing.TB
	cmd   *exec.Cmd
	out   output
	ended chan struct{} // closed when the process is gone
	addr  string        // of the admin server, once known
}

// start runs "cdc run" on the project. The process ends with the test.
func (p *project) start(t testing.TB) *service {
	t.Helper()
	return p.launch(t, nil, "run", "--config", p.config)
}

func (p *project) launch(t testing.TB, stdin io.Reader, args ...string) *service {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s := &service{t: t, cmd: exec.CommandContext(context.WithoutCancel(t.Context()), path, args...), ended: make(chan struct{})}
	s.cmd.Dir, s.cmd.Env, s.cmd.Stdin = p.dir, append(os.Environ(), p.env()...), stdin
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	s.cmd.WaitDelay = time.Second
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		// Its exit code is asked for when somebody wants it.
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.kill()
		s.inspect(p.secrets())
	})
	return s
}

// inspect looks at everything that was printed for what must never be there.
func (s *service) inspect(secrets []string) {
	text := s.out.String()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			s.t.Errorf("a password was printed:\n%s", strings.ReplaceAll(text, secret, "<<PASSWORD>>"))
		}
	}
	if strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic:") || strings.Contains(text, "goroutine 1 [") {
		s.t.Errorf("the program broke:\n%s", text)
	}
	if s.t.Failed() {
		s.t.Logf("output of %s:\n%s", strings.Join(s.cmd.Args[1:], " "), tail(text))
	}
}

func tail(text string) string { return text[max(0, len(text)-6000):] }

// kill ends the process as a crash would.
func (s *service) kill() {
	// It may have ended already.
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stop asks the process to end and wants it to end well.
func (s *service) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatalf("ask the program to end: %v\n%s", err, tail(s.out.String()))
	}
	if code := s.exit(); code != 0 {
		s.t.Fatalf("exit code after SIGTERM is %d, want 0\n%s", code, tail(s.out.String()))
	}
}

// exit waits for the end of the process and returns its exit code.
func (s *service) exit() int {
	s.t.Helper()
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("the program still runs after %s:\n%s", patience, tail(s.out.String()))
		return -1
	}
}

func (s *service) running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// wants waits until the output holds the text.
func (s *service) wants(text string) {
	s.t.Helper()
	s.poll("in the output: "+text, func() bool { return strings.Contains(s.out.String(), text) })
}

// poll is eventually, for as long as the process runs.
func (s *service) poll(what string, done func() bool) {
	s.t.Helper()
	ok := false
	within(s.t, patience, func() bool {
		ended := !s.running() // asked first, so that the last words count
		ok = done()
		return ok || ended
	})
	if !ok {
		s.t.Fatalf("not (yet): %s; the program runs: %t\n%s", what, s.running(), tail(s.out.String()))
	}
}

var adminAddress = regexp.MustCompile(`admin server listens.*"address":"([^"]+)"`)

// admin returns the address of the admin server.
func (s *service) admin() string {
	s.t.Helper()
	if s.addr == "" {
		s.poll("admin server listens", func() bool { return adminAddress.MatchString(s.out.String()) })
		s.addr = adminAddress.FindStringSubmatch(s.out.String())[1]
	}
	return s.addr
}

// get asks the admin server; code 0 says that it doesn't answer.
func (s *service) get(path string) (code int, body string) {
	s.t.Helper()
	code, body, err := fetch(s.t.Context(), "http://"+s.admin()+path)
	if err != nil {
		return 0, err.Error()
	}
	return code, body
}

func fetch(ctx context.Context, url string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// ready waits until changes flow in every pipeline.
func (s *service) ready() *service {
	s.t.Helper()
	s.poll("ready", func() bool { code, _ := s.get("/readyz"); return code == http.StatusOK })
	return s
}

// metrics returns what the admin server says, "" while it doesn't answer.
func (s *service) metrics() string {
	s.t.Helper()
	found := adminAddress.FindStringSubmatch(s.out.String())
	if found == nil {
		return ""
	}
	_, body, err := fetch(s.t.Context(), "http://"+found[1]+"/metrics")
	if err != nil {
		return ""
	}
	return body
}

// streams waits until the pipeline has left its snapshot behind.
func (s *service) streams(pipeline string) *service {
	s.t.Helper()
	want := fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="streaming"} 1`, pipeline)
	s.poll("pipeline streams", func() bool { return strings.Contains(s.metrics(), want) })
	return s.ready()
}

// metric returns a number of a pipeline; false when it isn't there.
func (s *service) metric(name, pipeline string) (float64, bool) {
	s.t.Helper()
	for line := range strings.Lines(s.metrics()) {
		rest, ok := strings.CutPrefix(line, fmt.Sprintf("%s{pipeline=%q} ", name, pipeline))
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
		return n, err == nil
	}
	return 0, false
}

// rss returns the resident memory of the process in MiB.
func (s *service) rss() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return kib >> 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// result is what a command that ends by itself printed.
type result struct {
	code int
	out  string
}

// run runs a command to its end.
func (p *project) run(t testing.TB, args ...string) result {
	t.Helper()
	return p.runWith(t, "", args...)
}

func (p *project) runWith(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	s := p.launch(t, strings.NewReader(stdin), append(args, "--config", p.config)...)
	return result{code: s.exit(), out: s.out.String()}
}

// wants checks exit code and texts.
func (r result) wants(t testing.TB, code int, texts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code is %d, want %d:\n%s", r.code, code, tail(r.out))
	}
	for _, text := range texts {
		if !strings.Contains(r.out, text) {
			t.Errorf("the output lacks %q:\n%s", text, tail(r.out))
		}
	}
}
