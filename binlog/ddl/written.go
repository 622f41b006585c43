package ddl

import "strings"

// Written is the statement as it was written, without what stands before it
// (MariaDB's SET STATEMENT) and what closes it.
func (st *Statement) Written() string {
	last := st.behind()
	return st.text[min(st.from, last):last]
}

// behind is where Written ends. It is looked for once.
func (st *Statement) behind() int {
	if st.last == 0 {
		st.last = st.end(st.from)
	}
	return st.last
}

// Whole is Written with what stands before it.
func (st *Statement) Whole() string { return strings.TrimSpace(st.text[:st.end(0)]) }

// end is where the last token from a place on ends, without what closes the
// statement. The end of a comment whose text counts is no token.
func (st *Statement) end(from int) int {
	p := &parser{lexer: lexer{s: st.text, mode: st.mode}, whole: st.text, size: len(st.text)}
	end := 0
	for p.advance(); p.t.kind != tokenEnd && p.t.kind != tokenBroken; p.advance() {
		if p.here() >= from && !p.t.punct(';') {
			end = p.size - p.t.rest
		}
	}
	return end
}

// DropText is the statement as if it named this table only.
func (st *Statement) DropText(n Name) string {
	text := st.text[st.from:st.spans[0].from] + n.SQL()
	written := strings.ToUpper(st.text[:st.behind()])
	for _, word := range []string{" RESTRICT", " CASCADE"} {
		if strings.HasSuffix(written, word) {
			return text + word
		}
	}
	return text
}

// RenameText is the statement as if it had this pair, its pair i, only.
func (st *Statement) RenameText(from, to Name, i int) string {
	prefix := st.text[st.from:st.spans[0].from]
	for k := 0; 2*k+1 < len(st.Tables); k++ {
		if st.Tables[2*k] == from && st.Tables[2*k+1] == to {
			return prefix + st.text[st.spans[k].from:st.spans[k].to]
		}
	}
	return prefix + st.text[st.spans[min(i, len(st.spans)-1)].from:st.behind()]
}
