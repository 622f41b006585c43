package dryrun

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Dump is what a schema dump holds: tables as a source knows them.
type Dump struct {
	Connector string
	Tables    []*event.Schema
}

// The format of a dump, and its bounds.
const (
	dumpFormat  = "cdc-tables"
	dumpVersion = 1
	maxDump     = 64 << 20
	maxTables   = 100_000
	maxColumns  = 1 << 16
)

// The text of a dump.
type (
	dumpDoc struct {
		Format    string      `json:"format"`
		Version   int         `json:"version"`
		Connector string      `json:"connector"`
		Tables    []dumpTable `json:"tables"`
	}
	dumpTable struct {
		Database   string       `json:"database"`
		Schema     string       `json:"schema,omitempty"`
		Table      string       `json:"table"`
		Key        []string     `json:"key"`
		Old        string       `json:"old_rows"`
		OldColumns []int        `json:"old_columns,omitempty"` // ordinals
		Width      int          `json:"width"`
		Columns    []dumpColumn `json:"columns"`
	}
	dumpColumn struct {
		Name string   `json:"name"`
		Ord  int      `json:"ord"`
		Type dumpType `json:"type"`
	}
)

// oldWords are the words for what the log holds of old rows.
var oldWords = []string{event.OldUnknown: "unknown", event.OldFull: "full", event.OldKey: "key", event.OldNone: "none"}

// Write writes the dump as JSON, tables by name.
func (d *Dump) Write(w io.Writer) error {
	doc := dumpDoc{Format: dumpFormat, Version: dumpVersion, Connector: d.Connector, Tables: []dumpTable{}}
	for _, s := range d.Tables {
		t, err := writeTable(s)
		if err != nil {
			return fmt.Errorf("write table %s: %w", s.Name(), err)
		}
		doc.Tables = append(doc.Tables, t)
	}
	slices.SortStableFunc(doc.Tables, func(a, b dumpTable) int {
		return strings.Compare(a.Database+"\x00"+a.Schema+"\x00"+a.Table, b.Database+"\x00"+b.Schema+"\x00"+b.Table)
	})
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func writeTable(s *event.Schema) (dumpTable, error) {
	t := dumpTable{
		Database: s.Database, Schema: s.Namespace, Table: s.Table, Width: s.Width, Key: []string{},
		Old: oldWords[s.Old], OldColumns: s.OldColumns, Columns: []dumpColumn{},
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		typ, err := writeType(&c.Type, 0)
		if err != nil {
			return t, fmt.Errorf("column %q: %w", c.Name, err)
		}
		t.Columns = append(t.Columns, dumpColumn{c.Name, c.Ord, typ})
	}
	for i := range s.Key {
		if s.Column(s.Key[i].Name) == nil {
			return t, fmt.Errorf("column %q of the key isn't one of the table", s.Key[i].Name)
		}
		t.Key = append(t.Key, s.Key[i].Name)
	}
	return t, nil
}

// ReadDump reads a dump. The error says what is wrong and with which table.
func ReadDump(r io.Reader) (*Dump, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxDump+1))
	if err != nil {
		return nil, fmt.Errorf("read the schema dump: %w", err)
	}
	if len(text) > maxDump {
		return nil, fmt.Errorf("the schema dump is larger than %d MiB", maxDump>>20)
	}
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("not a schema dump, which `cdc schema dump` writes: %w", jsonPlace(err))
	}
	switch {
	case head.Format != dumpFormat:
		return nil, errors.New("not a schema dump: its format isn't \"" + dumpFormat + "\"; write one with `cdc schema dump`")
	case head.Version != dumpVersion:
		return nil, fmt.Errorf("a schema dump of version %d, and this cdc reads version %d; write it anew with `cdc schema dump`", head.Version, dumpVersion)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	var doc dumpDoc
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("schema dump: %w", jsonPlace(err))
	}
	return doc.read()
}

// jsonPlace adds where an error of the JSON library stands.
func jsonPlace(err error) error {
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w, at byte %d", err, s.Offset)
	}
	return err
}

func (doc *dumpDoc) read() (*Dump, error) {
	d := &Dump{Connector: doc.Connector}
	if connectors := []string{connectorMySQL, connectorMariaDB, connectorPostgres}; !slices.Contains(connectors, doc.Connector) {
		return nil, fmt.Errorf("schema dump: connector %q is not one of %s", rulefile.Printable(doc.Connector), strings.Join(connectors, ", "))
	}
	if len(doc.Tables) > maxTables {
		return nil, fmt.Errorf("schema dump: more than %d tables", maxTables)
	}
	seen := map[string]bool{}
	for i := range doc.Tables {
		t := &doc.Tables[i]
		if t.Table == "" || (t.Schema != "") != (doc.Connector == connectorPostgres) || t.Database == "" {
			return nil, fmt.Errorf("schema dump: table %d lacks a name: database and table, and for PostgreSQL a schema", i)
		}
		s, err := t.read()
		if err != nil {
			return nil, fmt.Errorf("schema dump: table %s: %w", rulefile.Printable(t.Table), err)
		}
		if seen[s.Name()] {
			return nil, fmt.Errorf("schema dump: table %s is there twice", rulefile.Printable(s.Name()))
		}
		seen[s.Name()] = true
		d.Tables = append(d.Tables, s)
	}
	return d, nil
}

func (t *dumpTable) read() (*event.Schema, error) {
	s := &event.Schema{Database: t.Database, Namespace: t.Schema, Table: t.Table, Version: 1, Width: t.Width}
	old := slices.Index(oldWords, t.Old)
	switch {
	case old < 0:
		return nil, fmt.Errorf("old_rows %q is not one of %s", rulefile.Printable(t.Old), strings.Join(oldWords, ", "))
	case t.Width < 0 || t.Width > maxColumns || len(t.Columns) > t.Width:
		return nil, errors.New("its width doesn't fit its columns")
	}
	s.Old = event.OldRows(old)
	for _, ord := range t.OldColumns {
		if ord < 0 || ord >= t.Width {
			return nil, errors.New("old_columns has a number that no column has")
		}
	}
	s.OldColumns = t.OldColumns
	taken := map[int]bool{}
	names := map[string]bool{}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Name == "" || names[c.Name] || c.Ord < 0 || c.Ord >= t.Width || taken[c.Ord] {
			return nil, fmt.Errorf("column %d has no name or number of its own", i)
		}
		taken[c.Ord], names[c.Name] = true, true
		typ, err := c.Type.read(0)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", rulefile.Printable(c.Name), err)
		}
		s.Columns = append(s.Columns, event.Column{Name: c.Name, Ord: c.Ord, Type: typ})
	}
	for _, name := range t.Key {
		c := s.Column(name)
		if c == nil {
			return nil, fmt.Errorf("the key has a column %q that the table lacks", rulefile.Printable(name))
		}
		s.Key = append(s.Key, *c)
	}
	return s, nil
}
