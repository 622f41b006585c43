package dryrun

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/rulefile"
)

// maxInput bounds what is read; all of it is looked at before anything is written,
// since every row tells what its table is like.
const maxInput = 64 << 20

// ReadChanges reads changes, one after the other, in whatever forms they are:
//
//	insert shop.orders {id: 1001, status: NEW}
//	update shop.orders {id: 1001, status: NEW} -> {id: 1001, status: SHIPPING}
//	update shop.orders -> {id: 1001, status: SHIPPING}
//	delete shop.orders {id: 1001, status: NEW}
//	snapshot shop.orders {id: 1001, status: NEW}
//	truncate shop.orders
//	INSERT INTO shop.orders (id, status) VALUES (1001, 'NEW');
//	{"op": "c", "before": null, "after": {...}, "source": {...}}
//	{"schema": {...}, "payload": {"op": "c", ...}}
//	{"table": "shop.orders", "op": "c", "after": {...}}
//
// Before a JSON value its key may stand, with a tab between them. Lines that begin
// with # or -- are comments. The error is a *rulefile.Error at its line of name.
func ReadChanges(r io.Reader, name string) ([]*Change, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	in := &input{src: &rulefile.Source{Name: name}, text: text, line: 1}
	if len(text) > maxInput {
		return nil, in.fail(fmt.Sprintf("at most %d MiB; cut it into pieces", maxInput>>20), "more text than is read at once")
	}
	var list []*Change
	for {
		changes, err := in.next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, changes...)
	}
}

// input is a text that is read from its beginning.
type input struct {
	src       *rulefile.Source
	text      []byte
	at        int
	line      int
	lineStart int
	// counted is a place in the line up to which its characters are counted: col.
	counted, col int
}

func (in *input) place() rulefile.Place {
	end := min(in.at, len(in.text))
	if in.col == 0 || in.counted < in.lineStart || in.counted > end {
		in.counted, in.col = in.lineStart, 1
	}
	in.col += utf8.RuneCount(in.text[in.counted:end])
	in.counted = end
	return rulefile.Place{Source: in.src, Line: in.line, Col: in.col}
}

func (in *input) fail(hint, format string, args ...any) error {
	return in.place().Errorf(hint, format, args...)
}

// move goes on by n bytes.
func (in *input) move(n int) {
	for end := min(in.at+n, len(in.text)); in.at < end; in.at++ {
		if in.text[in.at] == '\n' {
			in.line, in.lineStart = in.line+1, in.at+1
		}
	}
}

func (in *input) rest() []byte { return in.text[in.at:] }

// space goes over white space, and comments where they may stand.
func (in *input) space(comments bool) {
	for in.at < len(in.text) {
		rest := in.rest()
		r, n := utf8.DecodeRune(rest)
		switch {
		case unicode.IsSpace(r) || r == '\uFEFF':
			in.move(n)
		case comments && (rest[0] == '#' || bytes.HasPrefix(rest, []byte("--"))):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			in.move(end)
		default:
			return
		}
	}
}

// next reads what stands next; io.EOF at the end.
func (in *input) next() ([]*Change, error) {
	in.space(true)
	if in.at >= len(in.text) {
		return nil, io.EOF
	}
	switch c := in.text[in.at]; {
	case c == '{' || c == '"' || c == '-' || c >= '0' && c <= '9' || in.word("null"):
		return in.json()
	case c == '[':
		return nil, in.fail("one event after the other, without brackets and commas", "a list of events isn't read")
	}
	at := in.place()
	verb := strings.ToLower(in.name())
	if verb == "insert" {
		if in.space(false); in.word("into") {
			return in.sqlInsert(at)
		}
	}
	return in.rowLine(at, verb)
}

// word reports whether a word, in whatever case, stands next, and goes over it.
func (in *input) word(word string) bool {
	rest := in.rest()
	if len(rest) < len(word) || !strings.EqualFold(string(rest[:len(word)]), word) {
		return false
	}
	if r, _ := utf8.DecodeRune(rest[len(word):]); len(rest) > len(word) && nameRune(r) {
		return false
	}
	if word != "null" {
		in.move(len(word))
	}
	return true
}

// json reads an event, or a key, a tab and an event.
func (in *input) json() ([]*Change, error) {
	value, err := in.jsonValue()
	if err != nil {
		return nil, err
	}
	var key *rulefile.Literal
	if bytes.HasPrefix(in.rest(), []byte("\t")) && in.at+1 < len(in.text) && in.text[in.at+1] != '\n' {
		in.move(1)
		key = value
		if value, err = in.jsonValue(); err != nil {
			return nil, err
		}
	}
	c, err := changeOf(value, key)
	if c == nil || err != nil {
		return nil, err
	}
	return []*Change{c}, nil
}

// jsonValue reads one value.
func (in *input) jsonValue() (*rulefile.Literal, error) {
	dec := json.NewDecoder(bytes.NewReader(in.rest()))
	dec.UseNumber()
	at := in.place()
	l, err := decodeJSON(dec, at, 0)
	if err != nil {
		in.move(int(dec.InputOffset()))
		if s, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, in.fail("", "not JSON: %s", s)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, at.Errorf("", "the JSON value that begins here has no end")
		}
		return nil, in.fail("", "not JSON: %s", err)
	}
	in.move(int(dec.InputOffset()))
	return l, nil
}

// rowOps are the words that begin a line.
var rowOps = map[string]event.Op{
	"insert": event.OpCreate, "update": event.OpUpdate, "delete": event.OpDelete,
	"snapshot": event.OpRead, "read": event.OpRead, "truncate": event.OpTruncate,
}

// rowLine reads what follows the verb of a line.
func (in *input) rowLine(at rulefile.Place, verb string) ([]*Change, error) {
	op, known := rowOps[verb]
	if !known {
		words := []string{"insert", "update", "delete", "snapshot", "truncate"}
		hint := ""
		if len(verb) < 2*len("snapshot") {
			hint = rulefile.DidYouMean(verb, words)
		}
		if hint == "" {
			hint = "for example: insert shop.orders {id: 1, status: new}"
		}
		return nil, at.Errorf(hint, "a line begins with %s, or is a JSON object, not %q", strings.Join(words, ", "), rulefile.Printable(verb))
	}
	c := &Change{At: at, Op: op}
	in.space(false)
	var err error
	if c.Table, err = in.table(); err != nil {
		return nil, err
	}
	switch op {
	case event.OpTruncate:
	case event.OpDelete:
		c.Before, err = in.rowLiteral()
	case event.OpUpdate:
		if in.space(false); !in.arrow() {
			if c.Before, err = in.rowLiteral(); err != nil {
				return nil, err
			}
			if in.space(false); !in.arrow() {
				return nil, in.fail("update shop.orders {before} -> {after}, or update shop.orders -> {after}", "an update needs -> and the row after")
			}
		}
		c.After, err = in.rowLiteral()
	default:
		c.After, err = in.rowLiteral()
	}
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(in.rest(), []byte(";")) {
		in.move(1)
	}
	return []*Change{c}, c.check()
}

func (in *input) arrow() bool {
	if !bytes.HasPrefix(in.rest(), []byte("->")) {
		return false
	}
	in.move(len("->"))
	return true
}

// table reads shop.orders, with each part in quotes or not.
func (in *input) table() (string, error) {
	first := in.name()
	if first == "" || !bytes.HasPrefix(in.rest(), []byte(".")) {
		return "", in.fail("write database.table or schema.table", "a table's name is missing")
	}
	in.move(1)
	second := in.name()
	if second == "" {
		return "", in.fail("write database.table or schema.table", "a table's name is missing")
	}
	return first + "." + second, nil
}

func nameRune(r rune) bool {
	return r == '_' || r == '$' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// name reads a word, or what stands in backquotes or double quotes; empty where
// there is none. A hyphen may stand within a word, but no arrow.
func (in *input) name() string {
	rest := in.rest()
	if len(rest) > 0 && (rest[0] == '`' || rest[0] == '"') {
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		in.move(end + 2)
		return string(rest[1 : end+1])
	}
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRune(rest[n:])
		if !nameRune(r) || r == '-' && bytes.HasPrefix(rest[n:], []byte("->")) {
			break
		}
		n += size
	}
	in.move(n)
	return string(rest[:n])
}
