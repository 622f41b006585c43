//go:build integration

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/internal/testdb"
)

// project is a folder with a configuration.
type project struct {
	dir       string
	config    string
	pipelines []*pipe
}

// pipe is one pipeline of the configuration. Lists of lines are YAML, one key
// each, and are indented to where they belong.
type pipe struct {
	name    string
	db      *database
	tables  []string
	mode    string   // of the snapshot
	source  []string // further keys of the source
	brokers []string
	prefix  string
	kafka   []string // further keys of the sink
	rules   []string // file names
	store   []string // keys of offsets; nil for a file
	own     []string // further keys of the pipeline
}

// newPipe describes a pipeline that takes tables of a database to the shared
// Kafka. tables are patterns of tables, without the database or schema.
func newPipe(t testing.TB, db *database, tables ...string) *pipe {
	t.Helper()
	name := testdb.UniqueName(t)
	p := &pipe{name: name, db: db, prefix: name, mode: "initial", brokers: testdb.Kafka(t)}
	for _, table := range tables {
		p.tables = append(p.tables, db.space()+"."+table)
	}
	if db.postgres() {
		p.source = append(p.source, "publication_check_interval: 1s")
	}
	p.own = append(p.own, "save_interval: 200ms")
	return p
}

// topic returns the topic of a table.
func (p *pipe) topic(table string) string { return p.prefix + "." + p.db.space() + "." + table }

// newProject writes cdc.yaml for some pipelines.
func newProject(t testing.TB, pipelines ...*pipe) *project {
	t.Helper()
	dir := t.TempDir()
	p := &project{dir: dir, config: filepath.Join(dir, "cdc.yaml"), pipelines: pipelines}
	p.write(t)
	return p
}

// write writes cdc.yaml as the pipelines are now.
func (p *project) write(t testing.TB) {
	t.Helper()
	var b strings.Builder
	b.WriteString("admin: {listen: 127.0.0.1:0}\npipelines:\n")
	for i, pipe := range p.pipelines {
		pipe.yaml(&b, i)
	}
	p.file(t, "cdc.yaml", b.String())
}

// file writes a file of the project.
func (p *project) file(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *pipe) yaml(b *strings.Builder, index int) {
	fmt.Fprintf(b, "  %s:\n    source:\n      %s:\n", p.name, p.db.sourceName())
	lines := []string{
		"host: " + p.db.server.Host, fmt.Sprintf("port: %d", p.db.server.Port),
		"user: " + p.db.user, fmt.Sprintf("password: ${%s}", passwordVariable(index)),
		fmt.Sprintf("tables: [%s]", quoted(p.tables)), fmt.Sprintf("snapshot: {mode: %s}", p.mode),
	}
	if p.db.postgres() {
		lines = append(lines, "database: "+p.db.name)
	}
	indent(b, 8, append(lines, p.source...))
	fmt.Fprintf(b, "    sink:\n      kafka:\n")
	indent(b, 8, append([]string{fmt.Sprintf("brokers: [%s]", quoted(p.brokers)), "topic_prefix: " + p.prefix}, p.kafka...))
	if len(p.rules) > 0 {
		fmt.Fprintf(b, "    rules: [%s]\n", quoted(p.rules))
	}
	b.WriteString("    offsets:\n")
	if p.store == nil {
		indent(b, 6, []string{fmt.Sprintf("file: {path: state-%d/offset.json}", index)})
	}
	indent(b, 6, p.store)
	indent(b, 4, p.own)
}

func indent(b *strings.Builder, by int, lines []string) {
	for _, line := range lines {
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", by), line)
	}
}

func quoted(list []string) string {
	all := make([]string, len(list))
	for i, text := range list {
		all[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return strings.Join(all, ", ")
}

func passwordVariable(index int) string { return fmt.Sprintf("CDC_E2E_PASSWORD_%d", index) }

// env holds the passwords, and makes the race detector end the process.
func (p *project) env() []string {
	env := []string{"GORACE=halt_on_error=1"}
	for i, pipe := range p.pipelines {
		env = append(env, passwordVariable(i)+"="+pipe.db.password)
	}
	return env
}

func (p *project) secrets() []string {
	var all []string
	for _, pipe := range p.pipelines {
		all = append(all, pipe.db.password)
	}
	return all
}

// offsetFile returns where the only pipeline keeps its offset.
func (p *project) offsetFile() string { return filepath.Join(p.dir, "state-0", "offset.json") }
