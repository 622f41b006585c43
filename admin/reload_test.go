package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/admin"
	"cdc/pipeline"
)

// reloading answers a request with what a reload of the rules gives.
func reloading(t *testing.T, method, path string, header http.Header, reload admin.Reload) *httptest.ResponseRecorder {
	t.Helper()
	h := admin.Handler(admin.Config{}, admin.Service{Status: func() []pipeline.Status { return nil }, Reload: reload})
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	maps.Copy(r.Header, header)
	h.ServeHTTP(w, r)
	return w
}

func TestReload(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code int
	}{
		{"good", nil, http.StatusOK},
		{"a bad file", fmt.Errorf("%w: x", admin.ErrFiles), http.StatusUnprocessableEntity},
		{"another table", admin.ErrTables, http.StatusConflict},
		{"no database", errors.New("connection refused"), http.StatusServiceUnavailable},
	}
	for _, tt := range tests {
		var asked string
		w := reloading(t, http.MethodPost, "/pipelines/shop/rules/reload?test=true", nil, func(_ context.Context, name string, test bool) (admin.Reloaded, error) {
			asked = fmt.Sprint(name, " ", test)
			return admin.Reloaded{Pipeline: name, Result: admin.Changed, Before: "a", After: "b", Generation: 2, Errors: []string{"r.yaml:1:2: <x>"}}, tt.err
		})
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"pipeline": "shop", "result": "changed", "before": "a", "after": "b", "generation": 2.0, "errors": []any{"r.yaml:1:2: <x>"}}
		if diff := cmp.Diff(want, got); w.Code != tt.code || asked != "shop true" || diff != "" {
			t.Errorf("%s: got %d, asked for %q (-want +got):\n%s", tt.name, w.Code, asked, diff)
		}
	}
}

func TestReloadRefusesOtherRequests(t *testing.T) {
	none := func(context.Context, string, bool) (admin.Reloaded, error) {
		return admin.Reloaded{}, admin.ErrNoPipeline
	}
	tests := []struct {
		method, path string
		header       http.Header
		code         int
	}{
		{http.MethodPost, "/pipelines/shop/rules/reload", nil, http.StatusNotFound},
		{http.MethodGet, "/pipelines/shop/rules/reload", nil, http.StatusMethodNotAllowed},
		{http.MethodPost, "/pipelines/shop/rules/reload?test=maybe", nil, http.StatusBadRequest},
		{http.MethodPost, "/pipelines/shop/rules/reload?tests=true", nil, http.StatusBadRequest},
		{http.MethodPost, "/pipelines/shop", nil, http.StatusMethodNotAllowed},
		{http.MethodPost, "/pipelines/shop/rules/reload", http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.StatusForbidden},
	}
	for _, tt := range tests {
		if w := reloading(t, tt.method, tt.path, tt.header, none); w.Code != tt.code {
			t.Errorf("%s %s: got %d, want %d", tt.method, tt.path, w.Code, tt.code)
		}
	}
}

func withRules(name string) pipeline.Status {
	s := streaming(name)
	s.Rules = pipeline.RulesStatus{Hash: "abc", Generation: 3, Since: time.Unix(1_700_000_000, 0), Reloads: pipeline.Reloads{Changed: 2, Unchanged: 1}}
	return s
}

// counted has the counts of a rule that is in force, and of one that was.
func counted() pipeline.Status {
	s := withRules("c")
	s.Rules.Counts = []pipeline.RuleCounts{
		{Rule: "orders", Taken: 5, Filtered: 7, Errors: map[string]uint64{"drop": 2, "dead_letter": 0}},
		{Rule: `a "quoted"`, Taken: 1},
	}
	return s
}

func TestPipelinesCountRules(t *testing.T) {
	_, body := get(t, "/pipelines/c", counted())
	var got struct{ Rules struct{ Counts any } }
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := any([]any{
		map[string]any{"rule": "orders", "taken": 5.0, "filtered": 7.0, "errors": map[string]any{"drop": 2.0, "dead_letter": 0.0}},
		map[string]any{"rule": `a "quoted"`, "taken": 1.0, "filtered": 0.0},
	})
	if diff := cmp.Diff(want, got.Rules.Counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	code, body := get(t, "/metrics", counted())
	for _, line := range []string{
		`cdc_rule_rows_total{outcome="taken",pipeline="c",rule="orders"} 5`, `cdc_rule_rows_total{outcome="filtered",pipeline="c",rule="orders"} 7`,
		`cdc_rule_errors_total{pipeline="c",policy="drop",rule="orders"} 2`, `cdc_rule_errors_total{pipeline="c",policy="dead_letter",rule="orders"} 0`,
		`cdc_rule_rows_total{outcome="taken",pipeline="c",rule="a \"quoted\""} 1`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("metrics (%d) lack %s", code, line)
		}
	}
}

func TestPipelines(t *testing.T) {
	bad := withRules("b")
	bad.Rules.Problems, bad.Rules.Refused = []string{"r.yaml:1:2: no such verb\n  line", "r.yaml:3:4: and this"}, time.Unix(1_700_000_100, 0)
	bad.Rules.Reloads.Refused = 1
	code, body := get(t, "/pipelines", withRules("a"), bad)
	const want = `{
  "pipelines": [
    {
      "name": "a",
      "phase": "streaming",
      "ready": true,
      "rules": {
        "hash": "abc",
        "generation": 3,
        "since": "2023-11-14T22:13:20Z"
      }
    },
    {
      "name": "b",
      "phase": "streaming",
      "ready": true,
      "rules": {
        "hash": "abc",
        "generation": 3,
        "since": "2023-11-14T22:13:20Z",
        "refused_at": "2023-11-14T22:15:00Z",
        "errors": [
          "r.yaml:1:2: no such verb\n  line",
          "r.yaml:3:4: and this"
        ]
      }
    }
  ]
}
`
	if diff := cmp.Diff(want, body); code != http.StatusOK || diff != "" {
		t.Errorf("got %d (-want +got):\n%s", code, diff)
	}
	if code, body := get(t, "/pipelines/a", withRules("a")); code != http.StatusOK || !strings.Contains(body, `"name": "a"`) {
		t.Errorf("got %d %s", code, body)
	}
	if code, _ := get(t, "/pipelines/c", withRules("a")); code != http.StatusNotFound {
		t.Errorf("a pipeline that isn't there: got %d", code)
	}
	_, body = get(t, "/readyz", bad)
	const note = "note: b: rules were refused at 2023-11-14T22:15:00Z, those with the hash abc stay in force: r.yaml:1:2: no such verb (and 1 more)\n"
	if !strings.HasSuffix(body, note) {
		t.Errorf("/readyz: %q", body)
	}
	_, body = get(t, "/metrics", bad)
	for _, line := range []string{
		`cdc_rules_info{hash="abc",pipeline="b"} 1`, `cdc_rules_generation{pipeline="b"} 3`, `cdc_rules_reload_total{pipeline="b",result="changed"} 2`,
		`cdc_rules_reload_total{pipeline="b",result="refused"} 1`, `cdc_rules_reload_total{pipeline="b",result="unchanged"} 1`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
}
