package transform

import (
	"fmt"
	"io"
	"strings"

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
}

func (o Options) delimiter() string {
	if o.Delimiter == "" {
		return "."
	}
	return o.Delimiter
}

func (o Options) skips(op event.Op) bool { return strings.IndexByte(o.Skip, byte(op)) >= 0 }

// skipHalves takes the halves of a change of the key out that are skipped.
func (o Options) skipHalves(out *output) {
	if !o.SkipHalves {
		return
	}
	noDelete, noCreate := o.skips(event.OpDelete), o.skips(event.OpCreate)
	out.noDelete, out.noCreate = out.noDelete || noDelete, noCreate
	out.alone = noDelete || noCreate
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

// compared are the values of the image that an operation must change to leave.
func (o Options) compared(op event.Op, s, view *event.Schema) []int {
	if !o.SkipUnchanged || op != event.OpUpdate {
		return nil
	}
	ords := []int{}
	for _, c := range view.Columns {
		if !o.Hidden.Match(s, c.Name) {
			ords = append(ords, c.Ord)
		}
	}
	return ords
}

// unchanged reports whether the row leaves as it was before.
func (o *output) unchanged(b *event.Batch, r *event.Row) bool {
	if o.compare == nil || r.Before < 0 || r.After < 0 || r.Flags&event.KeyOnly != 0 {
		return false
	}
	before, after := b.Image(r.Before, r.Schema), b.Image(r.After, r.Schema)
	for _, ord := range o.compare {
		if !before[ord].Equal(b.Arena, after[ord], b.Arena) {
			return false
		}
	}
	return true
}
