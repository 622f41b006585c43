package binlog

import (
	"cdc/event"
)

// textCell turns a value of the text protocol (nil for NULL) into the value
// that the stream gives for it.
type textCell func(b *event.Batch, raw []byte) (event.Value, error)

// compileText makes the textCell of a column. The connection's character set
// must be utf8mb4 and its time zone +00:00.
func compileText(c *event.Column, fl flavor) (textCell, error) { return nil, nil }
