package main

import (
	"errors"
	"fmt"
	"slices"

	"cdc/event"
)

// tables checks rules, and options that name columns, against the tables of a schema
// dump: those of each pipeline with such a source that it captures. The error is a
// *configError.
func (v *validation) tables(file string) error {
	dump, err := readDump(file)
	if err != nil {
		return err
	}
	var bad []error
	checked, failed := false, false
	for _, name := range v.config.names() {
		p := v.config.Pipelines[name]
		if p.Source.connector() != dump.Connector {
			continue
		}
		captured, err := p.Source.captures(dump.Tables)
		if err != nil {
			return &configError{err}
		}
		checked = checked || len(captured) > 0
		idle, err := p.Events.idle(captured, dump.Connector)
		failed = printFindings(v.out, name, idle, event.LevelWarn) || failed
		bad = append(bad, v.fit(name, captured), err)
	}
	if !checked {
		bad = append(bad, fmt.Errorf("%s: no pipeline captures one of its tables, which are of %s", file, dump.Connector))
	}
	if err := joinConfig(bad); err != nil || !failed {
		return err
	}
	return &reported{&configError{errors.New("findings")}}
}

// captures returns the tables that the source's patterns take.
func (s *SourceConfig) captures(tables []*event.Schema) ([]*event.Schema, error) {
	var patterns []string
	database := ""
	switch {
	case s.MySQL != nil:
		patterns = s.MySQL.Tables
	case s.MariaDB != nil:
		patterns = s.MariaDB.Tables
	default:
		patterns, database = s.Postgres.Tables, s.Postgres.Database
	}
	list, err := event.ParseTables(patterns)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(tables), func(t *event.Schema) bool {
		if t.Namespace != "" {
			return t.Database != database || !list.Match(t.Namespace, t.Table)
		}
		return !list.Match(t.Database, t.Table)
	}), nil
}
