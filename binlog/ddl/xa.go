package ddl

// XADecision reads XA COMMIT or XA ROLLBACK X'global',X'branch',format: the
// parts of the name in hexadecimal, as they are written.
func XADecision(text []byte) (global, branch, format string, commit bool) {
	l := lexer{s: ToUTF8(text)}
	l.next()
	commit = l.next().is("COMMIT")
	parts := [3]string{2: "1"}
	part := 0
	for t := l.next(); t.kind != tokenEnd && t.kind != tokenBroken && part < len(parts); t = l.next() {
		switch {
		case t.punct(','):
			part++
		case t.kind == tokenString, part == 2 && t.kind == tokenWord:
			parts[part] = t.text
		}
	}
	return parts[0], parts[1], parts[2], commit
}
