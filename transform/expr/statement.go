package expr

import "cdc/transform/rulefile"

// statementField is the field of the source block that holds the text of a statement,
// with values of its rows in it.
const statementField = "query"

// Statement is where the expression reads the statement of a row (source.query); ok
// is false where it doesn't.
func (c *Checked) Statement() (at rulefile.Place, ok bool) {
	first := -1
	for _, r := range c.reads {
		if r.kind == rowSource && r.name == statementField && (first < 0 || r.offset < first) {
			first = r.offset
		}
	}
	if first < 0 {
		return rulefile.Place{}, false
	}
	return c.Place(first), true
}

// IsStatement reports whether a path of [Language.Metadata] is the statement of a row.
func IsStatement(path string) bool { return path == statementField || path == "source."+statementField }
