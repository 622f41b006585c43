// Command withservers starts one server of each kind of the test bed, runs a
// command with their addresses in its environment, and ends them:
//
//	withservers go test -tags integration ./...
//
// A kind whose address is in the environment already is not started. The
// servers end with this process, however it ends.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"cdc/internal/testbed"
)

// exitUsage and exitServers are exit codes of our own; else the command's is
// passed on.
const (
	exitUsage   = 2
	exitServers = 3
)

// grace is how long the command may take to end after the first signal.
const grace = 20 * time.Second

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprintln(stderr, "usage: withservers COMMAND [ARGUMENT ...]")
		return exitUsage
	}
	signals := make(chan os.Signal, 2) // the first asks, the second insists
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	home, env, err := startInterruptible(ctx, cancel, signals, stderr)
	if home != nil {
		defer func() {
			if err := home.Close(); err != nil {
				fmt.Fprintln(stderr, "withservers:", err)
			}
		}()
	}
	if err != nil {
		fmt.Fprintln(stderr, "withservers:", err)
		return exitServers
	}
	code, err := runCommand(ctx, home, args, env, signals)
	if err != nil {
		fmt.Fprintln(stderr, "withservers:", err)
	}
	return code
}

// startInterruptible starts the servers unless a signal comes first.
func startInterruptible(ctx context.Context, cancel func(), signals <-chan os.Signal, stderr io.Writer) (*testbed.Home, []string, error) {
	bed, err := testbed.Find()
	if err != nil {
		return nil, nil, err
	}
	home, err := testbed.Open(ctx, bed)
	if err != nil {
		return nil, nil, err
	}
	type result struct {
		env []string
		err error
	}
	done := make(chan result, 1) // one send, never blocks
	started := time.Now()
	go func() {
		env, err := startAll(ctx, home)
		done <- result{env, err}
	}()
	select {
	case r := <-done:
		if r.err == nil {
			fmt.Fprintf(stderr, "withservers: servers up in %.1f s\n", time.Since(started).Seconds())
		}
		return home, r.env, r.err
	case s := <-signals:
		cancel()
		<-done
		return home, nil, fmt.Errorf("%s while starting", s)
	}
}

// startAll starts what the environment doesn't have and returns the variables
// that say where it is.
func startAll(ctx context.Context, home *testbed.Home) ([]string, error) {
	kinds := testbed.Kinds()
	env := make([]string, len(kinds))
	group, ctx := errgroup.WithContext(ctx)
	for i, kind := range kinds {
		if os.Getenv(kind.Env()) != "" {
			continue
		}
		group.Go(func() error {
			server, err := home.New(ctx, kind)
			if err != nil {
				return err
			}
			env[i] = kind.Env() + "=" + server.Setting()
			return server.Start(ctx)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return append(env, testbed.EnvCA+"="+home.CAFile()), nil
}

// runCommand runs the command in a process group of its own, so that a signal
// can be passed on to all that it started, and returns its exit code.
func runCommand(ctx context.Context, home *testbed.Home, args, env []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return exitServers, fmt.Errorf("start the command: %w", err)
	}
	if err := home.Watch(-cmd.Process.Pid, "KILL"); err != nil {
		return exitServers, err
	}
	ended := make(chan error, 1) // one send, never blocks
	go func() { ended <- cmd.Wait() }()
	var limit <-chan time.Time
	for {
		select {
		case err := <-ended:
			return exitCode(err)
		case s := <-signals:
			if limit != nil {
				return exitServers, fmt.Errorf("second signal (%s): the watchdog ends the command", s)
			}
			limit = time.After(grace)
			// The group may be gone already; then the command has ended too.
			_ = syscall.Kill(-cmd.Process.Pid, s.(syscall.Signal))
		case <-limit:
			return exitServers, fmt.Errorf("the command did not end within %s: the watchdog ends it", grace)
		}
	}
}

func exitCode(err error) (int, error) {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if err == nil || !ok {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
