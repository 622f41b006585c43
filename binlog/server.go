package binlog

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"cdc/binlog/gtid"
)

// server is what a server says about itself.
type server struct {
	version string
	flavor  Flavor
	// identity tells servers apart: server_uuid, or what comes nearest on
	// MariaDB.
	identity string
	// gtid: its transactions have GTIDs that one can go on by.
	gtid bool
	vars map[string]string // global variables, in lower case
}

// the global variables that matter.
var variables = []string{
	"binlog_annotate_row_events", "binlog_checksum", "binlog_format", "binlog_row_image", "binlog_row_metadata", "binlog_row_value_options", "binlog_rows_query_log_events",
	"character_set_server", "collation_server",
	"gtid_mode", "gtid_strict_mode", "hostname", "innodb_native_foreign_keys", "log_bin", "log_replica_updates", "log_slave_updates", "lower_case_table_names",
	"port", "server_id", "server_uuid", "version",
}

// ask reads what a server says about itself.
func (c *control) ask(ctx context.Context) (*server, error) {
	quoted := make([]string, len(variables))
	for i, v := range variables {
		quoted[i] = literal(v)
	}
	r, err := c.rows(ctx, "SHOW GLOBAL VARIABLES WHERE Variable_name IN ("+strings.Join(quoted, ",")+")")
	if err != nil {
		return nil, fmt.Errorf("read the server's settings: %w", err)
	}
	s := &server{vars: map[string]string{}}
	for i := range r.RowNumber() {
		s.vars[strings.ToLower(text(r, i, 0))] = text(r, i, 1)
	}
	s.version = s.vars["version"]
	if strings.Contains(s.version, "MariaDB") {
		s.flavor, s.gtid = MariaDB, true
		s.identity = s.vars["hostname"] + ":" + s.vars["port"] + "/" + s.vars["server_id"]
	} else {
		s.gtid = strings.EqualFold(s.vars["gtid_mode"], "ON")
		s.identity = s.vars["server_uuid"]
	}
	return s, nil
}

// number returns the major and minor version as one number: 1011 for 10.11.
func (s *server) number() int {
	major, rest, _ := strings.Cut(s.version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err1 := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	if err1 != nil || err2 != nil {
		return 0
	}
	return a*100 + b
}

func (s *server) is(variable, value string) bool { return strings.EqualFold(s.vars[variable], value) }

// statusStatement shows where the log ends.
func (s *server) statusStatement() string {
	if s.flavor == MySQL && s.number() >= 802 {
		return "SHOW BINARY LOG STATUS"
	}
	return "SHOW MASTER STATUS"
}

// logStatus reads where the log ends: file, position and, on MySQL, the GTIDs
// up to there.
func (c *control) logStatus(ctx context.Context, s *server) (*position, error) {
	statement := s.statusStatement()
	r, err := c.rows(ctx, statement)
	if err != nil {
		return nil, fmt.Errorf("read the end of the binlog: %w", err)
	}
	if r.RowNumber() == 0 {
		return nil, fmt.Errorf("read the end of the binlog: %s gives nothing: the binlog is off", statement)
	}
	p, err := c.placeAt(ctx, s, text(r, 0, 0), text(r, 0, 1))
	if err != nil || s.flavor == MariaDB || !s.gtid {
		return p, err
	}
	if p.gtids, err = gtid.ParseSet(MySQL, text(r, 0, 4)); err != nil {
		return nil, err
	}
	return p, nil
}

// placeAt makes a position of a file and an offset, on MariaDB with its GTIDs.
func (c *control) placeAt(ctx context.Context, s *server, file, offset string) (*position, error) {
	pos, err := strconv.ParseUint(offset, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the server gives %q as a binlog position", offset)
	}
	p := &position{file: file, pos: pos, server: s.identity}
	if s.flavor != MariaDB {
		return p, nil
	}
	set, err := c.one(ctx, fmt.Sprintf("SELECT BINLOG_GTID_POS(%s,%d)", literal(file), pos))
	if err != nil {
		return nil, fmt.Errorf("read the GTIDs of %s: %w", place(file, pos), err)
	}
	p.gtids, err = gtid.ParseSet(MariaDB, set)
	return p, err
}
