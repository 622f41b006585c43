package pgwal

import (
	"errors"
	"fmt"
	"regexp"
)

// prefixes say which logical messages are wanted: those whose whole prefix
// matches an expression of the list, in whatever case, or, of an exclude list,
// none. A nil *prefixes wants all.
type prefixes struct {
	list    []*regexp.Regexp
	exclude bool
}

func parsePrefixes(include, exclude []string) (*prefixes, error) {
	if len(include) > 0 && len(exclude) > 0 {
		return nil, errors.New("message_prefix_exclude_list: can't stand beside message_prefix_include_list; keep one of them")
	}
	p := &prefixes{exclude: len(exclude) > 0}
	option, list := "message_prefix_include_list", include
	if p.exclude {
		option, list = "message_prefix_exclude_list", exclude
	}
	if len(list) == 0 {
		return nil, nil
	}
	for i, text := range list {
		re, err := regexp.Compile(`(?is)\A(?:` + text + `)\z`)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %q isn't a regular expression (RE2 syntax): %w", option, i, text, err)
		}
		p.list = append(p.list, re)
	}
	return p, nil
}

func (p *prefixes) take(prefix []byte) bool {
	if p == nil {
		return true
	}
	for _, re := range p.list {
		if re.Match(prefix) {
			return !p.exclude
		}
	}
	return p.exclude
}
