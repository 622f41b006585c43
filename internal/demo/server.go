package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"syscall"
)

// The child's words on its standard output. What begins with none of them is
// told to the user as it is.
const (
	sayReady = "ready"
	sayError = "error "
)

// Server is a database server that a child process holds.
type Server struct {
	Port  int
	child *exec.Cmd
	stdin io.Closer
}

// hold starts the child and waits until its server is ready.
func hold(ctx context.Context, port int, command []string, attr *syscall.SysProcAttr, dir string, progress func(string)) (*Server, error) {
	child := exec.Command(command[0], command[1:]...) //nolint:noctx // it ends with its standard input, after a clean stop
	child.Dir = dir
	child.SysProcAttr = attr
	child.SysProcAttr.Setpgid = true // Ctrl-C is for the parent, which stops the pipeline first
	stdin, err := child.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("start the process that holds the server: %w", err)
	}
	s := &Server{Port: port, child: child, stdin: stdin}
	if err := await(ctx, stdout, progress); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// await reads what the child says until the server is ready.
func await(ctx context.Context, stdout io.Reader, progress func(string)) error {
	said := make(chan error, 1)
	go func() {
		scan := bufio.NewScanner(stdout)
		for scan.Scan() {
			line := scan.Text()
			if line == sayReady {
				said <- nil
				return
			}
			if reason, failed := strings.CutPrefix(line, sayError); failed {
				said <- errors.New(reason)
				return
			}
			progress(line)
		}
		said <- errors.New("the process that holds the server ended before the server was ready")
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-said:
		return err
	}
}

// Close stops the server and waits for its end.
func (s *Server) Close() error {
	return errors.Join(s.stdin.Close(), s.child.Wait())
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// sayFailure tells the parent why there is no server.
func sayFailure(out io.Writer, err error) error {
	fmt.Fprintln(out, sayError+strings.ReplaceAll(err.Error(), "\n", " "))
	return err
}
