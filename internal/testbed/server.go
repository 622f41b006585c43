package testbed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// startLimit bounds the start of a server, stopLimit its orderly end.
const (
	startLimit = 90 * time.Second
	stopLimit  = 60 * time.Second
)

// engine is what one kind of server does in its own way.
type engine interface {
	// prepare fills the empty data folder.
	prepare(ctx context.Context, s *Server) error
	// command returns the program and its arguments.
	command(ctx context.Context, s *Server) (*exec.Cmd, error)
	// ready returns nil once the server serves.
	ready(ctx context.Context, s *Server) error
	// signals returns those for an orderly end and for a crash.
	signals() (stop, crash syscall.Signal)
}

// Server is one server with its data. It keeps its port and its data when it
// is stopped and started again.
type Server struct {
	Kind Kind
	Port int    // on 127.0.0.1
	Dir  string // holds the data, and the log
	// Args are added to the command line (for Kafka: to the properties, for the
	// registry: those of the Java machine) and
	// override what this package sets. A change holds from the next start on.
	// In Kafka's, {port} and {controller} stand for the ports that this package
	// has picked, {port:NAME} for one more, see NamedPort, and {home} for the
	// folder with the certificates.
	Args []string

	home       *Home
	engine     engine
	program    string // folder of the unpacked program
	controller int    // Kafka's second port
	ports      map[string]int
	proc       *process
}

// New prepares a server with the given Args.
func (h *Home) New(ctx context.Context, k Kind, args ...string) (*Server, error) {
	program, err := h.bed.part(k)
	if err != nil {
		return nil, err
	}
	dir, err := h.folder(k)
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	s := &Server{Kind: k, Port: port, Dir: dir, home: h, engine: engineOf(k), program: program, Args: args}
	if err := s.engine.prepare(ctx, s); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", k, err)
	}
	return s, nil
}

func engineOf(k Kind) engine {
	switch {
	case k.IsPostgres():
		return postgres{}
	case k == Kafka:
		return kafka{}
	case k == Registry:
		return registry{}
	default:
		return mysql{}
	}
}

// Addr returns the address that the server listens on.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// Setting returns what the variable Kind.Env is to hold for this server.
func (s *Server) Setting() string {
	if s.Kind == Registry {
		return s.RegistryURL()
	}
	return s.Kind.Admin() + "@" + s.Addr()
}

// NamedPort returns the port that {port:NAME} in Args stands for; 0 for none.
func (s *Server) NamedPort(name string) int { return s.ports[name] }

// LogFile returns the path of what the server printed.
func (s *Server) LogFile() string { return filepath.Join(s.Dir, "log") }

// Data returns the path of the server's data folder.
func (s *Server) Data() string { return filepath.Join(s.Dir, "data") }

// Start starts the server and returns when it serves.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, errors.New("start took too long"))
	defer cancel()
	cmd, err := s.engine.command(ctx, s)
	if err != nil {
		return fmt.Errorf("start %s: %w", s.Kind, err)
	}
	_, crash := s.engine.signals()
	proc, err := launch(ctx, s.home, cmd, s.LogFile(), signalName(crash))
	if err != nil {
		return fmt.Errorf("%s: %w", s.Kind, err)
	}
	s.proc = proc
	var last error
	err = wait(ctx, func() (bool, error) {
		if proc.exited() {
			return false, errors.New("it ended while starting")
		}
		last = s.engine.ready(ctx, s)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("start %s: %w (last answer: %w)\n%s", s.Kind, err, last, s.logTail())
	}
	return nil
}

// Stop ends the server in good order.
func (s *Server) Stop(ctx context.Context) error {
	stop, _ := s.engine.signals()
	return s.endWith(ctx, stop)
}

// Kill ends the server at once, as a crash would: by kill -9, and PostgreSQL
// by its immediate shutdown, since kill -9 would leave its children behind.
func (s *Server) Kill(ctx context.Context) error {
	_, crash := s.engine.signals()
	return s.endWith(ctx, crash)
}

// Running reports whether the process is there.
func (s *Server) Running() bool { return s.proc != nil && !s.proc.exited() }

func (s *Server) endWith(ctx context.Context, signal syscall.Signal) error {
	if s.proc == nil {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, stopLimit, errors.New("stop took too long"))
	defer cancel()
	if err := s.proc.end(ctx, signal); err != nil {
		return fmt.Errorf("stop %s: %w\n%s", s.Kind, err, s.logTail())
	}
	s.proc = nil
	return nil
}

// logTail returns the end of the log, for an error message.
func (s *Server) logTail() []byte {
	text, err := os.ReadFile(s.LogFile())
	if err != nil {
		return nil
	}
	return text[max(0, len(text)-4000):]
}

func signalName(s syscall.Signal) string {
	if s == syscall.SIGQUIT {
		return "QUIT"
	}
	return "KILL"
}

// freePort picks a port below the range that outgoing connections use, so that
// a stopped server finds its port free when it comes back.
func freePort(ctx context.Context) (int, error) {
	const low, high, tries = 20000, 32000, 100
	var last error
	for range tries {
		port := low + rand.IntN(high-low)
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			last = err
			continue
		}
		return port, listener.Close()
	}
	return 0, fmt.Errorf("find a free port: %w", last)
}

// Remove deletes the data of a server that doesn't run any more.
func (s *Server) Remove() error {
	if s.Running() {
		return fmt.Errorf("remove %s: it runs", s.Kind)
	}
	if err := os.RemoveAll(s.Dir); err != nil {
		return fmt.Errorf("remove %s: %w", s.Kind, err)
	}
	return nil
}
