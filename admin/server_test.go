package admin_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cdc/admin"
	"cdc/event"
	"cdc/pipeline"
)

func get(t *testing.T, path string, all ...pipeline.Status) (code int, body string) {
	t.Helper()
	h := admin.Handler(admin.Config{}, admin.Service{Version: "1.2.3", Status: func() []pipeline.Status { return all }})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func streaming(name string) pipeline.Status {
	return pipeline.Status{
		Name: name, Phase: pipeline.PhaseStreaming, Stats: &pipeline.Stats{},
		Source: event.SourceStats{Connected: true, Reconnects: 2, LagBytes: 77},
	}
}

func failed(name string) pipeline.Status {
	return pipeline.Status{Name: name, Phase: pipeline.PhaseFailed, Stats: &pipeline.Stats{}, Err: errors.New("wal_level is replica")}
}

func TestHealth(t *testing.T) {
	if code, _ := get(t, "/healthz", streaming("a"), failed("b")); code != http.StatusOK {
		t.Errorf("one of two failed: got %d, want 200", code)
	}
	if code, _ := get(t, "/healthz", failed("b")); code != http.StatusServiceUnavailable {
		t.Errorf("all failed: got %d, want 503", code)
	}
}

func TestReadySaysWhyNot(t *testing.T) {
	if code, body := get(t, "/readyz", streaming("a")); code != http.StatusOK {
		t.Errorf("got %d %q, want 200", code, body)
	}
	code, body := get(t, "/readyz", streaming("a"), failed("b"))
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "b: failed: wal_level is replica") {
		t.Errorf("got %d %q", code, body)
	}
	cut := streaming("c")
	cut.Source.Connected = false
	if code, body := get(t, "/readyz", cut); code != http.StatusServiceUnavailable || !strings.Contains(body, "connecting") {
		t.Errorf("got %d %q", code, body)
	}
}

func TestNotReadyWithoutSink(t *testing.T) {
	s := streaming("a")
	s.Sink = errors.New("can't reach the brokers")
	code, body := get(t, "/readyz", s)
	if code != http.StatusServiceUnavailable || body != "a: sink: can't reach the brokers\n" {
		t.Errorf("/readyz: got %d %q", code, body)
	}
	if code, _ := get(t, "/healthz", s); code != http.StatusOK {
		t.Errorf("/healthz: got %d, want 200: to start again would not help", code)
	}
}

func TestMetrics(t *testing.T) {
	s := streaming("shop")
	s.Stats.Rows.Add(41)
	code, body := get(t, "/metrics", s)
	if code != http.StatusOK {
		t.Fatalf("got %d", code)
	}
	for _, want := range []string{
		`cdc_rows_total{pipeline="shop"} 41`, `cdc_unrepresentable_values_total{pipeline="shop"} 0`, `cdc_source_reconnects_total{pipeline="shop"} 2`,
		`cdc_source_lag_bytes{pipeline="shop"} 77`, `cdc_pipeline_state{pipeline="shop",state="streaming"} 1`,
		`cdc_offset_age_seconds{pipeline="shop"} -1`, `cdc_build_info{version="1.2.3"} 1`, `process_resident_memory_bytes`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func TestProfilesOnlyWhenAsked(t *testing.T) {
	for _, on := range []bool{true, false} {
		h := admin.Handler(admin.Config{Pprof: on}, admin.Service{Status: func() []pipeline.Status { return nil }})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/debug/pprof/", nil))
		if got := w.Code == http.StatusOK; got != on {
			t.Errorf("pprof: %v: answered %d", on, w.Code)
		}
	}
}

func TestReadyTellsNotes(t *testing.T) {
	s := streaming("shop")
	s.Source.Notes = []string{"public.t isn't captured; mend: ALTER PUBLICATION p ADD TABLE public.t"}
	code, body := get(t, "/readyz", s)
	if code != http.StatusOK || !strings.Contains(body, "note: shop: public.t isn't captured; mend: ALTER PUBLICATION") {
		t.Errorf("got %d %q", code, body)
	}
	if _, body := get(t, "/metrics", s); !strings.Contains(body, `cdc_source_notes{pipeline="shop"} 1`) {
		t.Error("no metric counts the note")
	}
}
