package ddl

import (
	"slices"
	"strings"
)

// Keyword is the word that the statement begins with, in upper case.
func (st *Statement) Keyword() string {
	l := lexer{s: st.text}
	return strings.ToUpper(l.next().text)
}

// Mentions reports whether one of the words stands in the statement, not in
// quotes. In a statement that can't be read to its end, it may.
func (st *Statement) Mentions(words ...string) bool {
	l := lexer{s: st.text, mode: st.mode}
	for {
		switch t := l.next(); {
		case t.kind == tokenEnd:
			return false
		case t.kind == tokenBroken, slices.ContainsFunc(words, t.is):
			return true
		}
	}
}

// MakesVersioned reports whether the statement makes a table system-versioned:
// WITH SYSTEM VERSIONING behind the table or a column, ADD SYSTEM VERSIONING.
func (st *Statement) MakesVersioned() bool {
	l := lexer{s: st.text, mode: st.mode}
	var before, last token
	for {
		t := l.next()
		if t.kind == tokenEnd || t.kind == tokenBroken {
			return false
		}
		if t.is("VERSIONING") && last.is("SYSTEM") && (before.is("WITH") || before.is("ADD")) {
			return true
		}
		before, last = last, t
	}
}
