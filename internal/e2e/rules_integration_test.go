//go:build integration

package e2e

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/internal/testdb"
)

// orderTable is the table of the shipped rules.
const orderTable = "create table orders (id int primary key, status varchar(20), total decimal(10,2), note varchar(100))"

// orderChanges are the life of some orders. Each is a transaction.
var orderChanges = []string{
	"insert into orders values (1, 'new', 10.50, null), (2, 'new', 7, 'x')",
	"update orders set status = 'paid' where id = 1",
	"update orders set note = 'call first' where id = 1",
	"update orders set status = 'shipping' where id = 1",
	"update orders set status = 'shipping', total = 11 where id = 1",
	"update orders set status = 'cancelled' where id = 2",
	"delete from orders where id = 2",
	"insert into orders values (3, 'shipping', 1, null)",
	"update orders set status = null where id = 3",
	"update orders set status = 'shipping' where id = 3",
	"update orders set status = 'delivered', note = 'done' where id in (1, 3)",
}

// TestOrderRules runs the shipped rule files in both readings.
func TestOrderRules(t *testing.T) {
	files := map[string][]string{
		"orders.yaml": {
			`{"id":0}|{"orderId":0,"status":"new"}`, // while the program ran for the first time
			`{"id":1}|{"orderId":1,"status":"new"}`, `{"id":2}|{"orderId":2,"status":"new"}`,
			`{"id":1}|{"orderId":1,"status":"paid"}`, `{"id":1}|{"orderId":1,"status":"shipping"}`,
			`{"id":2}|{"orderId":2,"status":"cancelled"}`, `{"id":3}|{"orderId":3,"status":"shipping"}`,
			`{"id":3}|{"orderId":3,"status":null}`, `{"id":3}|{"orderId":3,"status":"shipping"}`,
			`{"id":1}|{"orderId":1,"status":"delivered"}`, `{"id":3}|{"orderId":3,"status":"delivered"}`,
		},
		"orders-shipping.yaml": {
			`{"id":0}|{"orderId":0,"status":"new"}`,
			`{"id":1}|{"orderId":1,"status":"new"}`, `{"id":2}|{"orderId":2,"status":"new"}`,
			`{"id":1}|{"orderId":1,"status":"shipping"}`, `{"id":3}|{"orderId":3,"status":"shipping"}`,
			`{"id":3}|{"orderId":3,"status":"shipping"}`,
		},
	}
	t.Parallel()
	for source, server := range sources() {
		for file, want := range files {
			t.Run(source+"/"+file, func(t *testing.T) {
				t.Parallel()
				checkOrderRule(t, newDatabase(t, server(t)), file, want)
			})
		}
	}
}

func checkOrderRule(t *testing.T, db *database, file string, want []string) {
	pipe, topic := newPipe(t, db, "*"), testdb.UniqueName(t)
	project := newProject(t, pipe)
	project.file(t, file, shippedRule(t, db, file, topic))
	pipe.rules = []string{file}
	project.write(t)
	db.exec(t, orderTable, "insert into orders values (9, 'shipping', 0, 'was there before')")
	if db.postgres() {
		db.exec(t, "alter table orders replica identity full")
	}
	s := project.start(t).streams(pipe.name)
	db.exec(t, "insert into orders values (0, 'new', 0, null)")
	db.mark(s, pipe)
	s.stop()
	db.exec(t, orderChanges...) // while nobody looks
	s = project.start(t).streams(pipe.name)
	db.mark(s, pipe)
	s.stop()

	all := readAll(t, pipe.brokers, topic)
	var got []string
	for _, r := range all[topic] {
		got = append(got, string(r.Key)+"|"+string(r.Value))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("topic of the rule (-want +got):\n%s", diff)
	}
	if n := len(readAll(t, pipe.brokers, pipe.topic("orders"))); n != 0 {
		t.Error("orders went to their own topic too")
	}
	if path, err := exec.LookPath("kcat"); err == nil {
		out, err := exec.CommandContext(t.Context(), path, "-b", pipe.brokers[0], "-t", topic, "-C", "-e", "-q", "-f", `%k|%s\n`).Output()
		if err != nil {
			t.Fatalf("kcat: %v", err)
		}
		if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(lines, want) {
			t.Errorf("kcat reads %q, want %q", lines, want)
		}
	}
}

// shippedRule is a rule file of the project, for the test's table and topic.
func shippedRule(t *testing.T, db *database, file, topic string) string {
	t.Helper()
	text, err := os.ReadFile("../../examples/rules/" + file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	changed := 0
	for i, line := range lines {
		switch name, _, _ := strings.Cut(strings.TrimSpace(line), ":"); name {
		case "tables":
			lines[i] = strings.ReplaceAll(line, "shop.orders", db.space()+".orders")
			changed++
		case "topic":
			lines[i] = "    topic: " + topic
			changed++
		}
	}
	if changed != 2 {
		t.Fatalf("%s is not what it was:\n%s", file, text)
	}
	return strings.Join(lines, "\n")
}
