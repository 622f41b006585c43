package rulefile

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Router gives names of topics anew: an expression that must match the whole name,
// and a replacement in Java's notation ($1, ${name}, \$) for the first match that is
// found in it, as Debezium's and Kafka's routers have it. It is safe for concurrent
// use.
type Router struct {
	whole, first *regexp.Regexp
	parts        []routerPart
}

// routerPart is a text, or the text of a group.
type routerPart struct {
	text  string
	group int // -1 for a text
}

// Apply returns the new name; ok is false, and the name the old one, when the
// expression doesn't match all of it. The new name may be empty.
func (r *Router) Apply(name string) (replaced string, ok bool) {
	if !r.whole.MatchString(name) {
		return name, false
	}
	m := r.first.FindStringSubmatchIndex(name)
	if m == nil {
		return name, true
	}
	var b strings.Builder
	b.WriteString(name[:m[0]])
	for _, p := range r.parts {
		switch {
		case p.group < 0:
			b.WriteString(p.text)
		case m[2*p.group] >= 0:
			b.WriteString(name[m[2*p.group]:m[2*p.group+1]])
		}
	}
	b.WriteString(name[m[1]:])
	return b.String(), true
}

// NewRouter compiles a router. The error says what is wrong with the expression or
// the replacement.
func NewRouter(expr, replacement string) (*Router, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("compile the expression of a router: %w", err)
	}
	whole, err := regexp.Compile(`\A(?:` + expr + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("compile the expression of a router: %w", err)
	}
	parts, _, fault := parseReplacement(re, replacement)
	if fault != "" {
		return nil, fmt.Errorf("the replacement %q: %s", replacement, fault)
	}
	return &Router{whole: whole, first: re, parts: parts}, nil
}

// router reads the expression and the replacement of a router, which stand in two
// keys. Either node may be nil, for the default.
func (d *decoder) router(expr *yaml.Node, exprText string, replacement *yaml.Node, replacementText, what string) *Router {
	if expr != nil && d.regex(expr, what) == nil {
		return nil
	}
	re, err := regexp.Compile(exprText)
	if err != nil {
		return nil // reported
	}
	if _, at, fault := parseReplacement(re, replacementText); fault != "" && replacement != nil {
		d.within(replacement, at, `groups are $1 or ${name}, a plain $ is \$`, "the replacement %s", fault)
		return nil
	} else if fault != "" {
		d.within(expr, 0, fmt.Sprintf("the replacement is %q", replacementText), "the replacement %s", fault)
		return nil
	}
	r, err := NewRouter(exprText, replacementText)
	if err != nil {
		d.within(expr, 0, "", "%s", err)
		return nil
	}
	return r
}

// parseReplacement reads Java's notation. A fault comes with the character at which
// it is.
func parseReplacement(re *regexp.Regexp, s string) (parts []routerPart, at int, fault string) {
	p := replacementParser{re: re, s: s}
	for p.at < len(s) {
		begin := p.at
		if fault := p.next(); fault != "" {
			return nil, runes(s[:begin]), fault
		}
	}
	p.flush()
	return p.parts, 0, ""
}

type replacementParser struct {
	re    *regexp.Regexp
	s     string
	at    int
	text  strings.Builder
	parts []routerPart
}

func (p *replacementParser) flush() {
	if p.text.Len() > 0 {
		p.parts = append(p.parts, routerPart{text: p.text.String(), group: -1})
		p.text.Reset()
	}
}

// next takes one character, escape or group.
func (p *replacementParser) next() (fault string) {
	rest := p.s[p.at:]
	switch {
	case rest == `\`:
		return "ends with a backslash"
	case rest[0] == '\\':
		p.text.WriteByte(rest[1])
		p.at += 2
	case rest[0] != '$':
		p.text.WriteByte(rest[0])
		p.at++
	case strings.HasPrefix(rest, "${"):
		return p.named(rest)
	default:
		return p.numbered(rest)
	}
	return ""
}

func (p *replacementParser) named(rest string) (fault string) {
	name, _, closed := strings.Cut(rest[2:], "}")
	if !closed {
		return `has a "${" without its "}"`
	}
	group := p.re.SubexpIndex(name)
	if group < 0 {
		return fmt.Sprintf("names a group %q that the expression doesn't have", Printable(name))
	}
	p.flush()
	p.parts = append(p.parts, routerPart{group: group})
	p.at += len(name) + 3
	return ""
}

// numbered takes as many digits as there is a group for, as Java does.
func (p *replacementParser) numbered(rest string) (fault string) {
	i := 1
	if i == len(rest) || rest[i] < '0' || rest[i] > '9' {
		return "has a $ without a group"
	}
	group := int(rest[i] - '0')
	for i++; i < len(rest) && rest[i] >= '0' && rest[i] <= '9'; i++ {
		longer := 10*group + int(rest[i]-'0')
		if longer > p.re.NumSubexp() {
			break
		}
		group = longer
	}
	if group > p.re.NumSubexp() {
		return fmt.Sprintf("names group %d, and the expression has %d", group, p.re.NumSubexp())
	}
	p.flush()
	p.parts = append(p.parts, routerPart{group: group})
	p.at += i
	return ""
}
