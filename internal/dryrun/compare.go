package dryrun

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"cdc/transform/rulefile"
)

// Difference is a place where a record isn't what a test expects.
type Difference struct {
	// Path is what differs: "value.after.status", "topic".
	Path string
	// Want and Got are JSON, or a few words in parentheses.
	Want, Got string
}

// absent stands for what isn't there.
const absent = "(absent)"

// maxDifferences bounds those that are told of a record.
const maxDifferences = 50

// differences collects them.
type differences struct {
	first []Difference
	more  int // that aren't told
}

func (d *differences) add(path, want, got string) {
	if len(d.first) == maxDifferences {
		d.more++
		return
	}
	d.first = append(d.first, Difference{shorten(path), shorten(want), shorten(got)})
}

// told are the differences, the last of which says how many more there are.
func (d *differences) told() []Difference {
	if d.more == 0 {
		return d.first
	}
	return append(d.first, Difference{fmt.Sprintf("(%d more places)", d.more), "...", "..."})
}

// compare compares a record with what is expected of it.
func compare(want *rulefile.TestRecord, got *Record) []Difference {
	var d differences
	if want.Topic != nil && *want.Topic != got.Topic {
		d.add("topic", quote(*want.Topic), quote(got.Topic))
	}
	if want.Key != nil {
		d.body("key", want.Key, got.Key, false)
	}
	if want.Value != nil {
		d.body("value", want.Value, got.Value, false)
	}
	if want.Contains != nil {
		d.body("value", want.Contains, got.Value, true)
	}
	if want.Headers != nil {
		d.headers(want.Headers, got.Headers)
	}
	if want.Partition != nil {
		d.partition(*want.Partition, got.Partition)
	}
	return d.told()
}

func (d *differences) partition(want int, got *int) {
	switch {
	case got == nil:
		d.add("partition", strconv.Itoa(want), "(chosen by the hash of the key)")
	case *got != want:
		d.add("partition", strconv.Itoa(want), strconv.Itoa(*got))
	}
}

// body compares a key or a value.
func (d *differences) body(path string, want *rulefile.Literal, got []byte, subset bool) {
	if got == nil {
		if want.Kind != rulefile.LiteralNull {
			what := "(none: a tombstone)"
			if path == "key" {
				what = "(none)"
			}
			d.add(path, show(want), what)
		}
		return
	}
	parsed, err := parseJSON(want.At, got)
	if err != nil {
		d.add(path, show(want), quote(printable(got)))
		return
	}
	d.literal(path, want, payload(parsed), subset)
}

// payload takes the schema off what carries one.
func payload(l *rulefile.Literal) *rulefile.Literal {
	if l.Kind == rulefile.LiteralMap && len(l.Keys) == 2 && l.Keys[0] == "schema" && l.Keys[1] == "payload" {
		return l.Items[1]
	}
	return l
}

// literal compares a value; subset: a mapping may have more members.
func (d *differences) literal(path string, want, got *rulefile.Literal, subset bool) {
	switch {
	case want.Kind == rulefile.LiteralMap && got.Kind == rulefile.LiteralMap:
		d.mapping(path, want, got, subset)
	case want.Kind == rulefile.LiteralList && got.Kind == rulefile.LiteralList:
		d.list(path, want, got, subset)
	case !sameScalar(want, got):
		d.add(path, show(want), show(got))
	}
}

func (d *differences) mapping(path string, want, got *rulefile.Literal, subset bool) {
	for i, name := range want.Keys {
		at := path + "." + name
		if item := member(got, name); item != nil {
			d.literal(at, want.Items[i], item, subset)
		} else {
			d.add(at, show(want.Items[i]), absent)
		}
	}
	if subset {
		return
	}
	for i, name := range got.Keys {
		if !slices.Contains(want.Keys, name) {
			d.add(path+"."+name, absent, show(got.Items[i]))
		}
	}
}

func (d *differences) list(path string, want, got *rulefile.Literal, subset bool) {
	for i := range max(len(want.Items), len(got.Items)) {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= len(got.Items):
			d.add(at, show(want.Items[i]), absent)
		case i >= len(want.Items):
			d.add(at, absent, show(got.Items[i]))
		default:
			d.literal(at, want.Items[i], got.Items[i], subset)
		}
	}
}

func sameScalar(want, got *rulefile.Literal) bool {
	switch want.Kind {
	case rulefile.LiteralNull:
		return got.Kind == rulefile.LiteralNull
	case rulefile.LiteralBool:
		return got.Kind == want.Kind && strings.EqualFold(got.Text, want.Text)
	case rulefile.LiteralNumber:
		return got.Kind == want.Kind && sameNumber(want.Text, got.Text)
	case rulefile.LiteralText:
		return got.Kind == want.Kind && got.Text == want.Text
	case rulefile.LiteralBytes:
		return got.Kind == rulefile.LiteralText && sameBytes(want.Text, got.Text)
	default:
		return false
	}
}

// sameNumber compares numbers exactly.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := rational(a)
	y, ok2 := rational(b)
	return ok && ok2 && x.Cmp(y) == 0
}

// maxExponent bounds the numbers that are compared: 1e999999999 would be large.
const maxExponent = 1_000

func rational(text string) (*big.Rat, bool) {
	if !json.Valid([]byte(text)) {
		text = string(appendNumber(nil, text))
	}
	if _, exponent, found := strings.Cut(strings.ToLower(text), "e"); found {
		if n, err := strconv.Atoi(exponent); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

// sameBytes compares base64 whatever its line breaks are.
func sameBytes(a, b string) bool {
	x, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(a), ""))
	y, err2 := base64.StdEncoding.DecodeString(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// headers compares the headers that are named.
func (d *differences) headers(want *rulefile.Literal, got []Header) {
	for i, name := range want.Keys {
		at := "headers." + name
		found := slices.IndexFunc(got, func(h Header) bool { return h.Name == name })
		switch {
		case found < 0:
			d.add(at, show(want.Items[i]), absent)
		case !sameHeader(want.Items[i], got[found].Value):
			value := "(none)"
			if got[found].Value != nil {
				value = quote(printable(got[found].Value))
			}
			d.add(at, show(want.Items[i]), value)
		}
	}
}

// sameHeader compares a header: text as it is, or what its text is in JSON.
func sameHeader(want *rulefile.Literal, got []byte) bool {
	if got == nil {
		return want.Kind == rulefile.LiteralNull
	}
	if want.Kind == rulefile.LiteralText && want.Text == string(got) {
		return true
	}
	parsed, err := parseJSON(want.At, got)
	if err != nil {
		return false
	}
	var d differences
	d.literal("", want, payload(parsed), false)
	return len(d.first) == 0
}

// maxShown bounds a value in a difference.
const maxShown = 400

func show(l *rulefile.Literal) string { return string(appendJSON(nil, l)) }

// shorten cuts what is longer than anybody reads.
func shorten(text string) string {
	if r := []rune(text); len(r) > maxShown {
		return string(r[:maxShown]) + "..."
	}
	return text
}

func quote(s string) string { return string(appendText(nil, s)) }
