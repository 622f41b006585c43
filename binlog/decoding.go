package binlog

import (
	"fmt"

	"cdc/binlog/charsets"
	"cdc/event"
)

// decoding is how the values of a source are read. The zero decoding reads them
// as Debezium does. Several goroutines may share it.
type decoding struct {
	// plainYears: years of one or two digits stay as they are.
	plainYears bool
	// partialRows: rows may lack columns.
	partialRows bool
	unfit       *event.Unfit
	charsets    charsets.Tables
}

func (c *Config) decoding() *decoding {
	return &decoding{plainYears: !c.EnableTimeAdjuster, partialRows: c.AcceptPartialRowImages, unfit: c.Capture.Unfit}
}

// fault is why a value has no form in an event; 0 for one whose bytes can't be a
// value at all.
type fault uint8

const (
	faultZeroDate fault = iota + 1
	faultNoDay
	faultText
	faultDepth
	faultGeometry
)

func (f fault) String() string {
	switch f {
	case faultZeroDate:
		return "a date of which a part is zero"
	case faultNoDay:
		return "a date that no calendar has"
	case faultText:
		return "bytes that aren't text in the column's character set"
	case faultDepth:
		return "JSON of more than 100 levels"
	case faultGeometry:
		return "a geometry that isn't of the column's kind"
	default:
		return errDamaged.Error()
	}
}

// lost reports whether Debezium has no form for the value either, so that no
// policy can take it.
func (f fault) lost() bool { return f != faultZeroDate && f != faultText }

// take lets the policy act on a value without a form. The error names the
// columns of the key, by which the row can be found in the table.
func (d *decoding) take(s *event.Schema, column string, f fault) error {
	if f == 0 {
		return fmt.Errorf("column %q: %w", column, errDamaged)
	}
	var err error
	if f.lost() {
		err = fmt.Errorf("table %s, column %q: %s: %w; change the value, or leave the table out by an exclusion (!database.table)",
			s.Name(), column, f, event.ErrUnfit)
	} else {
		err = d.unfit.Take(s, column, f.String())
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w (the key of the table: %s)", event.ErrUnsupported, err, s.KeyNames())
}

// constError is an error that says all in its text.
type constError string

func (e constError) Error() string { return string(e) }
