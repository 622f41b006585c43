//go:build integration

package testbed

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asVictim makes this test binary a process that holds a home and gets killed.
const asVictim = "TESTBED_VICTIM"

func TestMain(m *testing.M) {
	if os.Getenv(asVictim) != "" {
		if err := victim(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// victim starts a child under its home's watchdog, says which, and stays.
func victim() error {
	ctx := context.Background()
	home, err := Open(ctx, Bed{})
	if err != nil {
		return err
	}
	p, err := launch(ctx, home, exec.CommandContext(ctx, "sleep", "1000"), filepath.Join(home.dir, "log"), "KILL")
	if err != nil {
		return err
	}
	fmt.Println(p.pid, home.dir)
	_, err = os.Stdin.Read(make([]byte, 1)) // ends only with its parent
	return err
}

func TestNothingOutlivesAKilledProcess(t *testing.T) {
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), me)
	cmd.Env = append(os.Environ(), asVictim+"=1")
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	if _, err := fmt.Sscan(line, &pid, &dir); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that it was killed

	checkGone(t, pid, dir)
}

func TestCloseEndsServers(t *testing.T) {
	home, err := Open(t.Context(), Bed{})
	if err != nil {
		t.Fatal(err)
	}
	sleep := func() *process {
		p, err := launch(t.Context(), home, exec.CommandContext(t.Context(), "sleep", "1000"), filepath.Join(home.dir, "log"), "KILL")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first, second := sleep(), sleep()
	if err := first.end(t.Context(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	checkGone(t, second.pid, home.dir)
}

func checkGone(t *testing.T, pid int, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := wait(ctx, func() (bool, error) {
		_, err := os.Stat(dir)
		return !alive(pid) && errors.Is(err, os.ErrNotExist), nil
	})
	if err != nil {
		t.Errorf("process %d or folder %s is still there", pid, dir)
	}
}

// alive reports whether a process runs; one that ended and waits to be reaped
// doesn't.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}
