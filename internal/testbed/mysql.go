package testbed

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// mysql runs MySQL and MariaDB.
type mysql struct{}

// initSQL runs before the server takes connections, at every start. Nothing of
// it goes to the binlog, which therefore begins empty.
const initSQL = `SET sql_log_bin=0;
CREATE USER IF NOT EXISTS 'root'@'%';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS 'cdc'@'%' IDENTIFIED BY 'cdc';
GRANT SELECT, RELOAD, SHOW DATABASES, LOCK TABLES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'cdc'@'%';
`

func (mysql) prepare(ctx context.Context, s *Server) error {
	if err := copyTree(ctx, filepath.Join(s.program, "template"), s.Data()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.Dir, "init.sql"), []byte(initSQL), 0o644)
}

func (mysql) command(ctx context.Context, s *Server) (*exec.Cmd, error) {
	program, args := filepath.Join(s.program, "bin", "mysqld"), mysqlArgs()
	switch {
	case s.Kind == MariaDB:
		program, args = filepath.Join(s.program, "bin", "mariadbd"), append(mariadbPlace(s), mariadbArgs()...)
	case s.Kind == MariaDBOld: // a script that says where its files are
		program, args = filepath.Join(s.program, "bin", "mariadbd"), mariadbArgs()
	}
	args = append(args, commonArgs(s)...)
	args = append(args, s.Args...)
	return exec.CommandContext(context.WithoutCancel(ctx), program, args...), nil
}

func mysqlArgs() []string {
	return []string{
		"--mysqlx=OFF", "--secure-file-priv=NULL",
		"--gtid-mode=ON", "--enforce-gtid-consistency=ON",
		"--innodb-redo-log-capacity=64M",
	}
}

func mariadbPlace(s *Server) []string {
	return []string{"--no-defaults", "--basedir=" + s.program, "--lc-messages-dir=" + filepath.Join(s.program, "share")}
}

func mariadbArgs() []string {
	return []string{"--gtid-strict-mode=ON", "--innodb-log-file-size=64M"}
}

// commonArgs holds what both take. A commit reaches the operating system, so a
// killed server loses nothing, but it isn't forced to the disk.
func commonArgs(s *Server) []string {
	args := []string{
		"--datadir=" + s.Data(), "--port=" + strconv.Itoa(s.Port), "--bind-address=127.0.0.1",
		"--socket=" + filepath.Join(s.Dir, "sock"), "--pid-file=" + filepath.Join(s.Dir, "pid"),
		"--init-file=" + filepath.Join(s.Dir, "init.sql"), "--skip-name-resolve",
		"--server-id=" + strconv.Itoa(s.Port), "--log-bin=bin",
		"--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL",
		"--sync-binlog=0", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M",
		"--performance-schema=OFF", "--max-connections=300", "--local-infile=ON",
		"--ssl-ca=" + s.home.CAFile(), "--ssl-cert=" + filepath.Join(s.home.dir, certFile), "--ssl-key=" + filepath.Join(s.home.dir, keyFile),
	}
	if me, err := user.Current(); err == nil && me.Uid == "0" {
		args = append(args, "--user=root") // else the server refuses to run as root
	}
	return args
}

// ready reads the greeting, which the server sends only when it serves.
func (mysql) ready(ctx context.Context, s *Server) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	const header, protocol = 4, 10
	greeting, err := bufio.NewReader(conn).Peek(header + 1)
	if err != nil {
		return fmt.Errorf("read the greeting: %w", err)
	}
	if greeting[header] != protocol {
		return fmt.Errorf("the server greets with %d, not with protocol %d", greeting[header], protocol)
	}
	return nil
}

func (mysql) signals() (stop, crash syscall.Signal) { return syscall.SIGTERM, syscall.SIGKILL }

// copyTree copies a folder with its owners and modes.
func copyTree(ctx context.Context, from, to string) error {
	out, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", from, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, strings.TrimSpace(string(out)))
	}
	return nil
}
