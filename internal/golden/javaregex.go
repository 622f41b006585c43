package golden

import (
	"regexp"
	"strings"
)

// javaPattern compiles an expression of Java that is to match a whole text.
func javaPattern(expr string) (*regexp.Regexp, error) {
	return regexp.Compile(`\A(?:` + expr + `)\z`)
}

// javaReplace is what Java makes of a text that the expression matches.
func javaReplace(re *regexp.Regexp, text, replacement string) (string, bool) {
	m := re.FindStringSubmatchIndex(text)
	if m == nil {
		return text, false
	}
	return string(re.ExpandString(nil, goReplacement(replacement), text, m)), true
}

// goReplacement says a replacement of Java in Go: a backslash makes the next
// character a plain one, a number behind a dollar sign has braces.
func goReplacement(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteString(strings.ReplaceAll(text[i:i+1], "$", "$$"))
		case text[i] == '$' && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9':
			b.WriteString("${" + text[i+1:i+2] + "}")
			i++
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
