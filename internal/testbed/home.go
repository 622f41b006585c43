package testbed

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// watchdog reads which processes to end ("add PID SIGNAL", "del PID") until
// its standard input closes, which happens when the process that holds the
// other end is gone, however it went.
const watchdog = `
jobs=
while read -r op pid sig; do
	case $op in
	add) jobs="$jobs $pid:$sig" ;;
	del)
		kept=
		for job in $jobs; do [ "${job%%:*}" = "$pid" ] || kept="$kept $job"; done
		jobs=$kept ;;
	esac
done
for job in $jobs; do kill -s "${job##*:}" -- "${job%%:*}"; done
tries=0
until rm -rf "$1" || [ $((tries += 1)) -gt 50 ]; do sleep 0.1; done
`

// Home is the folder and the lifetime of the servers of one process.
type Home struct {
	bed Bed
	dir string
	cmd *exec.Cmd

	mu    sync.Mutex
	pipe  io.WriteCloser // to the watchdog; guarded by mu
	count int            // servers made so far; guarded by mu
}

// Open makes a home for servers of the bed. It ends, with all servers in it,
// at Close or when this process ends.
func Open(ctx context.Context, bed Bed) (*Home, error) {
	dir, err := makeDir()
	if err != nil {
		return nil, err
	}
	h := &Home{bed: bed, dir: dir}
	if err := h.watch(ctx); err != nil {
		return nil, fmt.Errorf("start the watchdog: %w", err)
	}
	if err := writeCertificates(dir); err != nil {
		return nil, fmt.Errorf("write certificates: %w", err)
	}
	return h, nil
}

// makeDir makes the folder. PostgreSQL doesn't run as root, so the user that
// it runs under instead must be able to reach its data.
func makeDir() (string, error) {
	parent := os.TempDir()
	if os.Geteuid() == 0 && !reachable(parent) {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "cdc-testbed-")
	if err != nil {
		return "", fmt.Errorf("make a folder for servers: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", fmt.Errorf("open the folder for servers: %w", err)
	}
	return dir, nil
}

// reachable reports whether any user may walk down to path.
func reachable(path string) bool {
	for ; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
	}
}

func (h *Home) watch(ctx context.Context) error {
	h.cmd = exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", watchdog, "watchdog", h.dir)
	// Out of the terminal's process group: Ctrl-C must not end the watchdog.
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := h.cmd.StdinPipe()
	if err != nil {
		return err
	}
	h.pipe = pipe
	return h.cmd.Start()
}

// Watch makes the watchdog send a signal (KILL, QUIT) to a process, or to a
// process group when pid is negative, at the end of this home.
func (h *Home) Watch(pid int, signal string) error {
	return h.tell("add %d %s\n", pid, signal)
}

// Unwatch takes back Watch; call it once the process was waited for.
func (h *Home) Unwatch(pid int) error {
	return h.tell("del %d\n", pid)
}

func (h *Home) tell(format string, args ...any) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, err := fmt.Fprintf(h.pipe, format, args...); err != nil {
		return fmt.Errorf("tell the watchdog: %w", err)
	}
	return nil
}

// Close ends all servers and removes their data.
func (h *Home) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.pipe.Close(); err != nil {
		return fmt.Errorf("close the pipe of the watchdog: %w", err)
	}
	if err := h.cmd.Wait(); err != nil {
		return fmt.Errorf("wait for the watchdog: %w", err)
	}
	return nil
}

// CAFile returns the path of the certificate of the authority that signed the
// servers' certificates.
func (h *Home) CAFile() string { return filepath.Join(h.dir, caFile) }

// folder makes an empty folder for one more server.
func (h *Home) folder(k Kind) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count++
	dir := filepath.Join(h.dir, fmt.Sprintf("%s.%d", k, h.count))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of a server: %w", err)
	}
	return dir, nil
}
