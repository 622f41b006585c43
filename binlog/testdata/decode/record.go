//go:build ignore

// Record runs SQL scripts on a real server and keeps what its log and its
// catalogue say, as fixtures for the tests of the decoder:
//
//	go run ./binlog/testdata/decode/record.go -addr 127.0.0.1:3306 -user root -flavor mysql \
//	    -database types -out binlog/testdata/decode/mysql-types binlog/testdata/decode/types.sql
//
// writes <out>.events, a binlog file of the format description, table map and
// rows events alone, and <out>.json: the facts of each table as they are before
// a line that reads "-- changes" (or at the end), and its rows at the end as the
// text protocol gives them. A line that begins with "-- mysql:" or "-- mariadb:"
// is for that flavor alone. The server needs binlog_row_metadata=FULL; its
// binlog_checksum is set to NONE.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/go-mysql-org/go-mysql/client"
	"github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
)

type column struct {
	Name      string  `json:"name"`
	Type      string  `json:"type"`
	Charset   string  `json:"charset,omitempty"`
	Nullable  bool    `json:"nullable,omitempty"`
	Default   *string `json:"column_default,omitempty"` // verbatim
	Extra     string  `json:"extra,omitempty"`
	Collation string  `json:"collation,omitempty"`
	Comment   string  `json:"comment,omitempty"`
}

type table struct {
	Database string     `json:"database"`
	Table    string     `json:"table"`
	Columns  []column   `json:"columns"`
	Key      []string   `json:"key,omitempty"`
	Primary  bool       `json:"primary,omitempty"`
	Create   string     `json:"create,omitempty"`
	Rows     [][][]byte `json:"rows"`
}

func main() {
	addr := flag.String("addr", "127.0.0.1:3306", "host:port")
	user := flag.String("user", "root", "user")
	password := flag.String("password", "", "password")
	flavor := flag.String("flavor", "mysql", "mysql or mariadb")
	database := flag.String("database", "types", "database, which is made anew")
	out := flag.String("out", "", "prefix of the files to write")
	flag.Parse()
	log.SetFlags(0)
	conn, err := client.Connect(*addr, *user, *password, "", func(c *client.Conn) error {
		c.SetCapability(mysql.CLIENT_MULTI_STATEMENTS)
		return c.SetCharset("utf8mb4")
	})
	check(err)
	run(conn, "drop database if exists `"+*database+"`; create database `"+*database+"` default charset utf8mb4; use `"+*database+"`; set time_zone='+00:00'")
	run(conn, "set global binlog_checksum=NONE")
	from := position(conn, *flavor)
	var tables []table
	for _, name := range flag.Args() {
		text, err := os.ReadFile(name)
		check(err)
		before, after, changes := strings.Cut(string(text), "\n-- changes\n")
		run(conn, filter(before, *flavor))
		if changes || tables == nil && len(flag.Args()) > 1 {
			tables = facts(conn, *database)
		}
		run(conn, filter(after, *flavor))
	}
	if tables == nil {
		tables = facts(conn, *database)
	}
	run(conn, "set sql_mode=''; set character_set_results=null")
	for i := range tables {
		tables[i].Rows = rows(conn, &tables[i])
	}
	text, err := json.MarshalIndent(tables, "", "\t")
	check(err)
	check(os.WriteFile(*out+".json", append(text, '\n'), 0o644))
	check(os.WriteFile(*out+".events", events(*addr, *user, *password, *flavor, from, position(conn, *flavor)), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func filter(sql, flavor string) string {
	var b strings.Builder
	for line := range strings.Lines(sql) {
		if own, ok := strings.CutPrefix(line, "-- "+flavor+":"); ok {
			line = own
		}
		if !strings.HasPrefix(line, "--") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func run(conn *client.Conn, sql string) {
	if strings.TrimSpace(sql) == "" {
		return
	}
	_, err := conn.ExecuteMultiple(sql, func(_ *mysql.Result, err error) { check(err) })
	check(err)
}

func query(conn *client.Conn, sql string) [][][]byte {
	r, err := conn.Execute(sql)
	check(err)
	var out [][][]byte
	for _, row := range r.RowDatas {
		var cells [][]byte
		for len(row) > 0 {
			v, null, n, err := mysql.LengthEncodedString(row)
			check(err)
			if null {
				v = nil
			} else if v == nil {
				v = []byte{}
			}
			cells = append(cells, v)
			row = row[n:]
		}
		out = append(out, cells)
	}
	return out
}

func position(conn *client.Conn, flavor string) mysql.Position {
	sql := "show binary log status"
	if flavor == "mariadb" {
		sql = "show master status"
	}
	row := query(conn, sql)[0]
	var pos uint32
	fmt.Sscan(string(row[1]), &pos)
	return mysql.Position{Name: string(row[0]), Pos: pos}
}

func facts(conn *client.Conn, database string) (tables []table) {
	for _, r := range query(conn, "select table_name from information_schema.tables where table_schema='"+database+"' order by 1") {
		t := table{Database: database, Table: string(r[0])}
		where := " where table_schema='" + database + "' and table_name='" + t.Table + "'"
		for _, c := range query(conn, "select column_name,column_type,coalesce(character_set_name,''),is_nullable,column_default,extra,coalesce(collation_name,''),column_comment from information_schema.columns"+where+" order by ordinal_position") {
			f := column{Name: string(c[0]), Type: string(c[1]), Charset: string(c[2]), Nullable: string(c[3]) == "YES", Extra: string(c[5]), Collation: string(c[6]), Comment: string(c[7])}
			if c[4] != nil {
				text := string(c[4])
				f.Default = &text
			}
			t.Columns = append(t.Columns, f)
		}
		for _, k := range query(conn, "select column_name from information_schema.statistics"+where+" and index_name='PRIMARY' order by seq_in_index") {
			t.Key, t.Primary = append(t.Key, string(k[0])), true
		}
		t.Create = string(query(conn, "show create table `"+database+"`.`"+t.Table+"`")[0][1])
		tables = append(tables, t)
	}
	return tables
}

func rows(conn *client.Conn, t *table) [][][]byte {
	var names []string
	for _, c := range t.Columns {
		name := "`" + c.Name + "`"
		if strings.HasPrefix(c.Type, "float") {
			name += "*1e0" // as a snapshot asks for it
		}
		names = append(names, name)
	}
	return query(conn, "select "+strings.Join(names, ",")+" from `"+t.Database+"`.`"+t.Table+"` order by 1")
}

func events(addr, user, password, flavor string, from, to mysql.Position) []byte {
	host, port, _ := strings.Cut(addr, ":")
	var n uint16
	fmt.Sscan(port, &n)
	syncer := replication.NewBinlogSyncer(replication.BinlogSyncerConfig{
		ServerID: 7001, Flavor: flavor, Host: host, Port: n, User: user, Password: password, RawModeEnabled: true,
	})
	defer syncer.Close()
	stream, err := syncer.StartSync(from)
	check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out := []byte("\xfebin")
	described := false
	for {
		e, err := stream.GetEvent(ctx)
		check(err)
		switch typ := e.Header.EventType; {
		case typ == replication.FORMAT_DESCRIPTION_EVENT:
			if !described {
				out = append(out, e.RawData...)
			}
			described = true
		case typ == replication.TABLE_MAP_EVENT, typ >= 20 && typ <= 25, typ >= 30 && typ <= 32, typ == 39, typ >= 166 && typ <= 171:
			out = append(out, e.RawData...)
		}
		if e.Header.LogPos >= to.Pos {
			return out
		}
	}
}
