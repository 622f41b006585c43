package expr

import (
	"regexp"
	"strings"
	"unicode"
)

// slip is what a person has written that other languages have, and CEL hasn't.
type slip struct {
	at        int // where it stands, in characters
	msg, hint string
}

// sqlWords are words of SQL that stand between two values, and what CEL has for them.
var sqlWords = map[string]string{
	"and": "write &&", "or": "write ||", "is": "write == null or != null",
	"like":    `write .startsWith("a"), .endsWith("a"), .contains("a") or .matches("^a.c$")`,
	"between": "write x >= a && x <= b",
}

// openList is text that ends within the parentheses of SQL's IN (1, 2).
var openList = regexp.MustCompile(`\b[iI][nN]\s*\([^()]*$`)

// slipAt says what is meant by text that CEL can't parse from the character at on.
func slipAt(text string, at int) (s slip, ok bool) {
	runes := []rune(text)
	if at < 0 || at >= len(runes) {
		return s, false
	}
	if word := wordAt(runes, at); sqlWords[strings.ToLower(word)] != "" {
		return slip{at, word + " is a word of SQL", sqlWords[strings.ToLower(word)]}, true
	}
	if from, word := wordBefore(runes, at); strings.EqualFold(word, "not") {
		return slip{from, word + " is a word of SQL", "write ! before what is denied: !(...)"}, true
	}
	switch c := runes[at]; {
	case c == '>' && at > 0 && runes[at-1] == '<':
		return slip{at - 1, "<> is an operator of SQL", "write !="}, true
	case c == '"' || c == '\'':
		return slip{at, "a text without its closing quote", `write "text" or 'text'; a quote inside is \" or \'`}, true
	case strings.ContainsRune("‘’“”„", c):
		return slip{at, "a quote that is none in an expression", `write "text" or 'text'`}, true
	case (c == '&' || c == '|') && (at+1 == len(runes) || runes[at+1] != c):
		return slip{at, "a single " + string(c), "write " + string(c) + string(c)}, true
	case c == ',' && openList.MatchString(string(runes[:at])):
		return slip{at, "a list in parentheses", "write in [1, 2]"}, true
	default:
		return s, false
	}
}

// wordAt is the word that begins at a character; empty in the midst of one.
func wordAt(runes []rune, at int) string {
	end := at
	for end < len(runes) && isLetter(runes[end]) {
		end++
	}
	if at > 0 && isLetter(runes[at-1]) {
		return ""
	}
	return string(runes[at:end])
}

// wordBefore is the word before a character and the space before that.
func wordBefore(runes []rune, at int) (from int, word string) {
	end := at
	for end > 0 && unicode.IsSpace(runes[end-1]) {
		end--
	}
	for from = end; from > 0 && isLetter(runes[from-1]); {
		from--
	}
	return from, string(runes[from:end])
}

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
