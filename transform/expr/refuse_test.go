package expr

import (
	"strings"
	"testing"
	"time"

	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// What is refused for a table, with its place and a way out.
func TestRefused(t *testing.T) {
	tests := []struct{ text, want string }{
		{`after.statsu == "x"`, `r.yaml:1:7: table shop.orders has no column "statsu" (did you mean "status"?)`},
		{`value.after.statsu == "x"`, `r.yaml:1:13: table shop.orders has no column "statsu" (did you mean "status"?)`},
		{`value.aftr.status == "x"`, `r.yaml:1:7: an event has no "aftr": it has op, before, after, source, ts_ms, ts_us, ts_ns, transaction (did you mean "after"?)`},
		{`row.?statsu.orValue("") == "x"`, `r.yaml:1:6: table shop.orders has no column "statsu" (did you mean "status"?)`},
		{`key.status == "x"`, `r.yaml:1:5: the key of table shop.orders has no column "status": it is id (write row.status for a column of the row)`},
		{`source.lsn == 1`, `r.yaml:1:8: the source of a mysql event has no "lsn" (it has version, connector, name, ts_ms, ts_us, ts_ns, snapshot, db, sequence, schema, table, server_id, gtid, file, pos, row, thread, query)`},
		{`source.tabel == "x"`, `r.yaml:1:8: source has no field "tabel" (did you mean "table"?)`},
		{`transaction.nr == 1`, `r.yaml:1:13: transaction has no field "nr" (it has id, total_order, data_collection_order)`},
		{`after.total == 0.1`, `r.yaml:1:16: a decimal column is exact, and this number isn't (write decimal("0.1"))`},
		{`1.5 < after.total`, `r.yaml:1:1: a decimal column is exact, and this number isn't (write decimal("1.5"))`},
		{`after.total in [1, 2.5e3]`, `r.yaml:1:20: a decimal column is exact, and this number isn't (write decimal("2500"))`},
		{`after.total > after.g`, `r.yaml:1:13: ">" can't be applied to decimal, double (a decimal is exact: write double(...) around it, or decimal("0.1") for the number)`},
		{`after.total * 1.5 > 3`, `r.yaml:1:13: "*" can't be applied to decimal, double (a decimal is exact: write double(...) around it, or decimal("0.1") for the number)`},
		{`after.total == "12.50"`, `r.yaml:1:13: "==" can't be applied to decimal, string (write decimal("12.50"))`},
		{`after.id == "5"`, `r.yaml:1:10: "==" can't be applied to int, string (numbers stand without quotes, text with them)`},
		{`after.at > "2024-01-01"`, `r.yaml:1:10: ">" can't be applied to timestamp, string (write timestamp("2026-01-31T00:00:00Z"))`},
		{`after.id`, `r.yaml:1:1: a condition is true or false, this one is int (compare something)`},
		{`after.?flag`, `r.yaml:1:1: a condition is true or false, this one is optional bool (write .orValue(false) behind it)`},
		{`after.?status == "x"`, `r.yaml:1:15: "==" can't be applied to optional string, string (write .orValue(...) behind what has .?)`},
		{`value == null`, `r.yaml:1:1: value can't be used as a whole (write value.after.column, or after.column)`},
		{`source`, `r.yaml:1:1: source can't be used as a whole (write source.table and so on)`},
		{`has(source.gtid)`, `r.yaml:1:4: has() is for a column: has(after.column) (write source.gtid != null)`},
		{`before.status.matches(after.note)`, `r.yaml:1:28: a regular expression must be written out, in quotes (for example after.code.matches("^A[0-9]+$"))`},
		{`before.status.matches("(")`, "r.yaml:1:23: not a regular expression: missing closing ): `(` (RE2 has no look-around and no back references)"},
		{`before.status.matches("(?=x)")`, "r.yaml:1:23: not a regular expression: invalid or unsupported Perl syntax: `(?=` (RE2 has no look-around and no back references)"},
		{`hmac_sha256(after.status, "OTHER") == ""`, `r.yaml:1:27: there is no secret of that name (set the variable of the environment OTHER)`},
		{`hmac_sha256(after.status, after.note) == ""`, `r.yaml:1:32: the name of the secret's variable must be written out, in quotes (for example hmac_sha256(after.email, "PII_KEY"))`},
		{`format_time(after.at, "%Q") == ""`, `r.yaml:1:23: a layout has no "%Q" (it has %Y %m %d %H %M %S %f (microseconds) %L (milliseconds) %j (day of the year) %y %b %a %z %%)`},
		{`format_time(after.at, after.note) == ""`, `r.yaml:1:28: the layout of a time must be written out, in quotes (for example "%Y-%m-%d %H:%M:%S")`},
		{`uuid5("x", after.note) == ""`, `r.yaml:1:7: not a namespace of UUIDs (dns, url, oid, x500, or a UUID)`},
		{`decimal("1,5") == after.total`, `r.yaml:1:9: not a decimal number (for example decimal("12.50"))`},
		{`changed(after.status)`, `r.yaml:1:8: changed takes the name of a column, in quotes (write changed("status"))`},
		{`is_insert(1)`, `r.yaml:1:10: is_insert takes nothing (write is_insert())`},
		{`coalesce(after.note) == ""`, `r.yaml:1:9: coalesce takes two values or more (write coalesce(after.a, after.b, "none"))`},
		{`coalesce(after.note, 1) == ""`, `r.yaml:1:9: "coalesce" can't be applied to string, int (all have one type: write string(...) around the others)`},
		{`sha256(after.id) == ""`, `r.yaml:1:7: "sha256" can't be applied to int (write string(...) around it)`},
		{`after.id == after.u`, `r.yaml:1:10: "==" can't be applied to int, uint (write int(...) around the unsigned one)`},
		{`after.id == after.g`, `r.yaml:1:10: "==" can't be applied to int, double (write double(...) around the whole number)`},
		{`[1].all(key, key > 0)`, `r.yaml:1:8: "key" is the name of something else already (take another name)`},
		{`after[after.status] == 1`, `r.yaml:1:12: the name of a column must be written out, in quotes (write after["column"])`},
		{`status == "x"`, `r.yaml:1:1: an expression knows no "status" (a column is written after.status or before.status)`},
		{`after.status = "x"`, `r.yaml:1:14: syntax error: a single = (write == to compare)`},
		{`after.id == 1 AND op == "c"`, `r.yaml:1:15: syntax error: AND is a word of SQL (write &&)`},
		{`after.id == 1 or op == 'c`, `r.yaml:1:15: syntax error: or is a word of SQL (write ||)`},
		{`op == "c" && NOT after.flag`, `r.yaml:1:14: syntax error: NOT is a word of SQL (write ! before what is denied: !(...))`},
		{`not(after.flag)`, `r.yaml:1:4: an expression knows no "not" (write ! before what is denied: !(...))`},
		{`after.id <> 1`, `r.yaml:1:10: syntax error: <> is an operator of SQL (write !=)`},
		{`after.status IS NOT NULL`, `r.yaml:1:14: syntax error: IS is a word of SQL (write == null or != null)`},
		{`after.status LIKE "a%"`, `r.yaml:1:14: syntax error: LIKE is a word of SQL (write .startsWith("a"), .endsWith("a"), .contains("a") or .matches("^a.c$"))`},
		{`after.id in (1, 2)`, `r.yaml:1:15: syntax error: a list in parentheses (write in [1, 2])`},
		{`after.id == 1 & true`, `r.yaml:1:15: syntax error: a single & (write &&)`},
		{`after.status == 'x`, `r.yaml:1:17: syntax error: a text without its closing quote (write "text" or 'text'; a quote inside is \" or \')`},
		{`after.status == “x”`, `r.yaml:1:17: syntax error: a quote that is none in an expression (write "text" or 'text')`},
		{`after.status ==`, `r.yaml:1:16: syntax error: it ends too early`},
		{`now() > ts`, `r.yaml:1:4: an expression knows no "now" (the clock isn't read: ts is when the row changed)`},
		{`lower(after.status) == "x"`, `r.yaml:1:6: an expression knows no "lower" (write text.lowerAscii())`},
		{`@changed.status`, `r.yaml:1:1: syntax error: token recognition error at: '@'`},
		{`after.status.repalce("a", "b") == ""`, `r.yaml:1:21: an expression knows no "repalce" (did you mean "replace"?)`},
	}
	l, tab := testLanguage(t), testTable(cdctest.KindsTable(false))
	for _, tt := range tests {
		var rep rulefile.Report
		if c := l.Check(rulefile.NewExpr("r.yaml", tt.text), tab, &rep); c != nil {
			t.Errorf("%s is taken", tt.text)
			continue
		}
		if got := rep.Err().Error(); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// Nothing that a person can write takes long to refuse, or to answer.
func TestBounds(t *testing.T) {
	long := func(n int, part string) string { return strings.Repeat(part, n) }
	const loops, size = "may take too long", "too long or nested too deep"
	tests := []struct{ name, text, want string }{
		{"text", `after.status == "` + long(5000, "x") + `"`, size},
		{"parentheses", long(200, "(") + "true" + long(200, ")"), size},
		{"brackets", long(3000, "["), size},
		{"ternaries", long(500, "true?") + "1" + long(500, ":2"), size},
		{"calls", `after.status` + long(100, `.trim()`) + ` == ""`, size},
		{"lists in lists", `[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a+b+c+d+e > after.id)))))`, loops},
		{"rows in lists", `json(after.doc).a.all(x, json(after.doc).a.all(y, json(after.doc).a.all(z, x == y && y == z)))`, loops},
		{"doubled texts", `[after.status]` + long(12, ".map(a, a + a)") + `[0].size() > 3`, loops},
		{"doubled lists", `[after.id]` + long(20, ".map(a, [a, a])") + ` == []`, loops},
		{"doubled unknown", `[dyn(after.id)]` + long(20, ".map(a, dyn([a, a]))") + ` == []`, loops},
		{"doubled options", `after.?status` + long(12, ".optMap(a, a + a)") + `.orValue("") == ""`, loops},
		{"trebled formats", `after.?status` + long(12, ".optMap(a, '%s%s%s'.format([a, a, a]))") + `.orValue("") == ""`, loops},
		{"long pattern", `after.status.matches("` + long(1100, "a") + `")`, "longer than 1000"},
		{"pattern that multiplies", `after.status.matches("(a{100}){100}")`, "invalid repeat count"},
		{"pattern that grows", `after.status.matches("((((a{9}){9}){9}){9}){9}")`, "invalid repeat count"},
		{"pattern that is long when it runs", `after.status.matches("[a-z]{1000}[a-z]{1000}[a-z]{1000}")`, "repeats too much"},
		{"wide number", `"%.1000000000f".format([after.g]) == ""`, "formatting clause"},
	}
	l, tab := testLanguage(t), testTable(cdctest.KindsTable(false))
	for _, tt := range tests {
		start := time.Now()
		var rep rulefile.Report
		c := l.Check(rulefile.NewExpr("r.yaml", tt.text), tab, &rep)
		if took := time.Since(start); took > 200*time.Millisecond {
			t.Errorf("%s: took %s", tt.name, took)
		}
		if c != nil {
			t.Errorf("%s: taken", tt.name)
			continue
		}
		if err := rep.Err(); !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "r.yaml:1:") {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// What passes on paper is bounded by what it does with a row.
func TestBoundsOfRows(t *testing.T) {
	big := strings.Repeat("a,", 1<<18)
	tests := []struct{ text, want string }{
		{`row.status.replace("", row.note)`, "larger than 1 MiB"},
		{`row.status.replace(",", "12345678")`, "larger than 1 MiB"},
		{`row.status.split(",").join("12345678")`, "larger than 1 MiB"},
		{`row.status + row.status + row.status`, "larger than 1 MiB"},
		{`[1].map(x, row.status + row.status + row.status)[0]`, "larger than 1 MiB"},
		{`row.doc`, ""},
		{`string(json(row.doc).a)`, "too large or too deep"},
		{`string(json("[" + row.status + "1]")[0])`, "isn't JSON"},
		{`string(json(row.doc).all(x, json(row.doc).all(y, x != y)))`, "may take too long"},
		{`string(row.status.split(",").all(x, x.size() < 1000 && x.size() < 999 && x.size() < 998))`, "too large for the loops"},
		{`string(row.total * row.total * row.total * row.total)`, "too many digits"},
		{`to_json([row.status, row.status, row.status])`, "larger than 1 MiB"},
		{`sha256(row.status + row.note)`, ""},
		{`string(row.raw.size())`, "more than 8 MiB"},
	}
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	b := cdctest.NewBatch().Insert(s, 7, big, big, uint64(5), 0.5, 2.5, strings.Repeat("9", 20_000), true,
		strings.Repeat("x", 9<<20), 0, 0, strings.Repeat("[", 5000)+strings.Repeat("]", 5000)).Batch()
	for _, tt := range tests {
		start := time.Now()
		got, _ := result(t, l, tab, tt.text, b, &b.Rows[0])
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: took %s", tt.text, took)
		}
		failed := strings.HasPrefix(got, "error: ") || strings.HasPrefix(got, "refused: ")
		if failed != (tt.want != "") || !strings.Contains(got, tt.want) || failed && len(got) > 200 {
			t.Errorf("%s: got %.200s, want %s", tt.text, got, tt.want)
		}
	}
}

// No message has a value of the row in it.
func TestErrorsTellNoValues(t *testing.T) {
	const secret = "s3cr3t"
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	b := cdctest.NewBatch().Insert(s, 7, secret, secret, uint64(5), 0.5, 2.5, "1", true, secret, 0, 0, `{"`+secret+`": 1}`).Batch()
	for _, text := range []string{
		`int(row.note)`, `double(row.note)`, `timestamp(row.note)`, `duration(row.note)`, `decimal(row.note)`, `bool(row.note)`, `uint(row.note)`,
		`int(json(row.note))`, `string(json(row.doc).nope)`, `parse_time(row.note, "%Y")`, `string(bytes(row.raw) + b"\xff")`, `base64.decode(row.note)`,
		`row.note.substring(100)`, `row.note.charAt(-5)`, `uuid5(row.note, "x")`, `"%d".format([row.note])`, `[1][row.note.size()]`,
		`string({"a": 1}[row.note])`, `row.id / (row.id - 7)`, `string(json(row.doc)["` + "x" + `"].y)`, `row.at.getHours(row.note)`,
	} {
		got, _ := result(t, l, tab, text, b, &b.Rows[0])
		if !strings.HasPrefix(got, "error: ") {
			t.Logf("%s: %s", text, got)
		}
		if strings.Contains(got, secret) && !strings.HasPrefix(got, `"`) {
			t.Errorf("%s: %s", text, got)
		}
	}
}
