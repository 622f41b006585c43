package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// postgresVersion is the one that is fetched.
const postgresVersion = embeddedpostgres.PostgresVersion("18.6.0")

// Folders are where the server's parts lie.
type Folders struct {
	Cache   string // the downloaded archive
	Runtime string // the unpacked programs
	Data    string // the database
}

// StartPostgres starts a server whose database lies below dir, and waits until
// it answers. command makes this program call [ServePostgres]; the folders and
// the port follow it as arguments. What takes time is told to progress.
func StartPostgres(ctx context.Context, dir string, command []string, progress func(string)) (*Server, error) {
	uid, gid, err := serverUser()
	if err != nil {
		return nil, err
	}
	f, err := folders(dir, uid, gid)
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	}
	args := append(append([]string{}, command...), f.Cache, f.Runtime, f.Data, strconv.Itoa(port))
	s, err := hold(ctx, port, args, attr, f.Runtime, progress)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return s, nil
}

// PostgresDSN is the address of the database in the form that pgx understands.
func PostgresDSN(port int) string {
	return fmt.Sprintf("postgres://postgres:postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
}

// ServePostgres is what the child process does: it fetches and starts the
// server, says so on out, and stops the server when in ends.
func ServePostgres(in io.Reader, out io.Writer, f Folders, port uint32) error {
	if matches, err := filepath.Glob(filepath.Join(f.Cache, "*"+string(postgresVersion)+".txz")); err != nil || len(matches) == 0 {
		fmt.Fprintf(out, "fetching PostgreSQL %s (about 15 MB, once) ...\n", postgresVersion)
	}
	var log strings.Builder
	server := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Version(postgresVersion).Port(port).Logger(&log).StartTimeout(time.Minute).
		CachePath(f.Cache).RuntimePath(filepath.Join(f.Runtime, "work")).
		BinariesPath(filepath.Join(f.Runtime, "postgres-"+string(postgresVersion))).DataPath(f.Data).
		StartParameters(map[string]string{
			"wal_level": "logical", "listen_addresses": "127.0.0.1",
			"unix_socket_directories": "", "fsync": "off",
		}))
	if err := server.Start(); err != nil {
		return sayFailure(out, err)
	}
	fmt.Fprintln(out, sayReady)
	_, err := io.Copy(io.Discard, in)
	return errors.Join(err, server.Stop())
}
