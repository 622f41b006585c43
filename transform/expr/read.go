package expr

import (
	"fmt"
	"strings"

	"cdc/event"
)

// Cond is a compiled condition. Closures and CEL programs are built from the
// same reads, so both see the same values and fail with the same errors.
type Cond func(b *event.Batch, r *event.Row) (bool, error)

// reader gets a value of a row. Its errors are made when it is compiled.
type reader func(b *event.Batch, r *event.Row) (event.Value, error)

// Error is why an expression has no value for a row. It never holds a value of
// the row.
type Error struct{ msg, mend string }

func (e *Error) Error() string {
	if e.mend == "" {
		return e.msg
	}
	return e.msg + " (" + e.mend + ")"
}

// Unwrap returns event.ErrConfig: the same row fails again until the rule or the
// server is mended.
func (e *Error) Unwrap() error { return event.ErrConfig }

// faults are the errors that a read of one column may end in.
type faults struct{ noImage, notLogged, unavailable, skipped *Error }

func faultsOf(s *event.Schema, what string) *faults {
	return &faults{
		notLogged: &Error{msg: what + " isn't in the log: the server writes only the key of the old row", mend: WholeOldRows(s)},
		unavailable: &Error{
			msg:  what + " isn't in the log: the value is stored out of line and this change left it alone",
			mend: WholeOldRows(s) + `, or test changed("column") first`,
		},
		skipped: &Error{msg: what + " was not decoded, though the rule needs it"},
	}
}

// WholeOldRows is the statement that makes the server log whole rows before changes.
func WholeOldRows(s *event.Schema) string {
	if s.Namespace == "" {
		return "SET GLOBAL binlog_row_image = FULL"
	}
	return fmt.Sprintf("ALTER TABLE %s.%s REPLICA IDENTITY FULL", quoteIdent(s.Namespace), quoteIdent(s.Table))
}

func quoteIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// get returns a value of an image and refuses what must not be read.
func (f *faults) get(b *event.Batch, at int) (event.Value, error) {
	v := b.Values[at]
	switch v.Kind() {
	case event.KindSkipped:
		return v, f.skipped
	case event.KindUnavailable:
		return v, f.unavailable
	default:
		return v, nil
	}
}

// readerOf compiles a read of a column.
func readerOf(s *event.Schema, c *event.Column, k rowKind, m manner) reader {
	what := read{kind: k, name: c.Name}.String()
	switch k {
	case rowAfter:
		return afterReader(s, c, what, m)
	case rowOld:
		return oldReader(s, c)
	case rowRow, rowKey:
		after, before := afterReader(s, c, what, m), beforeReader(s, c, what, m)
		return func(b *event.Batch, r *event.Row) (event.Value, error) {
			if r.After >= 0 {
				return after(b, r)
			}
			return before(b, r)
		}
	default:
		return beforeReader(s, c, what, m)
	}
}

// afterReader reads a column of the image after.
func afterReader(s *event.Schema, c *event.Column, what string, m manner) reader {
	f := faultsOf(s, what)
	f.noImage = &Error{msg: what + " was read, but the row has no image after"}
	ord := c.Ord
	return func(b *event.Batch, r *event.Row) (event.Value, error) {
		if r.After < 0 {
			return f.missing(m)
		}
		return f.get(b, int(r.After)+ord)
	}
}

// missing is what a read gives where there is no image.
func (f *faults) missing(m manner) (event.Value, error) {
	if m != strict {
		return event.Null, nil
	}
	return event.Value{}, f.noImage
}

// beforeReader reads a column of the image before. The old row of an update may
// not be in the log, or only its key: a key column that isn't there is the same
// as in the row after, since the server logs the old key when it changes.
func beforeReader(s *event.Schema, c *event.Column, what string, m manner) reader {
	f := faultsOf(s, what)
	f.noImage = &Error{msg: what + " was read, but the row has no image before"}
	ord, key := c.Ord, isKey(s, c.Ord)
	return func(b *event.Batch, r *event.Row) (event.Value, error) {
		switch {
		case r.Before >= 0 && (key || r.Flags&event.KeyOnly == 0):
			return f.get(b, int(r.Before)+ord)
		case r.Before >= 0:
			return event.Value{}, f.notLogged
		case r.Op != event.OpUpdate:
			return f.missing(m)
		case key && r.After >= 0:
			return f.get(b, int(r.After)+ord)
		default:
			return event.Value{}, f.notLogged
		}
	}
}

// oldReader is old("column"): NULL where there was no row.
func oldReader(s *event.Schema, c *event.Column) reader {
	before := beforeReader(s, c, `old("`+c.Name+`")`, strict)
	return func(b *event.Batch, r *event.Row) (event.Value, error) {
		if r.Op != event.OpUpdate && r.Op != event.OpDelete {
			return event.Null, nil
		}
		return before(b, r)
	}
}

// changedCond is changed("column"): an update that stores another value. A value
// after that isn't in the log was left alone, so it hasn't changed.
func changedCond(s *event.Schema, c *event.Column) Cond {
	before := beforeReader(s, c, `changed("`+c.Name+`")`, strict)
	f := faultsOf(s, `changed("`+c.Name+`")`)
	ord := c.Ord
	return func(b *event.Batch, r *event.Row) (bool, error) {
		if r.Op != event.OpUpdate || r.After < 0 {
			return false, nil
		}
		after := b.Values[int(r.After)+ord]
		if after.Kind() <= event.KindUnavailable {
			if after.Kind() == event.KindSkipped {
				return false, f.skipped
			}
			return false, nil
		}
		old, err := before(b, r)
		if err != nil {
			return false, err
		}
		return !old.Equal(b.Arena, after, b.Arena), nil
	}
}

// missingCond is before == null, after == null and so on.
func missingCond(s *event.Schema, image string) Cond {
	switch image {
	case "after":
		return func(_ *event.Batch, r *event.Row) (bool, error) { return r.After < 0, nil }
	case "row", "key":
		return func(_ *event.Batch, r *event.Row) (bool, error) { return r.After < 0 && r.Before < 0, nil }
	case "transaction":
		return func(_ *event.Batch, r *event.Row) (bool, error) { return r.Order == 0, nil }
	}
	notLogged := faultsOf(s, "before").notLogged
	return func(_ *event.Batch, r *event.Row) (bool, error) {
		if r.Op == event.OpUpdate && r.Before < 0 {
			return false, notLogged
		}
		return r.Before < 0, nil
	}
}

// isKey reports whether the log holds the column of a row before even where it
// holds nothing but the key.
func isKey(s *event.Schema, ord int) bool {
	if s.Old == event.OldKey {
		return s.HoldsOld(ord)
	}
	for i := range s.Key {
		if s.Key[i].Ord == ord {
			return s.Old != event.OldNone
		}
	}
	return false
}
