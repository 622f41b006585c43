package transform

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cdc/event"
)

// Options are what a program takes from the configuration of its pipeline. They
// hold for every rule, and for what no rule takes.
type Options struct {
	// Prefix is the first part of the topic names that no rule gives, Delimiter
	// what stands between their parts; a dot when empty.
	Prefix, Delimiter string
	// Skip holds the operations of which nothing leaves, one character each.
	Skip string
	// SkipHalves: a change of the key is a delete and a create for Skip, too.
	SkipHalves bool
	// Include and Exclude are the columns that values have; an empty Include
	// takes all. Keys have their columns in any case, conditions see all.
	Include, Exclude *event.Columns
	// SkipUnchanged: an update that changes no column that leaves doesn't leave,
	// as far as the log has both images. Columns in Hidden leave without showing
	// what they hold, so a change of theirs is none.
	SkipUnchanged bool
	Hidden        *event.Columns
	// Masked are the columns that the pipeline masks, hashes or cuts when it writes
	// them: no expression may carry their values elsewhere.
	Masked *event.Columns

	// Connector and Version are those of the source block, whose name is Prefix. An
	// empty Connector is that of the kind of table.
	Connector, Version string
	// DeadLetterTopic takes the rows for which a rule fails that says so; empty:
	// Prefix and "dead-letter". A rule file may name another.
	DeadLetterTopic string
	// RulesHeader is the name of a header that tells the hash of the rules; empty:
	// there is none.
	RulesHeader string
	// Schemas: values carry schemas, or the id of one.
	Schemas bool
	// NullsStay: a NULL isn't written as the default of its column.
	NullsStay bool
	// NoTombstones: a delete isn't followed by a tombstone.
	NoTombstones bool
	// TestEnv: secrets come from the rule files' test_env, and not from the
	// environment. For what runs without a server.
	TestEnv bool
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log is told what an operator should know of a row, some times a minute at
	// most; nil tells nobody.
	Log func(Note)
}

// Note is something that a rule has met.
type Note struct {
	// Failed: a failure, and not just something unexpected.
	Failed bool
	// Rule is the name of the rule, Table that of the table, Position where the row
	// stands in the log. Message says what happened, without a value of the row.
	Rule, Table, Position, Message string
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o Options) delimiter() string {
	if o.Delimiter == "" {
		return "."
	}
	return o.Delimiter
}

func (o Options) skips(op event.Op) bool { return strings.IndexByte(o.Skip, byte(op)) >= 0 }

// halves says which parts of a change of the key don't leave.
type halves struct {
	noDelete, noCreate bool
	// alone: the part that leaves is the only one that is counted.
	alone bool
}

// skipHalves takes the halves of a change of the key out that are skipped.
func (o Options) skipHalves(h halves) halves {
	if !o.SkipHalves {
		return h
	}
	noDelete, noCreate := o.skips(event.OpDelete), o.skips(event.OpCreate)
	return halves{noDelete: h.noDelete || noDelete, noCreate: h.noCreate || noCreate, alone: noDelete || noCreate}
}

// write writes what changes the meaning of a program beyond its rules, so that
// a pipeline without such options keeps the hash that it had.
func (o Options) write(w io.Writer) {
	if o.Delimiter != "" && o.Delimiter != "." {
		fmt.Fprintf(w, "delimiter %q\n", o.Delimiter)
	}
	if o.Skip != "" {
		fmt.Fprintf(w, "skip %q\n", o.Skip)
	}
	if o.SkipUnchanged {
		fmt.Fprintln(w, "skip unchanged")
	}
	if o.RulesHeader != "" {
		fmt.Fprintf(w, "header %q\n", o.RulesHeader)
	}
	if o.Include.Len() > 0 || o.Exclude.Len() > 0 {
		fmt.Fprintf(w, "columns %q, not %q\n", o.Include.Patterns(), o.Exclude.Patterns())
	}
}

// columns returns the view of the columns that may leave; s itself when all may.
func (o Options) columns(s *event.Schema) *event.Schema {
	if o.Include.Len() == 0 && o.Exclude.Len() == 0 {
		return s
	}
	columns := make([]event.Column, 0, len(s.Columns))
	for _, c := range s.Columns {
		if (o.Include.Len() == 0 || o.Include.Match(s, c.Name)) && !o.Exclude.Match(s, c.Name) {
			columns = append(columns, c)
		}
	}
	if len(columns) == len(s.Columns) {
		return s
	}
	return s.Project(columns)
}

// compared are the values of the image that an update must change to leave, of those
// at the given places; nil when it leaves in any case.
func (o Options) compared(op event.Op, s *event.Schema, places []int) []int {
	if !o.SkipUnchanged || op != event.OpUpdate {
		return nil
	}
	list := []int{}
	for _, c := range s.Columns {
		if slices.Contains(places, c.Ord) && !o.Hidden.Match(s, c.Name) {
			list = append(list, c.Ord)
		}
	}
	return list
}

// unchanged reports whether an update leaves the values at those places of the row as
// they were, as far as the log has both images. alone: a value that isn't in the log
// was left alone.
func unchanged(b *event.Batch, r *event.Row, ords []int, alone bool) bool {
	if ords == nil || r.Before < 0 || r.After < 0 || r.Flags&event.KeyOnly != 0 {
		return false
	}
	before, after := b.Image(r.Before, r.Schema), b.Image(r.After, r.Schema)
	for _, ord := range ords {
		if alone && after[ord].Kind() == event.KindUnavailable {
			continue
		}
		if !before[ord].Equal(b.Arena, after[ord], b.Arena) {
			return false
		}
	}
	return true
}
