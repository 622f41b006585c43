package binlog

import (
	"strings"

	"cdc/event"
)

// tellChanges marks what a statement did to captured tables, as Debezium tells
// it: one mark for each table, whose text is rewritten where the statement names
// several.
func (h *handler) tellChanges(hd header, q *query, st *statement, list []change) {
	if !h.capture.SchemaChanges || h.toldBefore() {
		return
	}
	t := teller{h: h, hd: hd, text: toUTF8(q.text), st: st, mode: q.mode}
	t.last = t.end()
	for len(list) > 0 { // Debezium goes by runs of one database
		n := 1
		for n < len(list) && list[n].name.database == list[0].name.database {
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
		byID[id] = list[i].name.table
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
	text   string
	st     *statement
	mode   sqlMode
	last   int
	tables string
}

// end is where the last token of the statement ends, without what closes it.
func (t *teller) end() int {
	p := &parser{lexer: lexer{s: t.text, mode: t.mode}, whole: t.text, size: len(t.text)}
	end := 0
	for p.advance(); p.t.kind != tokenEnd && p.t.kind != tokenBroken; p.advance() {
		if p.here() >= t.st.from && !p.t.punct(';') {
			end = p.size - p.t.rest
		}
	}
	if rest := strings.TrimLeft(t.text[end:], " \t\r\n"); strings.HasPrefix(rest, "*/") && p.executableBefore(end) {
		end = len(t.text) - len(rest) + 2
	}
	return end
}

// executableBefore reports whether a statement that stands in a comment is still
// open at a place.
func (p *parser) executableBefore(end int) bool {
	return strings.LastIndex(p.whole[:end], "/*!") > strings.LastIndex(p.whole[:end], "*/") ||
		strings.LastIndex(p.whole[:end], "/*M!") > strings.LastIndex(p.whole[:end], "*/")
}

// tell marks change i of a run.
func (t *teller) tell(q *query, c *change, i int) {
	switch {
	case c.kind == "DROP":
		t.mark(&event.SchemaChange{Database: c.name.database, Table: t.tables, DDL: t.dropText(c.name), Changes: []event.TableChange{{Type: "DROP", ID: c.name.quotedID()}}})
	case c.kind == "", t.st.index && !t.keyed(c):
		t.h.tellPlain(t.hd, q, string(q.database), c.name.database)
	case c.facts == nil || len(c.facts.Columns) == 0:
		return // the table is gone by now, and what it was can't be known
	default:
		ddl := t.text[min(t.st.from, t.last):t.last]
		if t.st.kind == stmtRename {
			ddl = t.renameText(c, i)
		}
		t.mark(&event.SchemaChange{Database: c.name.database, Table: t.tables, DDL: ddl, Changes: []event.TableChange{
			{Type: c.kind, ID: c.name.quotedID(), Table: c.facts.info(t.h.fl, t.h.comments())},
		}})
	}
}

// keyed: the statement has given the table a record key.
func (t *teller) keyed(c *change) bool {
	return t.st.unique && c.before != nil && len(c.before.Key) == 0 && c.facts != nil && len(c.facts.Key) > 0
}

func (h *handler) comments() bool { return h.fl == MariaDB || h.capture.SchemaComments }

func (t *teller) mark(c *event.SchemaChange) {
	t.h.mark(t.hd, event.Mark{Kind: event.MarkSchemaChange, Off: t.h.start, Change: c})
}

// dropText is the statement as if it named this table only.
func (t *teller) dropText(n tableName) string {
	text := t.text[t.st.from:t.st.spans[0].from] + n.sql()
	written := strings.ToUpper(t.text[:t.last])
	for _, word := range []string{" RESTRICT", " CASCADE"} {
		if strings.HasSuffix(written, word) {
			return text + word
		}
	}
	return text
}

// renameText is the statement as if it had this pair only.
func (t *teller) renameText(c *change, i int) string {
	prefix := t.text[t.st.from:t.st.spans[0].from]
	for k := 0; 2*k+1 < len(t.st.tables); k++ {
		if t.st.tables[2*k] == c.from && t.st.tables[2*k+1] == c.name {
			return prefix + t.text[t.st.spans[k].from:t.st.spans[k].to]
		}
	}
	return prefix + t.text[t.st.spans[min(i, len(t.st.spans)-1)].from:t.last]
}

// tellPlain marks a statement that changes no table that is known, when it ran
// in a captured database, or when what it is about lies in one.
func (h *handler) tellPlain(hd header, q *query, database, about string) {
	if !h.capture.SchemaChanges || h.toldBefore() || !h.databases.has(about) || database != "" && !h.databases.has(database) {
		return
	}
	h.mark(hd, event.Mark{Kind: event.MarkSchemaChange, Off: h.start, Change: &event.SchemaChange{
		Database: database, DDL: strings.TrimSpace(toUTF8(q.text)),
	}})
}

// tellOther marks a statement that isn't about tables, as far as Debezium does.
func (h *handler) tellOther(hd header, q *query, o otherKind) {
	switch {
	case !h.capture.SchemaChanges || !o.told:
	case o.database == "":
		h.tellPlain(hd, q, string(q.database), string(q.database))
	case h.databases.has(o.database) && !h.toldBefore():
		t := teller{h: h, hd: hd, text: toUTF8(q.text), st: &statement{}, mode: q.mode}
		t.mark(&event.SchemaChange{Database: o.database, DDL: strings.TrimSpace(t.text[:t.end()])})
	}
}
