package main

import (
	"fmt"
	"slices"

	"cdc/event"
)

// validateTables checks rules against the tables of a schema dump: those of each
// pipeline with such a source that it captures. The error is a *configError.
func validateTables(c *Config, rules programs, file string) error {
	dump, err := readDump(file)
	if err != nil {
		return err
	}
	var bad []error
	checked := false
	for _, name := range c.names() {
		source := &c.Pipelines[name].Source
		if source.connector() != dump.Connector {
			continue
		}
		captured, err := source.captures(dump.Tables)
		if err != nil {
			return &configError{err}
		}
		checked = checked || len(captured) > 0
		bad = append(bad, checkRules(captured, rules[name]))
	}
	if !checked {
		bad = append(bad, fmt.Errorf("%s: no pipeline captures one of its tables, which are of %s", file, dump.Connector))
	}
	return joinConfig(bad)
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
