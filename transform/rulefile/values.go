package rulefile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxLength is the greatest number of characters that a verb can be told.
const maxLength = 1 << 30

// change adds what a verb does to a column. A column has one verb.
func (d *decoder) change(r *Rule, c Change) {
	if i, ok := r.changed[c.Column.Text]; ok {
		d.Add(c.Column.At, "one of them is enough", "column %q has %s already: %s",
			Printable(c.Column.Text), VerbWords[r.Changes[i].Verb], r.Changes[i].Column.At)
		return
	}
	if r.changed == nil {
		r.changed = map[string]int{}
	}
	r.changed[c.Column.Text] = len(r.Changes)
	r.Changes = append(r.Changes, c)
}

// newChange is a change that says nothing yet.
func newChange(column Name, v Verb) Change {
	return Change{Column: column, Verb: v, KeepFirst: -1, KeepLast: -1, Length: -1}
}

const maskExample = `"mask: {phone: {keep_last: 4}}"`

func (d *decoder) mask(r *Rule, n *yaml.Node) {
	d.entries(n, "mask", "the column", maskExample, func(column Name, val *yaml.Node) {
		c := newChange(column, VerbMask)
		c.Char = "*"
		there := readKeys(d, val, "a mask", maskKeys, &c)
		switch {
		case there == nil:
			return
		case there.firstOf("length", "keep_first", "keep_last") == "":
			d.Add(column.At, "write {keep_last: 4}, {keep_first: 1}, or {length: 8} for so many characters whatever the text",
				"the mask of %q doesn't say what it leaves", Printable(column.Text))
		case there.has("length") && there.firstOf("keep_first", "keep_last") != "":
			d.Add(there["length"], "a text of a fixed length keeps no character", `a mask has "length", or "keep_first" and "keep_last"`)
		}
		d.change(r, c)
	})
}

var maskKeys = []key[Change]{
	{
		"keep_first", intForm(0, maxLength), "How many characters at the beginning stay.",
		func(d *decoder, c *Change, n *yaml.Node) { c.KeepFirst = d.integer(n, "keep_first", 0, maxLength) },
	},
	{
		"keep_last", intForm(0, maxLength), "How many characters at the end stay.",
		func(d *decoder, c *Change, n *yaml.Node) { c.KeepLast = d.integer(n, "keep_last", 0, maxLength) },
	},
	{
		"length", intForm(0, maxName), "How many characters stand in place of the text, however long it is.",
		func(d *decoder, c *Change, n *yaml.Node) { c.Length = d.integer(n, "length", 0, maxName) },
	},
	{
		"char",
		form{"type": "string", "minLength": 1, "maxLength": 1},
		"The character that stands in place of others; an asterisk when missing.",
		func(d *decoder, c *Change, n *yaml.Node) {
			s, ok := d.text(n, "char")
			if ok && runes(s) != 1 {
				d.Add(d.src.At(n), "", "char must be one character, not %q", Printable(s))
			}
			c.Char = s
		},
	},
}

// hashWords are the algorithms of "hash".
var hashWords = []string{"hmac-sha256", "hmac-sha512", "sha256"}

func (d *decoder) hash(r *Rule, n *yaml.Node) {
	d.entries(n, "hash", "the column", `"hash: {email: {secret: {env: NAME}}}"`, func(column Name, val *yaml.Node) {
		c := newChange(column, VerbHash)
		c.Algorithm = hashWords[0]
		there := readKeys(d, val, "a hash", hashKeys, &c)
		keyed := strings.HasPrefix(c.Algorithm, "hmac-")
		switch {
		case there == nil:
			return
		case c.Algorithm == "": // reported
		case keyed && !there.has("secret"):
			d.Add(column.At, `write "secret: {env: NAME}" or "secret: {file: path}"`, "%s of %q needs a secret", c.Algorithm, Printable(column.Text))
		case !keyed && there.has("secret"):
			d.Add(there["secret"], `take it out, or write "algorithm: hmac-sha256"`, "%s takes no secret", c.Algorithm)
		}
		d.change(r, c)
	})
}

var hashKeys = []key[Change]{
	{
		"algorithm", oneOfForm(hashWords), "How the text is hashed; hmac-sha256 when missing. Without a secret, whoever can guess a value can find it.",
		func(d *decoder, c *Change, n *yaml.Node) {
			c.Algorithm, _ = d.oneOf(n, "algorithm", hashWords)
		},
	},
	{
		"secret", objectForm(secretKeys), "Where the secret of an HMAC is. Secrets stand in no rule file.",
		func(d *decoder, c *Change, n *yaml.Node) { c.Secret = d.secret(n) },
	},
}

var secretKeys = []key[SecretRef]{
	{
		"env", textForm, "The variable of the environment that holds the secret.",
		func(d *decoder, s *SecretRef, n *yaml.Node) { s.Env, _ = d.text(n, "the name of a variable") },
	},
	{
		"file", textForm, "The file that holds the secret.",
		func(d *decoder, s *SecretRef, n *yaml.Node) { s.File, _ = d.text(n, "the path of a secret") },
	},
}

// secret reads where a secret is. Should somebody have written the secret itself,
// however that looks, neither message nor excerpt shows it.
func (d *decoder) secret(n *yaml.Node) *SecretRef {
	s := SecretRef{At: d.src.At(n)}
	if n.Kind == yaml.MappingNode {
		errs := len(d.List)
		if there := readKeys(d, n, "secret", secretKeys, &s); len(d.List) == errs && len(there) == 1 {
			return &s
		}
		d.List = d.List[:errs]
	}
	d.Add(s.At, `write "secret: {env: NAME}" or "secret: {file: path}"`, "a secret is told by the variable or the file that holds it, and doesn't stand in a rule file itself")
	d.List[len(d.List)-1].secret = true
	return nil
}

func (d *decoder) truncate(r *Rule, n *yaml.Node) {
	d.entries(n, "truncate", "the column", `"truncate: {notes: 20}"`, func(column Name, val *yaml.Node) {
		c := newChange(column, VerbTruncate)
		c.Length = d.integer(val, "the number of characters that stay", 1, maxLength)
		d.change(r, c)
	})
}

// redact reads a list of columns, or a mapping of column to the text that stands
// there instead.
func (d *decoder) redact(r *Rule, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		for _, column := range d.names(n, "redact", "a column") {
			d.change(r, newChange(column, VerbRedact))
		}
		return
	}
	d.entries(n, "redact", "the column", `"redact: [ssn]" or "redact: {ssn: REDACTED}"`, func(column Name, val *yaml.Node) {
		c := newChange(column, VerbRedact)
		if !isNull(val) {
			s, ok := d.scalar(val, "the text in place of a value")
			if !ok {
				return
			}
			c.Constant = &s
		}
		d.change(r, c)
	})
}

func (d *decoder) cast(r *Rule, n *yaml.Node) {
	d.entries(n, "cast", "the column", `"cast: {id: string}"`, func(column Name, val *yaml.Node) {
		if t := d.castType(val); t != nil {
			c := newChange(column, VerbCast)
			c.Type = t
			d.change(r, c)
		}
	})
}

// CastWords are the types that values can be cast to, beside decimal.
var CastWords = []string{"string", "int16", "int32", "int64", "float32", "float64", "boolean", "bytes", "timestamp"}

var decimalType = regexp.MustCompile(`^decimal\(\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*)?\)$`)

// maxPrecision is the largest number of digits of a decimal: PostgreSQL's.
const maxPrecision = 1000

func (d *decoder) castType(n *yaml.Node) *CastType {
	s, ok := d.text(n, "a type")
	if !ok {
		return nil
	}
	if s == "double" {
		s = "float64"
	}
	if slices.Contains(CastWords, s) {
		return &CastType{Name: s}
	}
	if m := decimalType.FindStringSubmatch(s); m != nil {
		precision, _ := strconv.Atoi(m[1])
		scale, _ := strconv.Atoi(m[2])
		if precision < 1 || precision > maxPrecision || scale > precision {
			d.Add(d.src.At(n), "", "%q must have 1 to %d digits, and no more of them behind the point", s, maxPrecision)
			return nil
		}
		return &CastType{Name: "decimal", Precision: precision, Scale: scale}
	}
	hint := hintWord(s, append([]string{"double", "decimal(p,s)"}, CastWords...))
	if strings.HasPrefix(s, "decimal(") {
		hint = `in braces it stands in quotes: "decimal(10,2)"`
	}
	d.Add(d.src.At(n), hint, "a type is %s, double or decimal(p,s), not %q", strings.Join(CastWords, ", "), Printable(s))
	return nil
}
