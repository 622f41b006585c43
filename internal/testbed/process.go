package testbed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// poll is how often a starting or ending server is looked at.
const poll = 20 * time.Millisecond

// process is a child that is looked at, never waited for in a goroutine: a
// test that checks for leaked goroutines must not see its servers.
type process struct {
	home *Home
	pid  int
	gone bool
}

// launch starts a program with its output appended to a log file.
func launch(ctx context.Context, h *Home, cmd *exec.Cmd, logFile, endSignal string) (*process, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true // Ctrl-C is for the tests; servers end after them
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	p := &process{home: h, pid: cmd.Process.Pid}
	if err := h.Watch(p.pid, endSignal); err != nil {
		return nil, errors.Join(err, p.end(ctx, syscall.SIGKILL))
	}
	return p, nil
}

// exited reports whether the process has ended, and reaps it.
func (p *process) exited() bool {
	if p.gone {
		return true
	}
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(p.pid, &status, syscall.WNOHANG, nil)
	if err == nil && pid != p.pid {
		return false
	}
	p.gone = true
	// A watchdog that can't be told is gone, and with it the reason to tell it.
	_ = p.home.Unwatch(p.pid)
	return true
}

// end sends a signal and waits until the process is gone.
func (p *process) end(ctx context.Context, signal syscall.Signal) error {
	if p.exited() {
		return nil
	}
	if err := syscall.Kill(p.pid, signal); err != nil {
		return fmt.Errorf("signal process %d: %w", p.pid, err)
	}
	return wait(ctx, func() (bool, error) { return p.exited(), nil })
}

// wait calls done until it says so, fails, or the context ends.
func wait(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}
