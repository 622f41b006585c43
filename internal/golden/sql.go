package golden

import (
	"slices"
	"strings"
)

// SplitSQL cuts a script into its statements.
func SplitSQL(script string) []string {
	var all []string
	start := 0
	for i := 0; i < len(script); i++ {
		switch {
		case script[i] == '\'' || script[i] == '"':
			if n := strings.IndexByte(script[i+1:], script[i]); n >= 0 {
				i += 1 + n
			}
		case script[i] == '$':
			i += dollarQuoted(script[i:])
		case strings.HasPrefix(script[i:], "--"):
			if n := strings.IndexByte(script[i:], '\n'); n >= 0 {
				i += n
			}
		case script[i] == ';':
			all = append(all, script[start:i])
			start = i + 1
		}
	}
	all = append(all, script[start:])
	return slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// dollarQuoted returns how far the text that begins with a dollar quote goes
// beyond its first byte; 0 when it doesn't begin with one.
func dollarQuoted(text string) int {
	n := strings.IndexByte(text[1:], '$')
	if n < 0 || strings.ContainsAny(text[1:1+n], " \n;'(),") {
		return 0
	}
	tag := text[:n+2]
	end := strings.Index(text[len(tag):], tag)
	if end < 0 {
		return 0
	}
	return len(tag) + end + len(tag) - 1
}
