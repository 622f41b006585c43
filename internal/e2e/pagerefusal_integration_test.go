//go:build integration

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"cdc/internal/testdb"
)

// TestTypePagesRefusals inserts each value of which a reference page says that
// it stops a pipeline, and wants the words that the page has.
func TestTypePagesRefusals(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(testing.TB) *testdb.Server{
		"mysql": testdb.MySQL, "mariadb": testdb.MariaDB, "postgres": testdb.PostGIS,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readPage(t, "../../docs/types-"+name+".md")
			if len(p.refusals) == 0 {
				t.Fatalf("%s holds no refusals", p.path)
			}
			v := &pageView{t: t, page: p, db: newDatabase(t, server(t))}
			v.setUp()
			var pipes []*pipe
			for i, r := range p.refusals {
				pipes = append(pipes, v.refuse(fmt.Sprintf("r%d", i), r))
			}
			s := newProject(t, pipes...).start(t)
			for i, r := range p.refusals {
				s.wantsRefusal(pipes[i].name, r)
			}
			s.kill()
		})
	}
}

// refuse makes a table with the value, and a pipeline for it alone.
func (v *pageView) refuse(table string, r *pageRefusal) *pipe {
	v.db.exec(v.t, v.lenient(), fmt.Sprintf("create table %s (id int primary key, c %s)", table, r.typ),
		fmt.Sprintf("insert into %s values (1, %s)", table, r.literal))
	p := newPipe(v.t, v.db, table)
	p.own = append(p.own, "events: {"+r.events+"}")
	return p
}

// wantsRefusal waits for the line of the log that says why a pipeline stopped.
// It names the table and the column.
func (s *service) wantsRefusal(pipeline string, r *pageRefusal) {
	s.t.Helper()
	s.poll(fmt.Sprintf("pipeline for line %d stops with %q", r.line, r.text), func() bool {
		for line := range strings.Lines(s.out.String()) {
			if strings.Contains(line, `"pipeline":"`+pipeline+`"`) && strings.Contains(line, `"level":"error"`) &&
				strings.Contains(line, r.text) && strings.Contains(line, `column \"c\"`) {
				return true
			}
		}
		return false
	})
}
