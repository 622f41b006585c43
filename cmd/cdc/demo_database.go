package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"cdc/binlog"
	"cdc/internal/demo"
	"cdc/pgwal"
	"cdc/security"
)

// openDatabase starts or connects to the database of the demo.
func openDatabase(ctx context.Context, o demoOptions, dir string, progress func(string)) (*shopDatabase, error) {
	switch {
	case o.mysql != "":
		return openMySQL(ctx, o.mysql, nil)
	case o.postgres != "":
		return openPostgres(ctx, o.postgres, nil)
	case o.mariadb:
		server, err := demo.StartMariaDB(ctx, dir, ourselves("serve-mariadb"), progress)
		if err != nil {
			return nil, err
		}
		d, err := openMySQL(ctx, demo.MariaDBDSN(server.Port), server)
		return closeOnError(d, err, server)
	default:
		server, err := demo.StartPostgres(ctx, dir, ourselves("serve-postgres"), progress)
		if err != nil {
			return nil, err
		}
		d, err := openPostgres(ctx, demo.PostgresDSN(server.Port), server)
		return closeOnError(d, err, server)
	}
}

func closeOnError(d *shopDatabase, err error, server *demo.Server) (*shopDatabase, error) {
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return d, nil
}

// ourselves is the command that runs a hidden command of this program. The link
// works for another user too, who may not be able to reach the program's path.
func ourselves(command string) []string {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return []string{"/proc/self/exe", "demo", command}
	}
	return []string{os.Args[0], "demo", command}
}

func newServePostgres() *cobra.Command {
	return &cobra.Command{
		Use: "serve-postgres CACHE RUNTIME DATA PORT", Hidden: true, Args: cobra.ExactArgs(4),
		RunE: func(cmd *cobra.Command, args []string) error {
			port, err := strconv.ParseUint(args[3], 10, 16)
			if err != nil {
				return &usageError{err}
			}
			f := demo.Folders{Cache: args[0], Runtime: args[1], Data: args[2]}
			return demo.ServePostgres(cmd.InOrStdin(), cmd.OutOrStdout(), f, uint32(port))
		},
	}
}

func newServeMariaDB() *cobra.Command {
	return &cobra.Command{
		Use: "serve-mariadb PROGRAM FOLDER PORT", Hidden: true, Args: cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			port, err := strconv.ParseUint(args[2], 10, 16)
			if err != nil {
				return &usageError{err}
			}
			return demo.ServeMariaDB(cmd.InOrStdin(), cmd.OutOrStdout(), args[0], args[1], int(port))
		},
	}
}

func openPostgres(ctx context.Context, dsn string, server *demo.Server) (*shopDatabase, error) {
	parsed, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, &usageError{errors.New("--postgres: not an address like postgres://user:password@host:port/database")}
	}
	db, err := connect(ctx, "pgx", dsn)
	if err != nil {
		return nil, err
	}
	c := pgwal.Default()
	c.Host, c.Port, c.User, c.Password = parsed.Host, int(parsed.Port), parsed.User, security.Secret(parsed.Password)
	c.Database, c.Slot, c.Publication, c.Tables = parsed.Database, demoSlot, demoSlot, []string{"shop.*"}
	if parsed.TLSConfig != nil {
		c.TLS.Mode = security.Require
	}
	return &shopDatabase{
		db: db, dialect: demo.PostgreSQL, source: SourceConfig{Postgres: &c}, server: server,
		text: fmt.Sprintf("PostgreSQL on %s:%d, database %s", c.Host, c.Port, c.Database),
	}, nil
}

func openMySQL(ctx context.Context, dsn string, server *demo.Server) (*shopDatabase, error) {
	parsed, err := mysql.ParseDSN(dsn)
	if err != nil || parsed.Net != "tcp" {
		return nil, &usageError{errors.New("--mysql: not an address like user:password@tcp(host:port)/")}
	}
	host, portText, err := net.SplitHostPort(parsed.Addr)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--mysql: %w", err)}
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--mysql: port %s is not a number", portText)}
	}
	db, err := connect(ctx, "mysql", dsn)
	if err != nil {
		return nil, err
	}
	c := binlog.Default()
	c.Host, c.Port, c.User, c.Password, c.Tables = host, port, parsed.User, security.Secret(parsed.Passwd), []string{"shop.*"}
	if parsed.TLSConfig != "" && parsed.TLSConfig != "false" {
		c.TLS.Mode = security.Require
	}
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return nil, errors.Join(fmt.Errorf("ask the server's version: %w", err), db.Close())
	}
	d := &shopDatabase{
		db: db, dialect: demo.MySQL, source: SourceConfig{MySQL: &c}, server: server,
		text: fmt.Sprintf("MySQL %s on %s", version, parsed.Addr),
	}
	if strings.Contains(version, "MariaDB") {
		d.source = SourceConfig{MariaDB: &c}
		d.text = fmt.Sprintf("MariaDB %s on %s", version, parsed.Addr)
	}
	return d, nil
}

func connect(ctx context.Context, driver, dsn string) (*sql.DB, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	limit, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := db.PingContext(limit); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the database: %w", err), db.Close())
	}
	return db, nil
}
