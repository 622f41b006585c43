package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"cdc/bench/proc"
)

// stopLimit is how long a product may take to end after SIGTERM.
const stopLimit = 30 * time.Second

// product is a process that reads a database's log and writes a topic.
type product struct {
	cmd    *exec.Cmd
	log    *os.File
	start  time.Time
	exited chan struct{} // closed when it has ended
	status error         // how it ended; set before exited is closed
}

// startProduct starts a command with its output in a log file.
func startProduct(ctx context.Context, logFile string, command []string) (*product, error) {
	if len(command) == 0 {
		return nil, errors.New("no command of a product given")
	}
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	p := &product{cmd: exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...), log: log, exited: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	// Out of the terminal's group: Ctrl-C is for the tool, which ends the product.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.start = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start product: %w", err), log.Close())
	}
	go func() {
		defer close(p.exited)
		p.status = p.cmd.Wait()
	}()
	return p, nil
}

func (p *product) pid() int { return p.cmd.Process.Pid }

// ended returns an error when the product has ended by itself.
func (p *product) ended() error {
	select {
	case <-p.exited:
		return errors.Join(fmt.Errorf("the product ended by itself, see %s", p.log.Name()), p.status)
	default:
		return nil
	}
}

// stop asks the product to end, waits, and returns how long that took.
func (p *product) stop() time.Duration { return p.end(syscall.SIGTERM) }

// kill ends the product at once.
func (p *product) kill() { p.end(syscall.SIGKILL) }

func (p *product) end(signal syscall.Signal) time.Duration {
	began := time.Now()
	defer p.log.Close()
	// A product that has ended already can't be signalled; exited tells.
	_ = p.cmd.Process.Signal(signal)
	select {
	case <-p.exited:
	case <-time.After(stopLimit):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	return time.Since(began)
}

// others are the processes whose CPU is accounted beside the product's.
type others struct {
	kafka, database int
	// walsender: of the database, only the processes that send its log count.
	walsender bool
}

// usage is what had been used up at one moment.
type usage struct {
	at                       time.Time
	records                  int64
	product, kafka, database float64
	busy, total              float64
}

// measure reads /proc. It costs a little, so it's called at the two ends and
// now and then.
func (o others) measure(p *product, records int64) usage {
	u := usage{at: time.Now(), records: records, product: proc.CPU(p.pid()), kafka: proc.CPU(o.kafka)}
	u.busy, u.total = proc.Machine()
	if o.walsender {
		u.database = proc.ChildrenCPU(o.database, "walsender")
	} else {
		u.database = proc.CPU(o.database)
	}
	return u
}
