package pgwal

import (
	"cdc/event"
)

// textCell reads one column from the text that PostgreSQL prints for it; raw
// is never an SQL NULL. It appends text to the arena of b only when it succeeds.
type textCell func(b *event.Batch, raw []byte) (event.Value, error)

// compileText makes the reader of a column.
func compileText(c *event.Column) (textCell, error) {
	return nil, nil
}
