//go:build integration

package e2e

import (
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cdc/internal/golden"
	"cdc/internal/testbed"
	"cdc/internal/testdb"
)

// prepare makes databases and configuration under the names of the recording,
// runs the script that comes first, and starts the program.
func (g *goldenRun) prepare() {
	t := g.t
	setup, err := g.c.Setup()
	if err != nil {
		t.Fatal(err)
	}
	server := g.server(setup)
	g.db = newUser(t, server)
	for _, name := range g.c.Databases {
		server.DatabaseNamed(t, name)
	}
	g.db.name = g.c.Databases[0]
	g.db.admin = server.DB(t, g.db.name)
	g.sql(setup)
	g.pipe = newPipe(t, g.db)
	g.pipe.prefix, g.pipe.mode, g.pipe.tables = g.c.Prefix(), g.settings.Mode, g.settings.Tables
	g.marks = newMarks(g)
	g.configure()
	if g.settings.Rules != "" {
		g.pipe.rules = []string{"rules.yaml"}
	}
	g.project = newProject(t, g.pipe)
	if g.settings.Rules != "" {
		g.project.file(t, "rules.yaml", g.settings.Rules)
	}
	g.dropTopics()
	t.Cleanup(g.dropTopics)
	g.begin()
}

// configure writes what the properties say.
func (g *goldenRun) configure() {
	s := g.settings
	if g.db.postgres() {
		g.pipe.source = append(g.pipe.source, "publication: "+g.publication(), "publication_autocreate: disabled")
		g.db.server.Exec(g.t, g.db.name, "grant pg_read_all_data to "+g.db.user)
	}
	for key, value := range s.Source {
		g.pipe.source = append(g.pipe.source, key+": "+g.block(value))
	}
	if s.Avro {
		s.Registry["url"] = []string{testdb.Registry(g.t)}
		s.Format["registry"] = s.Registry
	}
	if len(s.Topics) > 0 {
		g.pipe.kafka = append(g.pipe.kafka, "topics: "+g.block(s.Topics))
	}
	g.pipe.own = append(g.pipe.own, "events: "+g.block(s.Events), "format: "+g.block(s.Format))
}

// block writes a value as one line of YAML.
func (g *goldenRun) block(value any) string {
	text, err := golden.YAML(value)
	if err != nil {
		g.t.Fatal(err)
	}
	return text
}

// publication returns the one that the script made, to which it adds the table
// of marks, or makes one as Debezium does: of all tables, whatever they lack.
func (g *goldenRun) publication() string {
	if name := g.settings.Publication; name != "" {
		var ofAll bool
		if g.db.one(g.t, &ofAll, "select puballtables from pg_publication where pubname = $1", name); !ofAll {
			g.db.exec(g.t, "alter publication "+name+" add table "+g.marks.table)
		}
		return name
	}
	statement := "create publication golden for all tables"
	if g.settings.ViaRoot {
		statement += " with (publish_via_partition_root = true)"
	}
	g.db.exec(g.t, statement)
	return "golden"
}

// server is one of the version that was recorded from, or the nearest. A case
// that depends on everything that happens there has it for itself.
func (g *goldenRun) server(setup string) *testdb.Server {
	alone := g.settings.Alone
	switch old := strings.Contains(g.c.Server+g.c.ServerVersion, "10."); {
	case g.c.Source == "mysql" && alone:
		return testdb.NewMySQL(g.t).Server
	case g.c.Source == "mysql":
		return testdb.MySQL(g.t)
	case g.c.Source == "mariadb" && alone && old:
		return testdb.New(g.t, testbed.MariaDBOld).Server
	case g.c.Source == "mariadb" && alone:
		return testdb.NewMariaDB(g.t).Server
	case g.c.Source == "mariadb" && old:
		return testdb.MariaDBVersion(g.t, "10.11")
	case g.c.Source == "mariadb":
		return testdb.MariaDB(g.t)
	case moreExtensions.MatchString(setup) && alone:
		return testdb.New(g.t, testbed.PostgresGIS).Server
	case moreExtensions.MatchString(setup):
		return testdb.PostGIS(g.t)
	case alone:
		return testdb.NewPostgres(g.t, g.major()).Server
	default:
		return testdb.Postgres(g.t, g.major())
	}
}

// moreExtensions are those that PostgreSQL itself doesn't bring.
var moreExtensions = regexp.MustCompile(`(?i)create extension (if not exists )?"?(postgis|vector)`)

var majorVersion = regexp.MustCompile(`\d+`)

// major is the version of PostgreSQL to take.
func (g *goldenRun) major() int {
	n, err := strconv.Atoi(majorVersion.FindString(g.c.Server))
	if err != nil {
		return newestPostgres
	}
	return min(max(n, oldestPostgres), newestPostgres)
}

const oldestPostgres, newestPostgres = 15, 18

// sql runs a script in a session of its own, as the recorder did.
func (g *goldenRun) sql(script string) {
	g.t.Helper()
	if strings.TrimSpace(script) == "" {
		return
	}
	if !g.db.postgres() {
		g.db.exec(g.t, append([]string{"set time_zone = '+00:00'"}, golden.SplitMySQL(script)...)...)
		return
	}
	db, err := sql.Open("pgx", g.db.server.DSN(g.db.name)+"&default_query_exec_mode=simple_protocol")
	if err != nil {
		g.t.Fatal(err)
	}
	defer db.Close()
	plain := *g.db
	plain.admin = db
	plain.exec(g.t, append([]string{"set timezone = 'UTC'"}, golden.SplitSQL(script)...)...)
}

// marks are rows of a table of our own beside those of the case.
type marks struct {
	g     *goldenRun
	table string // with its database or schema
	topic string
	// statement makes one record that is delivered, whatever the case skips.
	statement string
	count     int64
}

// newMarks makes the table and has it captured. Its name makes it the last of a
// snapshot, which says nothing of a last table without rows.
func newMarks(g *goldenRun) marks {
	space := "zz_" + golden.Mark
	if !g.db.postgres() {
		unique := testdb.UniqueName(g.t)
		space += unique[strings.LastIndexByte(unique, '_'):]
		g.db.server.DatabaseNamed(g.t, space)
	} else {
		g.db.exec(g.t, "create schema "+space)
	}
	m := marks{g: g, table: space + "." + golden.Mark}
	m.topic = strings.Join([]string{g.c.Prefix(), space, golden.Mark}, g.delimiter())
	g.db.exec(g.t, "create table "+m.table+" (n int primary key, v int)")
	g.pipe.tables = append(g.pipe.tables, m.table)
	switch {
	case !g.settings.Skips("c"):
		m.statement = "insert into " + m.table + " values (%d, 0)"
	case !g.settings.Skips("u"):
		m.statement = "update " + m.table + " set v = %d"
	default:
		g.t.Fatal("the case skips inserts and updates, so a replay can't see how far it is")
	}
	return m
}

// put writes a mark and returns what says whether it was delivered.
func (m *marks) put() func() bool {
	if m.count == 0 && m.g.settings.Skips("c") { // not before: a snapshot would tell of it
		m.g.db.exec(m.g.t, "insert into "+m.table+" values (1, 0)")
	}
	m.count++
	m.g.db.exec(m.g.t, fmt.Sprintf(m.statement, m.count))
	admin, want := newAdmin(m.g.t, m.g.pipe.brokers), m.count
	return func() bool { return endOffset(m.g.t, admin, m.topic) >= want }
}
