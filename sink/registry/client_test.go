package registry

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"cdc/event"
	"cdc/security"
)

const (
	schemaA = `{"type":"record","name":"A","fields":[{"name":"id","type":"int"}]}`
	schemaB = `{"type":"record","name":"A","fields":[{"name":"id","type":"long"}]}`
)

// fake is a registry in memory that counts its requests.
type fake struct {
	*srfake.Registry
	asked atomic.Int32
}

func newFake(t *testing.T, opts ...srfake.Option) *fake {
	f := &fake{Registry: srfake.New(opts...)}
	t.Cleanup(f.Close)
	f.Intercept(func(http.ResponseWriter, *http.Request) bool { f.asked.Add(1); return false })
	return f
}

func (f *fake) client(t *testing.T, change func(*Config)) *Client {
	t.Helper()
	return newClient(t, f.URL(), zap.NewNop(), change)
}

func newClient(t testing.TB, url string, log *zap.Logger, change func(*Config)) *Client {
	t.Helper()
	if log == nil {
		log = zap.NewNop()
	}
	var c Config
	c.URLs = []string{url}
	if change != nil {
		change(&c)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	r, err := New(c, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestAsksOnce(t *testing.T) {
	fake := newFake(t)
	r := fake.client(t, nil)
	seen := map[string]uint32{}
	for range 3 {
		for _, schema := range []string{schemaA, schemaB} {
			id, err := r.ID("t-value", schema)
			if err != nil {
				t.Fatal(err)
			}
			if before, ok := seen[schema]; ok && before != id {
				t.Errorf("got id %d, before that %d", id, before)
			}
			seen[schema] = id
		}
	}
	if len(seen) != 2 || seen[schemaA] == seen[schemaB] {
		t.Errorf("got ids %v", seen)
	}
	if n := fake.asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

// TestRegisterAsksAlways: what comes in any number isn't remembered.
func TestRegisterAsksAlways(t *testing.T) {
	fake := newFake(t)
	r := fake.client(t, nil)
	first, err := r.Register("t-value", schemaA)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Register("t-value", schemaA)
	if err != nil || again != first {
		t.Errorf("got id %d and error %v, want id %d", again, err, first)
	}
	if n := fake.asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

func TestLooksUp(t *testing.T) {
	fake := newFake(t)
	r := fake.client(t, func(c *Config) { c.AutoRegister = new(false) })
	_, err := r.ID("t-value", schemaA)
	checkRefused(t, err, `subject "t-value"`, "auto_register")
	fake.SeedSchema("t-value", 1, 77, sr.Schema{Schema: schemaA})
	if id, err := r.ID("t-value", schemaA); err != nil || id != 77 {
		t.Errorf("got id %d, error %v; want 77", id, err)
	}
	_, err = r.ID("t-value", schemaB)
	checkRefused(t, err, "auto_register")
	if fake.SubjectExists("other") || len(mustVersions(t, fake)) != 1 {
		t.Error("something was registered")
	}
}

func mustVersions(t *testing.T, fake *fake) []int {
	t.Helper()
	client, err := sr.NewClient(sr.URLs(fake.URL()))
	if err != nil {
		t.Fatal(err)
	}
	versions, err := client.SubjectVersions(t.Context(), "t-value")
	if err != nil {
		t.Fatal(err)
	}
	return versions
}

// checkRefused wants a permanent error that isn't a row's, with these words.
func checkRefused(t *testing.T, err error, words ...string) {
	t.Helper()
	if _, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, event.ErrConfig) || !errors.Is(err, event.ErrDelivery) {
		t.Fatalf("got %v, want a permanent refusal", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q doesn't say %q", err, word)
		}
	}
}

// answer makes the registry answer every request with an error.
func (f *fake) answer(status, code int, message string) {
	f.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(sr.ResponseError{ErrorCode: code, Message: message}); err != nil {
			return false
		}
		return true
	})
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		status, code int
		words        []string
	}{
		{409, 409, []string{"incompatible", `subject "shop.t/x-value"`, "because so", `"compatibility":"NONE"`, "/config/shop.t%2Fx-value", "rule"}},
		{401, 40101, []string{"registry.password"}},
		{403, 40301, []string{"right"}},
		{404, 0, []string{"registry.url"}},
		{422, 42201, []string{"because so"}},
		{422, 42205, []string{"READWRITE"}},
		{413, 0, []string{"larger"}},
	} {
		fake := newFake(t)
		fake.answer(c.status, c.code, "because so")
		r := fake.client(t, nil)
		_, err := r.ID("shop.t/x-value", schemaA)
		checkRefused(t, err, c.words...)
		refused, _ := errors.AsType[*Error](err)
		if refused.Incompatible != (c.status == 409) {
			t.Errorf("%d: incompatible is %v", c.status, refused.Incompatible)
		}
		if r.Healthy() != nil {
			t.Errorf("%d: unhealthy though it answers: %v", c.status, r.Healthy())
		}
	}
}

// raced is what Apicurio says to the later of two that register the first schema of
// a subject.
const raced = "An artifact version 'null' for artifact ID 't-value' in group 'default' already exists."

// Another schema of a new subject may come in between.
func TestRegistersAgain(t *testing.T) {
	for _, message := range []string{raced, "An artifact with ID 't-value' in group 'default' already exists."} {
		fake := newFake(t)
		left := atomic.Int32{}
		left.Store(2)
		fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			if left.Add(-1) < 0 {
				return false
			}
			w.WriteHeader(http.StatusConflict)
			return json.NewEncoder(w).Encode(sr.ResponseError{ErrorCode: 409, Message: message}) == nil
		})
		core, logs := observer.New(zapcore.InfoLevel)
		r := newClient(t, fake.URL(), zap.New(core), nil)
		if id, err := r.ID("t-value", schemaA); err != nil || id == 0 {
			t.Errorf("%s: got id %d, error %v", message, id, err)
		}
		if logs.Len() > 0 || r.Healthy() != nil {
			t.Errorf("told as an outage: %v", logs.All())
		}
	}
}

// A registry that always says so isn't asked forever.
func TestRegistersAgainNotForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		answer := func(*http.Request) (*http.Response, error) {
			asked++
			body := strings.NewReader(`{"error_code":409,"message":"` + raced + `"}`)
			return &http.Response{StatusCode: http.StatusConflict, Header: http.Header{}, Body: io.NopCloser(body)}, nil
		}
		r := newClient(t, "http://registry", zap.NewNop(), nil)
		var err error
		r.client, err = sr.NewClient(sr.URLs("http://registry"), sr.HTTPClient(&http.Client{Transport: roundTrip(answer)}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.ID("t-value", schemaA)
		checkRefused(t, err, `subject "t-value"`, "already exists", "another program")
		if refused, _ := errors.AsType[*Error](err); refused.Incompatible || asked != collisions {
			t.Errorf("asked %d times, incompatible is %v", asked, refused.Incompatible)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRefusesInFewWords(t *testing.T) {
	fake := newFake(t)
	fake.answer(409, 409, strings.Repeat("ü", 1<<16))
	if _, err := fake.client(t, nil).ID("t-value", schemaA); len(err.Error()) > 4000 {
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
}

func TestOutage(t *testing.T) {
	fake := newFake(t)
	left := atomic.Int32{}
	left.Store(3)
	fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		if left.Add(-1) < 0 {
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	core, logs := observer.New(zapcore.InfoLevel)
	r := newClient(t, fake.URL(), zap.New(core), nil)
	if id, err := r.ID("t-value", schemaA); err != nil || id == 0 {
		t.Fatalf("got id %d, error %v", id, err)
	}
	if r.Healthy() != nil {
		t.Errorf("unhealthy after the answer: %v", r.Healthy())
	}
	lines := []string{}
	for _, l := range logs.All() {
		lines = append(lines, l.Message)
	}
	if len(lines) != 2 || !strings.Contains(lines[0], "wait") || !strings.Contains(lines[1], "again") {
		t.Errorf("logged %q, want one line when it began and one when it ended", lines)
	}
}

func TestCloseEndsWaiting(t *testing.T) {
	fake := newFake(t)
	asked := make(chan struct{}, 100)
	fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		asked <- struct{}{}
		return true
	})
	r := fake.client(t, nil)
	done := make(chan error, 1)
	go func() {
		_, err := r.ID("t-value", schemaA)
		done <- err
	}()
	<-asked
	<-asked // so the first failure was noted
	if err := r.Healthy(); err == nil || !strings.Contains(err.Error(), "out of reach") {
		t.Errorf("healthy while it waits: %v", err)
	}
	r.Close()
	err := <-done
	if !errors.Is(err, event.ErrDelivery) || errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), `subject "t-value"`) {
		t.Errorf("got %v, want an error of the delivery that names the subject", err)
	}
}

func TestOutOfReach(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	url := server.URL
	server.Close()
	core, logs := observer.New(zapcore.WarnLevel)
	r := newClient(t, url, zap.New(core), nil)
	done := make(chan error, 1)
	go func() {
		_, err := r.ID("t-value", schemaA)
		done <- err
	}()
	waitFor(t, func() bool { return logs.Len() > 0 })
	r.Close()
	if err := <-done; !errors.Is(err, event.ErrDelivery) {
		t.Errorf("got %v", err)
	}
}

func TestAuthorization(t *testing.T) {
	for name, c := range map[string]struct {
		want   string
		change func(*Config)
	}{
		"basic":  {"Basic dTpw", func(c *Config) { c.Username, c.Password = "u", "p" }},
		"bearer": {"Bearer tok", func(c *Config) { c.BearerToken = "tok" }},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newFake(t, srfake.WithAuth(c.want))
			if _, err := fake.client(t, c.change).ID("t-value", schemaA); err != nil {
				t.Error(err)
			}
			_, err := fake.client(t, nil).ID("t-value", schemaA)
			checkRefused(t, err)
		})
	}
}

func TestTLS(t *testing.T) {
	fake := newFake(t)
	server := httptest.NewUnstartedServer(fake.Handler())
	server.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{security.VerifyFull, security.VerifyCA} {
		r := newClient(t, server.URL, zap.NewNop(), func(c *Config) { c.TLS = security.TLS{Mode: mode, CA: ca} })
		if _, err := r.ID("t-value", schemaA); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
	r := newClient(t, server.URL, zap.NewNop(), nil)
	_, err := r.ID("t-value", schemaA)
	checkRefused(t, err, "tls.ca")
}

func TestNormalizes(t *testing.T) {
	fake := newFake(t)
	query := make(chan string, 1)
	fake.Intercept(func(_ http.ResponseWriter, r *http.Request) bool { query <- r.URL.RawQuery; return false })
	if _, err := fake.client(t, func(c *Config) { c.Normalize = true }).ID("t-value", schemaA); err != nil {
		t.Fatal(err)
	}
	if got := <-query; got != "normalize=true" {
		t.Errorf("asked with %q", got)
	}
}

func TestDoctor(t *testing.T) {
	fake := newFake(t, srfake.WithGlobalCompat(sr.CompatFull))
	if f := fake.client(t, nil).Doctor(t.Context()); len(f) != 1 || f[0].Level != event.LevelOK || !strings.Contains(f[0].Detail, "FULL") {
		t.Errorf("got %+v", f)
	}
	fake.answer(401, 0, "no")
	if f := fake.client(t, nil).Doctor(t.Context()); f[0].Level != event.LevelFail || !strings.Contains(f[0].Fix, "password") {
		t.Errorf("got %+v", f)
	}
}

func TestSubjects(t *testing.T) {
	for strategy, want := range map[SubjectStrategy]string{
		SubjectTopic: "p.shop.t-value", SubjectRecord: "n.Envelope", SubjectTopicRecord: "p.shop.t-n.Envelope",
	} {
		if got := strategy.Subject("p.shop.t", "value", "n.Envelope"); got != want {
			t.Errorf("%s: got %s, want %s", strategy, got, want)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for path, change := range map[string]func(*Config){
		"url":                         func(c *Config) { c.URLs = nil },
		"url[0]":                      func(c *Config) { c.URLs = []string{"localhost:8081"} },
		"url[1]":                      func(c *Config) { c.URLs = append(c.URLs, "http://u:p@h") },
		"tls.mode":                    func(c *Config) { c.TLS.Mode = security.VerifyFull },
		"username":                    func(c *Config) { c.Password = "p" },
		"bearer_token":                func(c *Config) { c.Username, c.BearerToken = "u", "t" },
		"key_subject_name_strategy":   func(c *Config) { c.KeySubject = "subject" },
		"value_subject_name_strategy": func(c *Config) { c.ValueSubject = "x" },
		"request_timeout":             func(c *Config) { c.RequestTimeout = -1 },
	} {
		var c Config
		c.URLs = []string{"http://127.0.0.1:8081"}
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), path+":") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

// waitFor waits until something that another goroutine does has happened.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for !ok() {
		select {
		case <-t.Context().Done():
			t.Fatal("it never happened")
		default:
			runtime.Gosched()
		}
	}
}
