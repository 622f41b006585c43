package dryrun

import (
	"encoding/json"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// guess is what the literals of a column tell of its type.
type guess struct {
	name string
	kind event.Kind // KindNull until a value tells
	// first is the first value that told.
	first *rulefile.Literal
}

// inferredTypes are the types that literals can mean.
var inferredTypes = map[event.Kind]string{
	event.KindBool: "boolean", event.KindInt: "bigint", event.KindUint: "bigint unsigned", event.KindFloat64: "double",
	event.KindString: "text", event.KindBytes: "bytes", event.KindJSON: "json", event.KindNull: "text",
}

// learn adds a value. A column that holds values of several kinds is an error at
// the later one.
func (g *guess) learn(l *rulefile.Literal) error {
	kind := kindOf(l)
	switch {
	case kind == event.KindNull || kind == g.kind:
		return nil
	case g.kind == event.KindNull:
		g.kind, g.first = kind, l
		return nil
	case numeric(kind) && numeric(g.kind):
		if kind == event.KindFloat64 || g.kind == event.KindFloat64 {
			g.kind = event.KindFloat64
		} else {
			g.kind = event.KindUint
		}
		return nil
	case kind == event.KindJSON && g.kind == event.KindString || kind == event.KindString && g.kind == event.KindJSON:
		g.kind = event.KindJSON
		return nil
	default:
		return l.At.Errorf(`say its type in "test_tables", or with --tables`, "column %q is %s here and %s elsewhere (%s)",
			g.name, kindName(l.Kind), kindName(g.first.Kind), g.first.At)
	}
}

func numeric(k event.Kind) bool {
	return k == event.KindInt || k == event.KindUint || k == event.KindFloat64
}

func kindOf(l *rulefile.Literal) event.Kind {
	switch l.Kind {
	case rulefile.LiteralBool:
		return event.KindBool
	case rulefile.LiteralNumber:
		return numberKind(l.Text)
	case rulefile.LiteralText:
		if l.Text == placeholder {
			return event.KindNull
		}
		return event.KindString
	case rulefile.LiteralBytes:
		return event.KindBytes
	case rulefile.LiteralList, rulefile.LiteralMap:
		return event.KindJSON
	default:
		return event.KindNull
	}
}

func numberKind(text string) event.Kind {
	if !json.Valid([]byte(text)) {
		text = string(appendNumber(nil, text))
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return event.KindInt
	}
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		return event.KindUint
	}
	return event.KindFloat64
}

// outline is what is known of a table that no dump describes.
type outline struct {
	columns []*guess
	byName  map[string]*guess
	// types are those that somebody said, by column.
	types map[string]event.Type
	// key are the columns of the key, if somebody said.
	key []string
	// keyless: somebody said that there is none.
	keyless bool
}

// maxInferred bounds the columns of a table, as MySQL does.
const maxInferred = 4096

// column returns what is known of a column, which is new when nobody has named it
// before; false when there are too many.
func (o *outline) column(name string) (*guess, bool) {
	g := o.byName[name]
	if g == nil && len(o.columns) < maxInferred {
		g = &guess{name: name, kind: event.KindNull}
		o.byName[name] = g
		o.columns = append(o.columns, g)
	}
	return g, g != nil
}

// tooWide is the error for one column more.
func tooWide(at rulefile.Place, table string) error {
	return at.Errorf("use the names of the table's own columns", "table %s has more than %d columns in all rows together", rulefile.Printable(table), maxInferred)
}

// learn adds the columns and values of a row of the table.
func (o *outline) learn(table string, row *rulefile.Literal) error {
	for i, name := range row.Keys {
		g, ok := o.column(name)
		if !ok {
			return tooWide(row.Items[i].At, table)
		}
		if _, said := o.types[name]; said {
			continue
		}
		if err := g.learn(row.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

// typesHint says what a type looks like.
const typesHint = "for example bigint, double, decimal(10,2), text, varchar(20), boolean, date, timestamp, json, uuid or bytea, with nothing behind it but not null and primary key"

// hint takes what test_tables says.
func (o *outline) hint(t *rulefile.TestTable, postgres bool) error {
	for _, c := range t.Columns {
		typ, primary, err := parseType(c.Type, postgres)
		if err != nil {
			return c.Name.At.Errorf(typesHint, "column %q of table %s: %s", c.Name.Text, t.Table.Text, err)
		}
		if _, twice := o.types[c.Name.Text]; twice {
			return c.Name.At.Errorf("keep one of them", "column %q of table %s has its type already", c.Name.Text, t.Table.Text)
		}
		if _, ok := o.column(c.Name.Text); !ok {
			return tooWide(c.Name.At, t.Table.Text)
		}
		o.types[c.Name.Text] = typ
		if primary {
			o.key = append(o.key, c.Name.Text)
		}
	}
	return nil
}

// schema makes the table. The key is what was said, or else the column id, the
// columns that the key of a rule names, or the first column.
func (o *outline) schema(s *event.Schema, ruleKey []string, postgres bool) *event.Schema {
	s.Version, s.Width, s.Old = 1, len(o.columns), event.OldFull
	for i, g := range o.columns {
		t, said := o.types[g.name]
		if !said {
			t, _, _ = parseType(inferredTypes[g.kind], postgres) // these are known
		}
		s.Columns = append(s.Columns, event.Column{Name: g.name, Type: t, Ord: i})
	}
	for _, name := range o.keyNames(ruleKey) {
		if c := s.Column(name); c != nil {
			c.Type.Flags &^= event.Nullable
			s.Key = append(s.Key, *c)
		}
	}
	return s
}

func (o *outline) keyNames(ruleKey []string) []string {
	if len(o.key) > 0 {
		return o.key
	}
	if o.keyless {
		return nil
	}
	for _, g := range o.columns {
		if strings.EqualFold(g.name, "id") {
			return []string{g.name}
		}
	}
	if len(ruleKey) > 0 {
		return ruleKey
	}
	if len(o.columns) == 0 {
		return nil
	}
	return []string{o.columns[0].name}
}
