package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// testbedMariaDB is what `make testbed` leaves, below the working folder.
const testbedMariaDB = ".testbed/mariadb/bin/mariadbd"

// FindMariaDB returns the server program: the one on PATH, else the one that
// make testbed fetched.
func FindMariaDB() (string, error) {
	for _, candidate := range []string{"mariadbd", "/usr/sbin/mariadbd", testbedMariaDB} {
		if path, err := exec.LookPath(candidate); err == nil || errors.Is(err, exec.ErrDot) {
			return filepath.Abs(path)
		}
	}
	return "", errors.New("no mariadbd is on PATH, and make testbed hasn't fetched one; run make testbed in the project's folder, or apt-get install mariadb-server")
}

// StartMariaDB starts a server whose database lies below dir. command makes this
// program call [ServeMariaDB]; program, folder and port follow it as arguments.
func StartMariaDB(ctx context.Context, dir string, command []string, progress func(string)) (*Server, error) {
	program, err := FindMariaDB()
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Join(dir, "mariadb"))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	args := append(append([]string{}, command...), program, folder, strconv.Itoa(port))
	s, err := hold(ctx, port, args, &syscall.SysProcAttr{}, folder, progress)
	if err != nil {
		return nil, fmt.Errorf("start MariaDB: %w", err)
	}
	return s, nil
}

// MariaDBDSN is the address of the server in the form that go-sql-driver
// understands.
func MariaDBDSN(port int) string { return fmt.Sprintf("root@tcp(127.0.0.1:%d)/", port) }

// ServeMariaDB is what the child process does: it makes the database when it is
// new, starts the server, says so on out, and stops the server when in ends.
func ServeMariaDB(in io.Reader, out io.Writer, program, dir string, port int) error {
	server, err := startMariaDB(program, dir, port)
	if err != nil {
		return sayFailure(out, err)
	}
	fmt.Fprintln(out, sayReady)
	_, err = io.Copy(io.Discard, in)
	err = errors.Join(err, server.Process.Signal(syscall.SIGTERM))
	return errors.Join(err, server.Wait())
}

func startMariaDB(program, dir string, port int) (*exec.Cmd, error) {
	base := filepath.Dir(filepath.Dir(program))
	data := filepath.Join(dir, "data")
	own := []string{"--no-defaults"}
	if base != "/usr" {
		own = append(own, "--basedir="+base, "--lc-messages-dir="+filepath.Join(base, "share"))
	}
	if os.Geteuid() == 0 {
		own = append(own, "--user=root")
	}
	if err := installMariaDB(base, data, own); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "server.log")) //nolint:gosec // the user named the folder
	if err != nil {
		return nil, err
	}
	defer log.Close()
	init := filepath.Join(dir, "init.sql")
	grants := "SET sql_log_bin=0;\nCREATE USER IF NOT EXISTS 'root'@'%';\nGRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;\n"
	if err := os.WriteFile(init, []byte(grants), 0o600); err != nil {
		return nil, err
	}
	server := exec.Command(program, append(own, //nolint:noctx // it is ended by a signal, cleanly
		"--datadir="+data, "--port="+strconv.Itoa(port), "--bind-address=127.0.0.1", "--skip-name-resolve",
		"--socket="+filepath.Join(dir, "sock"), "--pid-file="+filepath.Join(dir, "pid"), "--init-file="+init,
		"--server-id=1", "--log-bin=bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL",
		"--innodb-buffer-pool-size=64M")...)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return nil, err
	}
	if err := answers(port, time.Minute); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; its log is %s", err, log.Name()), server.Process.Kill(), server.Wait())
	}
	return server, nil
}

// installMariaDB makes the system tables where there are none.
func installMariaDB(base, data string, own []string) error {
	if _, err := os.Stat(filepath.Join(data, "mysql")); err == nil {
		return nil
	}
	script := filepath.Join(base, "scripts", "mariadb-install-db")
	if _, err := os.Stat(script); err != nil {
		script = "mariadb-install-db"
	}
	install := exec.Command(script, append(own, "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")...) //nolint:noctx // short
	if text, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("make the system tables: %w: %s", err, lastLine(string(text)))
	}
	return nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// answers waits until the server greets on its port.
func answers(port int, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		err := greets(port)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		<-time.After(50 * time.Millisecond)
	}
}

func greets(port int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) //nolint:forbidigo // the child has no other context
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("the server doesn't answer: %w", err)
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Read(make([]byte, 5)); err != nil {
		return fmt.Errorf("the server doesn't greet: %w", err)
	}
	return nil
}
