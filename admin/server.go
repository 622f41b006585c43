package admin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"cdc/pipeline"
)

// Config says where the server listens.
type Config struct {
	// Listen is host:port; empty for no server. Port 0 picks a free one.
	Listen string `yaml:"listen"`
	// Pprof serves the runtime's profiles at /debug/pprof/ too. They show code and
	// sizes, no rows.
	Pprof bool `yaml:"pprof"`
}

// Validate reports an address that can't be one.
func (c Config) Validate() error {
	if c.Listen == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %q is not host:port, such as 127.0.0.1:8083", c.Listen)
	}
	return nil
}

// Server answers /healthz, /readyz, /metrics and /pipelines.
type Server struct {
	listener net.Listener
	http     *http.Server
	log      *zap.Logger
}

// Service is what the server tells of and acts on.
type Service struct {
	Version string
	// Status is asked at each request.
	Status func() []pipeline.Status
	Reload Reload // nil where rules can't be loaded anew
}

// New opens the listener and serves nothing yet.
func New(ctx context.Context, c Config, service Service, log *zap.Logger) (*Server, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("open admin address: %w", err)
	}
	return &Server{
		listener: l,
		log:      log,
		http: &http.Server{
			Handler:           Handler(c, service),
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      2 * time.Minute, // a profile takes as long as it was asked to
			IdleTimeout:       time.Minute,
		},
	}, nil
}

// Addr is the address that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := s.http.Shutdown(limit); err != nil {
			s.log.Debug("admin server cut off a request", zap.Error(err))
		}
	})
	defer stop()
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve admin: %w", err)
	}
	return nil
}

// Handler returns what the server answers with.
func Handler(c Config, service Service) http.Handler {
	status := service.Status
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&collector{version: service.Version, status: status},
	)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { health(w, status()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { ready(w, status()) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /pipelines", func(w http.ResponseWriter, _ *http.Request) { describeAll(w, status()) })
	mux.HandleFunc("GET /pipelines/{name}", func(w http.ResponseWriter, r *http.Request) { describeOne(w, r, status()) })
	if service.Reload != nil {
		mux.HandleFunc("POST /pipelines/{name}/rules/reload", service.Reload.serve)
	}
	if c.Pprof {
		profiles(mux)
	}
	return http.NewCrossOriginProtection().Handler(mux) // a page in somebody's browser has no business here
}

func profiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
}

// health answers 200 as long as some pipeline may still move, so that a
// supervisor doesn't restart a service whose one pipeline waits for a broker.
func health(w http.ResponseWriter, all []pipeline.Status) {
	for _, s := range all {
		if s.Phase != pipeline.PhaseFailed {
			answer(w, http.StatusOK, "ok")
			return
		}
	}
	answer(w, http.StatusServiceUnavailable, "every pipeline has failed")
}

// ready answers 200 when every pipeline moves, else the reasons.
func ready(w http.ResponseWriter, all []pipeline.Status) {
	var reasons []string
	for _, s := range all {
		if ok, why := s.Ready(); !ok {
			reasons = append(reasons, s.Name+": "+why)
		}
	}
	if len(reasons) > 0 {
		answer(w, http.StatusServiceUnavailable, strings.Join(append(reasons, notes(all)...), "\n"))
		return
	}
	answer(w, http.StatusOK, strings.Join(append([]string{"ready"}, notes(all)...), "\n"))
}

// notes are what a person should know though changes flow.
func notes(all []pipeline.Status) (list []string) {
	for _, s := range all {
		for _, n := range s.Source.Notes {
			list = append(list, "note: "+s.Name+": "+n)
		}
		if n := refusal(s.Rules); n != "" {
			list = append(list, "note: "+s.Name+": "+n)
		}
	}
	return list
}

func answer(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintln(w, text)
}
