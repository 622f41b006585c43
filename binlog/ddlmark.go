package binlog

import (
	"strings"

	"cdc/binlog/ddl"
	"cdc/event"
)

// tellChanges marks what a statement did to captured tables, as Debezium tells
// it: one mark for each table, whose text is rewritten where the statement names
// several.
func (h *handler) tellChanges(hd header, q *query, st *ddl.Statement, list []change) {
	if !h.capture.SchemaChanges || h.toldBefore() {
		return
	}
	t := teller{h: h, hd: hd, st: st}
	for len(list) > 0 { // Debezium goes by runs of one database
		n := 1
		for n < len(list) && list[n].name.Database == list[0].name.Database {
			n++
		}
		t.tables = sourceTables(list[:n])
		for i := range list[:n] {
			t.tell(q, &list[i], i)
		}
		list = list[n:]
	}
}

// toldBefore: an earlier run has handed over rows behind this place in the
// transaction.
func (h *handler) toldBefore() bool { return h.tx.skip > 0 && h.tx.events < h.tx.skip }

// sourceTables are the names in source.table.
func sourceTables(list []change) string {
	var ids, names []string
	byID := map[string]string{}
	for i := range list {
		if list[i].kind == "" {
			continue
		}
		id := list[i].name.String()
		if _, ok := byID[id]; !ok {
			ids = append(ids, id)
		}
		byID[id] = list[i].name.Table
	}
	for _, id := range hashOrder(ids, mapDefault) {
		names = append(names, byID[id])
	}
	return strings.Join(names, ",")
}

// teller makes the marks of one statement.
type teller struct {
	h      *handler
	hd     header
	st     *ddl.Statement
	tables string
}

// tell marks change i of a run.
func (t *teller) tell(q *query, c *change, i int) {
	switch {
	case c.kind == "DROP":
		t.mark(&event.SchemaChange{Database: c.name.Database, Table: t.tables, DDL: t.st.DropText(c.name), Changes: []event.TableChange{{Type: "DROP", ID: c.name.QuotedID()}}})
	case c.kind == "", t.st.Index && !t.keyed(c):
		t.h.tellPlain(t.hd, q, string(q.database), c.name.Database)
	case c.facts == nil || len(c.facts.Columns) == 0:
		return // the table is gone by now, and what it was can't be known
	default:
		text := t.st.Written()
		if t.st.Kind == ddl.Rename {
			text = t.st.RenameText(c.from, c.name, i)
		}
		t.mark(&event.SchemaChange{Database: c.name.Database, Table: t.tables, DDL: text, Changes: []event.TableChange{
			{Type: c.kind, ID: c.name.QuotedID(), Table: c.facts.Info(t.h.fl, t.h.comments())},
		}})
	}
}

// keyed: the statement has given the table a record key.
func (t *teller) keyed(c *change) bool {
	return t.st.Unique && c.before != nil && len(c.before.Key) == 0 && c.facts != nil && len(c.facts.Key) > 0
}

func (h *handler) comments() bool { return h.fl == MariaDB || h.capture.SchemaComments }

func (t *teller) mark(c *event.SchemaChange) {
	t.h.mark(t.hd, event.Mark{Kind: event.MarkSchemaChange, Off: t.h.start, Change: c})
}

// tellPlain marks a statement that changes no table that is known, when it ran
// in a captured database, or when what it is about lies in one.
func (h *handler) tellPlain(hd header, q *query, database, about string) {
	if !h.capture.SchemaChanges || h.toldBefore() || !h.databases.has(about) || database != "" && !h.databases.has(database) {
		return
	}
	h.mark(hd, event.Mark{Kind: event.MarkSchemaChange, Off: h.start, Change: &event.SchemaChange{
		Database: database, DDL: strings.TrimSpace(ddl.ToUTF8(q.text)),
	}})
}

// tellOther marks a statement that isn't about tables, as far as Debezium does.
func (h *handler) tellOther(hd header, q *query, st *ddl.Statement, o ddl.Effect) {
	switch {
	case !h.capture.SchemaChanges || !o.Told:
	case o.Database == "":
		h.tellPlain(hd, q, string(q.database), string(q.database))
	case h.databases.has(o.Database) && !h.toldBefore():
		t := teller{h: h, hd: hd, st: st}
		t.mark(&event.SchemaChange{Database: o.Database, DDL: st.Whole()})
	}
}
