package binlog

import "strings"

// upper is the type's name as a statement writes it.
func (t *typeSpec) upper() string { return strings.ToUpper(t.name) }

// setWrittenDefault gives the column another default.
func (c *columnFact) setWrittenDefault(fl Flavor, d writtenDefault) {
	written := writtenColumn{Type: c.Type, Charset: c.Charset}
	if c.Written != nil {
		written = *c.Written
	}
	written.Default = d.shown
	c.Written = &written
	c.Default, c.DefaultExpr = d.value, d.expr
	if d.value != nil && !d.expr {
		text := catalogueDefault(fl, c.Type, *d.value)
		c.Default = &text
	}
	c.setExtra("DEFAULT_GENERATED", d.expr && fl == MySQL)
}

// setExtra adds a word to Extra, or takes it out.
func (c *columnFact) setExtra(word string, on bool) {
	words := strings.Fields(c.Extra)
	var left []string
	for _, w := range words {
		if w != word {
			left = append(left, w)
		}
	}
	if on {
		left = append([]string{word}, left...)
	}
	c.Extra = strings.Join(left, " ")
}
