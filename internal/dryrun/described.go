package dryrun

import (
	"errors"
	"fmt"
	"slices"

	"cdc/event"
	"cdc/transform/rulefile"
)

// ErrNoTable says that nothing describes a table.
var ErrNoTable = errors.New("nothing describes the table")

// Table returns a table as dry runs know it: that of the setup's dump, or else as
// test_tables and the tests of the files tell.
func Table(files []*rulefile.File, s Setup, name string) (*event.Schema, error) {
	s = s.Complete()
	t := newTables(&s, func(first, table string) []string { return ruleKey(files, first, table) })
	for _, f := range files {
		if err := t.hint(f.TestTables); err != nil {
			return nil, err
		}
		for _, test := range f.Tests {
			for i := range test.Inputs {
				c, err := ofTest(&test.Inputs[i])
				if err != nil {
					return nil, err
				}
				if err := t.learn(c); err != nil {
					return nil, err
				}
			}
		}
	}
	if t.dump[name] == nil && t.outlines[name] == nil {
		return nil, t.unknown(name)
	}
	found, err := t.of(&Change{Table: name, At: rulefile.Place{Source: &rulefile.Source{Name: "table"}}})
	if err != nil {
		return nil, err
	}
	return found.schema, nil
}

func (t *tables) unknown(name string) error {
	var names []string
	for known := range t.dump {
		names = append(names, known)
	}
	for known := range t.outlines {
		names = append(names, known)
	}
	slices.Sort(names)
	hint := rulefile.DidYouMean(name, names)
	if hint == "" {
		hint = "neither a schema dump nor the tests of the rules have it"
	}
	return fmt.Errorf("table %s: %w: %s", rulefile.Printable(name), ErrNoTable, hint)
}
