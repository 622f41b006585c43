package dryrun

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// sqlInsert reads what follows INSERT INTO: shop.orders (id, status) VALUES (1,
// 'NEW'), (2, NULL). Its rows are one change each.
func (in *input) sqlInsert(at rulefile.Place) ([]*Change, error) {
	in.space(false)
	table, err := in.table()
	if err != nil {
		return nil, err
	}
	columns, err := in.sqlColumns()
	if err != nil {
		return nil, err
	}
	if in.space(false); !in.word("values") {
		return nil, in.fail("INSERT INTO shop.orders (id, status) VALUES (1, 'NEW')", "VALUES is missing")
	}
	var list []*Change
	for {
		row, err := in.sqlRow(columns)
		if err != nil {
			return nil, err
		}
		list = append(list, &Change{At: at, Table: table, Op: event.OpCreate, After: row})
		if in.space(false); !in.closes(',') {
			break
		}
	}
	in.closes(';')
	return list, nil
}

func (in *input) sqlColumns() (names []string, err error) {
	if in.space(false); !in.closes('(') {
		return nil, in.fail("INSERT INTO shop.orders (id, status) VALUES (1, 'NEW')", "the list of columns is missing")
	}
	for {
		in.space(false)
		name := in.name()
		if name == "" {
			return nil, in.fail("", "the name of a column is missing")
		}
		names = append(names, name)
		if in.space(false); in.closes(')') {
			return names, nil
		}
		if !in.closes(',') {
			return nil, in.fail("", "a comma or ) is missing")
		}
	}
}

func (in *input) sqlRow(columns []string) (*rulefile.Literal, error) {
	if in.space(false); !in.closes('(') {
		return nil, in.fail("", "a row must begin with (")
	}
	l := &rulefile.Literal{Kind: rulefile.LiteralMap, At: in.place(), Keys: columns}
	for {
		v, err := in.sqlValue()
		if err != nil {
			return nil, err
		}
		if l.Items = append(l.Items, v); len(l.Items) > len(columns) {
			return nil, v.At.Errorf("", "the row has more values than there are columns")
		}
		if in.space(false); in.closes(')') {
			break
		}
		if !in.closes(',') {
			return nil, in.fail("functions and expressions aren't read", "a comma or ) is missing")
		}
	}
	if len(l.Items) < len(columns) {
		return nil, in.fail("", "the row has fewer values than there are columns")
	}
	return l, nil
}

// sqlValue reads NULL, TRUE, a number, a text or bytes in hexadecimal.
func (in *input) sqlValue() (*rulefile.Literal, error) {
	in.space(false)
	at, rest := in.place(), in.rest()
	switch {
	case len(rest) == 0:
		return nil, in.fail("", "a value is missing")
	case rest[0] == '\'':
		text, err := in.singleQuoted(true)
		return &rulefile.Literal{Kind: rulefile.LiteralText, At: at, Text: text}, err
	case (rest[0] == 'x' || rest[0] == 'X') && bytes.HasPrefix(rest[1:], []byte("'")):
		in.move(1)
		text, err := in.singleQuoted(false)
		p, bad := hex.DecodeString(text)
		if err == nil && bad != nil {
			err = at.Errorf("", "the bytes aren't hexadecimal")
		}
		return &rulefile.Literal{Kind: rulefile.LiteralBytes, At: at, Text: base64.StdEncoding.EncodeToString(p)}, err
	}
	n := bytes.IndexAny(rest, ",() \t\r\n;'")
	if n < 0 {
		n = len(rest)
	}
	text := string(rest[:n])
	l := &rulefile.Literal{At: at}
	switch {
	case strings.EqualFold(text, "null"):
	case strings.EqualFold(text, "true") || strings.EqualFold(text, "false"):
		l.Kind, l.Text = rulefile.LiteralBool, strings.ToLower(text)
	case text != "" && isNumber(text):
		l.Kind, l.Text = rulefile.LiteralNumber, text
	default:
		return nil, in.fail("a value is a number, a 'text', x'00ff', TRUE, FALSE or NULL", "a value that can't be read")
	}
	in.move(n)
	return l, nil
}
