package testbed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// postgres runs PostgreSQL.
type postgres struct{}

// hba lets the administrator in without a password and asks everybody else;
// members of certified need a certificate too.
const hba = `host all postgres 127.0.0.1/32 trust
host replication postgres 127.0.0.1/32 trust
hostssl all +certified 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
host all +certified 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

// roleSQL makes the user that a replication client is given, and a group.
const roleSQL = `do $$ begin
	if not exists (select from pg_roles where rolname = 'cdc') then
		create role cdc login replication password 'cdc';
		grant pg_read_all_data to cdc;
		create role certified;
	end if;
end $$`

func (postgres) prepare(ctx context.Context, s *Server) error {
	cred, err := credential()
	if err != nil {
		return err
	}
	if cred != nil {
		if err := s.handOver(ctx, cred); err != nil {
			return err
		}
	}
	initdb := exec.CommandContext(ctx, filepath.Join(s.program, "bin", "initdb"), "-D", s.Data(),
		"-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	initdb.Dir = s.Dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return s.writePostgresFiles(cred)
}

// credential returns the user to run as when we are root, which PostgreSQL
// refuses; nil when we aren't.
func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("look up a user for PostgreSQL: %w", err)
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("look up a user for PostgreSQL: %w", err)
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("look up a user for PostgreSQL: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// handOver gives the server's folder to the other user, and a copy of the
// program too where the checkout lies below a folder that is closed to others.
func (s *Server) handOver(ctx context.Context, cred *syscall.Credential) error {
	if !reachable(filepath.Join(s.program, "bin", "postgres")) {
		program := filepath.Join(s.home.dir, "program-"+string(s.Kind))
		if _, err := os.Stat(program); errors.Is(err, os.ErrNotExist) {
			if err := copyTree(ctx, s.program, program); err != nil {
				return err
			}
		}
		s.program = program
	}
	return os.Chown(s.Dir, int(cred.Uid), int(cred.Gid))
}

// writePostgresFiles writes what must lie in the data folder and belong to the
// server: PostgreSQL refuses a key that others own.
func (s *Server) writePostgresFiles(cred *syscall.Credential) error {
	files := map[string][]byte{"pg_hba.conf": []byte(hba)}
	for _, name := range []string{certFile, keyFile} {
		text, err := os.ReadFile(filepath.Join(s.home.dir, name))
		if err != nil {
			return err
		}
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(s.Data(), name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
		if cred == nil {
			continue
		}
		if err := os.Chown(path, int(cred.Uid), int(cred.Gid)); err != nil {
			return err
		}
	}
	return nil
}

func (postgres) command(ctx context.Context, s *Server) (*exec.Cmd, error) {
	args := []string{"-D", s.Data(), "-p", strconv.Itoa(s.Port)}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "wal_level=logical",
		"max_replication_slots=50", "max_wal_senders=50", "max_connections=200", "max_prepared_transactions=10",
		"shared_buffers=32MB", "max_wal_size=512MB", "fsync=off",
		"ssl=on", "ssl_cert_file=" + certFile, "ssl_key_file=" + keyFile, "ssl_ca_file=" + s.home.CAFile(),
	} {
		args = append(args, "-c", setting)
	}
	args = append(args, s.Args...)
	cmd := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(s.program, "bin", "postgres"), args...)
	cmd.Dir = s.Dir
	cred, err := credential()
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	return cmd, nil
}

func (postgres) ready(ctx context.Context, s *Server) error {
	conn, err := pgx.Connect(ctx, "postgres://postgres@"+s.Addr()+"/postgres?sslmode=disable")
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, roleSQL)
	return err
}

func (postgres) signals() (stop, crash syscall.Signal) { return syscall.SIGINT, syscall.SIGQUIT }
