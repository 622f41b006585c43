package golden

import (
	"cmp"
	"slices"
	"strings"
)

// withSnapshots notes which records are of the snapshot where their values don't
// say so: a row without the envelope. They are the first of their topic, as many
// as the script before the connector's start inserts.
func (k *comparison) withSnapshots(records map[string][]visible) error {
	setup, err := k.Setup()
	if err != nil || k.Config["transforms"] == "" || k.Config["snapshot.mode"] == "no_data" {
		return err
	}
	tables, err := k.tablesOf()
	if err != nil {
		return err
	}
	for topic, list := range records {
		table := topic[strings.LastIndexByte(topic, '.')+1:]
		if len(tables) == 1 {
			table = tables[0].name
		}
		rows := rowsInserted(setup, table)
		for i := range list {
			id, message := k.messageID(list[i])
			list[i].snapshot = message && strings.Contains(setup, id) || i < rows && isRow(list[i].value)
		}
	}
	return nil
}

// rowsInserted counts the rows that a script inserts into a table.
func rowsInserted(script, table string) int {
	rows := 0
	for _, statement := range SplitSQL(script) {
		if m := insertInto.FindStringSubmatch(statement); m != nil && strings.EqualFold(m[1], table) {
			rows += len(tuple.FindAllString(m[2], -1))
		}
	}
	return rows
}

// isRow reports whether a value is a row that unwrap has taken out of its
// envelope: an object without a source block.
func isRow(value []byte) bool {
	members, ok := membersOf(payloadOf(value))
	if !ok || payloadOf(value)[0] != '{' {
		return false
	}
	for _, m := range members {
		if m.name == "source" || m.name == "databaseName" || m.name == "status" {
			return false
		}
	}
	return true
}

// isMessage reports whether a record is one that EventRouter has made.
func (k *comparison) isMessage(r visible) bool {
	_, ok := k.messageID(r)
	return ok
}

// messageID is the id of such a record.
func (k *comparison) messageID(r visible) (string, bool) {
	if !slices.Contains(k.classes(), "EventRouter") {
		return "", false
	}
	for _, h := range r.Headers {
		if h.Key == "id" && len(h.Value) > 0 {
			return string(h.Value), true
		}
	}
	return "", false
}

// outboxTable is the table of the case that has a payload.
func (k *comparison) outboxTable() string {
	tables, err := k.tablesOf()
	if err != nil {
		return ""
	}
	payload := cmp.Or(k.option("table.field.event.payload"), "payload")
	for _, t := range tables {
		if slices.ContainsFunc(t.columns, func(c declared) bool { return c.name == payload }) {
			return t.name
		}
	}
	return ""
}

// option is that of the first transform that has it.
func (c *Case) option(name string) string {
	for _, t := range (&Settings{config: c.Config}).chain() {
		if value := t.options[name]; value != "" {
			return value
		}
	}
	return ""
}
