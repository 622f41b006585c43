//go:build integration

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/internal/testdb"
)

// updatePages is the environment variable that has the test write what it saw
// into the reference pages instead of comparing it with them. What is written
// then is to be read by somebody before it is committed.
const updatePages = "CDC_UPDATE_PAGES"

// TestTypePages holds the reference pages of column types to what the program
// does: it makes a table with a column for each type that a page names, inserts
// the value that the page gives, once before the snapshot and once into the
// stream, in every mode that the page tells of, and compares both records with
// the page.
func TestTypePages(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(testing.TB) *testdb.Server{
		"mysql": testdb.MySQL, "mariadb": testdb.MariaDB, "postgres": testdb.PostGIS,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readPage(t, "../../docs/types-"+name+".md")
			v := &pageView{t: t, page: p, db: newDatabase(t, server(t))}
			v.prepare()
			v.run()
			for _, r := range p.rows {
				v.checkRow(r)
			}
			for _, d := range p.defaults {
				v.checkDefault(d)
			}
			for _, l := range p.large {
				v.checkLarge(l)
			}
			if os.Getenv(updatePages) != "" && !t.Failed() {
				p.write(t)
			}
		})
	}
}

// pageView runs what a page says.
type pageView struct {
	t    *testing.T
	page *page
	db   *database
	// pipes are the pipelines, each with a value for every mode of the page that
	// still has one; the first has the defaults.
	pipes []*pipe
	modes []modes
	seen  [][]pageRecord // by pipeline, then ofSnapshot and so on
}

// The tables of a page: of columns that take NULL, of columns that don't, of
// columns with defaults, and of large values.
const (
	pageTable    = "t"
	pageNotNull  = "n"
	pageDefaults = "d"
	pageLarge    = "x"
)

// The records of a pipeline that are looked at.
const (
	ofSnapshot = iota
	ofStream
	ofDefaults
	ofDelete
	ofUpdate
)

// prepare makes the tables.
func (v *pageView) prepare() {
	v.setUp()
	v.create(pageTable, "", v.columns(allRows))
	if v.db.postgres() {
		v.create(pageNotNull, " not null", v.columns(withMissing))
		v.createLarge()
	}
	var defaults []string
	for i, d := range v.page.defaults {
		defaults = append(defaults, fmt.Sprintf("c%d %s", i, d.declaration))
	}
	v.create(pageDefaults, "", defaults)
	v.insert(1)
}

// setUp runs the statements of the page.
func (v *pageView) setUp() {
	for _, statement := range v.page.setup {
		v.db.server.Exec(v.t, v.db.name, statement)
	}
}

// allRows and withMissing choose rows of a page: all, and those that say what
// stands for a value that the log doesn't have.
func allRows(*pageRow) bool { return true }

func withMissing(r *pageRow) bool { return r.has("Missing") }

func (v *pageView) columns(chosen func(*pageRow) bool) []string {
	var all []string
	for _, r := range v.page.rows {
		if !chosen(r) {
			continue
		}
		for i, typ := range r.types {
			all = append(all, r.column(i)+" "+typ)
		}
	}
	return all
}

func (v *pageView) create(table, suffix string, columns []string) {
	for i := range columns {
		columns[i] += suffix
	}
	v.db.exec(v.t, v.lenient(), fmt.Sprintf("create table %s (id int primary key, %s)", table, strings.Join(columns, ",\n ")))
}

// lenient lets MySQL take dates that there aren't.
func (v *pageView) lenient() string {
	if v.db.postgres() {
		return "select 1"
	}
	return "set sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES', time_zone = '+00:00'"
}

// insert writes a row of all values.
func (v *pageView) insert(id int) {
	statements := []string{v.lenient(), fmt.Sprintf("insert into %s (id) values (%d)", pageDefaults, id), v.insertSQL(pageTable, id, allRows)}
	if v.db.postgres() {
		statements = append(statements, v.insertSQL(pageNotNull, id, withMissing))
	}
	v.db.exec(v.t, statements...)
}

func (v *pageView) insertSQL(table string, id int, chosen func(*pageRow) bool) string {
	var names, values []string
	for _, r := range v.page.rows {
		for i := range r.types {
			if chosen(r) {
				names, values = append(names, r.column(i)), append(values, r.literal)
			}
		}
	}
	return fmt.Sprintf("insert into %s (id, %s) values (%d, %s)", table, strings.Join(names, ", "), id, strings.Join(values, ", "))
}

// createLarge makes a table whose values lie outside of its row.
func (v *pageView) createLarge() {
	var columns, values []string
	for _, l := range v.page.large {
		for i, typ := range l.types {
			columns = append(columns, fmt.Sprintf("%s %s", l.column(i), typ))
			values = append(values, l.value)
		}
	}
	v.create(pageLarge, "", append([]string{"n int"}, columns...))
	for _, l := range v.page.large {
		for i := range l.types {
			v.db.exec(v.t, fmt.Sprintf("alter table %s alter column %s set storage external", pageLarge, l.column(i)))
		}
	}
	v.db.exec(v.t, fmt.Sprintf("insert into %s values (1, 1, %s)", pageLarge, strings.Join(values, ", ")))
}

// run lets a pipeline for each set of modes see the rows.
func (v *pageView) run() {
	t := v.t
	for _, set := range v.page.modes() {
		p := newPipe(t, v.db, "[dntx]", "e2e_mark")
		p.own = append(p.own, "format: {value: json_schema}", "events: {"+strings.Join(set.yaml(), ", ")+"}")
		v.pipes, v.modes = append(v.pipes, p), append(v.modes, set)
	}
	s := newProject(t, v.pipes...).start(t)
	for _, p := range v.pipes {
		s.streams(p.name)
	}
	v.insert(2)
	if v.db.postgres() {
		v.db.exec(t, "delete from "+pageNotNull+" where id = 2", "update "+pageLarge+" set n = 2")
	}
	for _, p := range v.pipes {
		v.db.mark(s, p)
	}
	s.stop()
	for _, p := range v.pipes {
		topics := readAll(t, p.brokers, p.prefix+".")
		read := v.records(topics[p.topic(pageTable)], 2)
		read = append(read, v.records(topics[p.topic(pageDefaults)], 2)[1])
		if v.db.postgres() {
			read = append(read, v.records(topics[p.topic(pageNotNull)], 3)[2], v.records(topics[p.topic(pageLarge)], 2)[1])
		}
		v.seen = append(v.seen, read)
	}
}

// records reads the first events of a topic.
func (v *pageView) records(topic []*kgo.Record, n int) []pageRecord {
	v.t.Helper()
	if len(topic) < n {
		v.t.Fatalf("%d records, want %d", len(topic), n)
	}
	read := make([]pageRecord, n)
	for i, r := range topic[:n] {
		if err := json.Unmarshal(r.Value, &read[i]); err != nil {
			v.t.Fatalf("%v in %.500s", err, r.Value)
		}
	}
	return read
}

// pageRecord is an event with its schema.
type pageRecord struct {
	Schema  schemaJSON
	Payload struct {
		Op            string
		Before, After map[string]json.RawMessage
	}
}

// field is the schema of a column; nil where there is none.
func (r *pageRecord) field(column string) *schemaJSON {
	after := r.Schema.field("after")
	if after == nil {
		return nil
	}
	return after.field(column)
}

// of returns the pipeline with the modes of a row.
func (v *pageView) of(r *pageRow) []pageRecord {
	i := slices.IndexFunc(v.modes, func(m modes) bool { return r.property == "" || m[r.property] == r.mode })
	return v.seen[max(i, 0)]
}

const nothing = "–"

// checkRow compares a row of a page with what its columns became.
func (v *pageView) checkRow(r *pageRow) {
	read := v.of(r)
	for i, typ := range r.types {
		got := map[string]string{}
		column := r.column(i)
		for at, name := range []string{ofSnapshot: "snapshot", ofStream: "stream"} {
			v.describe(got, &read[at], column)
			if r.has("JSON") {
				got["JSON"] = code(string(bytes.TrimSpace(read[at].Payload.After[column])))
			}
			if withMissing(r) {
				got["Missing"] = code(string(read[ofDelete].Payload.Before[column]))
			}
			if diff := r.take(got, v.page); diff != "" {
				v.t.Errorf("%s:%d: column type %s, %s: %s", v.page.path, r.line, typ, name, diff)
			}
		}
	}
}

// describe fills in what the schema says.
func (v *pageView) describe(got map[string]string, r *pageRecord, column string) {
	field := r.field(column)
	if field == nil {
		got["Connect type"], got["Name and parameters"], got["Avro"] = nothing, nothing, nothing
		return
	}
	got["Connect type"] = code(field.shape())
	got["Name and parameters"] = field.meaning()
	avro, err := field.avro()
	if err != nil {
		v.t.Errorf("column %s: %v", column, err)
	}
	got["Avro"] = code(avro)
}

// checkDefault compares the default of a column.
func (v *pageView) checkDefault(d *pageDefault) {
	column := fmt.Sprintf("c%d", slices.Index(v.page.defaults, d))
	got := nothing
	if field := v.seen[0][ofDefaults].field(column); field != nil && field.Default != nil {
		got = code(string(field.Default))
	}
	if diff := d.take(map[string]string{"Default in the schema": got}, v.page); diff != "" {
		v.t.Errorf("%s:%d: %s: %s", v.page.path, d.line, d.declaration, diff)
	}
}

// checkLarge compares what stands for a large value that didn't change.
func (v *pageView) checkLarge(l *pageLargeValue) {
	for i, typ := range l.types {
		got := map[string]string{"Placeholder": code(string(v.seen[0][ofUpdate].Payload.After[l.column(i)]))}
		if diff := l.take(got, v.page); diff != "" {
			v.t.Errorf("%s:%d: column type %s: %s", v.page.path, l.line, typ, diff)
		}
	}
}
