//go:build integration

package e2e

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// difference is one that we want: a value that Debezium prints otherwise.
type difference struct {
	reason string
	// wanted reports whether ours may stand for theirs, at this path of a key or
	// a value.
	wanted func(c *goldenCase, path, ours, theirs string) bool
}

// differences are all that there are.
var differences = []difference{
	{"one version is imitated, MariaDB was recorded with another", func(_ *goldenCase, path, ours, theirs string) bool {
		return path == "source.version" && ours == `"3.6.1.Final"` && theirs == `"3.5.0.Final"`
	}},
	{"Java before 19 prints more digits of a float than it takes to read it back", func(_ *goldenCase, _, ours, theirs string) bool {
		return len(ours) < len(theirs) && strings.Contains(theirs, "E") && (sameFloat(ours, theirs, 32) || sameFloat(ours, theirs, 64))
	}},
	{"a TIMESTAMP of a snapshot loses its trailing zeros in Debezium, that of the stream doesn't", func(c *goldenCase, _, ours, theirs string) bool {
		return c.Source != "postgres" && strings.HasSuffix(ours, `0Z"`) && len(ours) > len(theirs) && sameInstant(ours, theirs)
	}},
	{"a comma in a value of ENUM or SET is escaped in the stream, not in a snapshot, in Debezium", func(c *goldenCase, _, ours, theirs string) bool {
		return c.Source != "postgres" && theirs != ours && strings.ReplaceAll(theirs, `\\,`, ",") == ours
	}},
	{"a streamed value of type name is null in Debezium: data is lost", func(c *goldenCase, path, ours, theirs string) bool {
		return c.Source == "postgres" && strings.HasPrefix(ours, `"`) && theirs == "null" && path == "after.e"
	}},
	{"a bit(n) key of a snapshot has its bytes turned around in Debezium", func(c *goldenCase, path, ours, theirs string) bool {
		return c.Source == "mysql" && ours == `"AQA="` && theirs == `"AAE="`
	}},
	{"a boolean of a table made while streaming is true or false in Debezium, and a number after the next snapshot", func(c *goldenCase, _, ours, theirs string) bool {
		return c.Source == "mysql" && (ours == "1" && theirs == "true" || ours == "0" && theirs == "false")
	}},
	{"a table with an index on an expression loses its key in Debezium", func(c *goldenCase, path, ours, theirs string) bool {
		return c.Source == "mysql" && path == "" && theirs == "null" && strings.HasPrefix(ours, "{")
	}},
}

// refusals are what stops the program, with a reason, until a later issue.
var refusals = []struct {
	text *regexp.Regexp // of the message
	what string
}{
	{regexp.MustCompile(`column "\w+" of table (\S+) has type (inet|cidr|macaddr|macaddr8|money|xml)\b`), "network, xml and money types"},
	{regexp.MustCompile(`table (\S+), column "\w+": .*character set "gbk"`), "character sets of East Asia"},
	{regexp.MustCompile(`XA_PREPARE event .* an XA transaction in two phases`), "XA transactions in two phases"},
}

// refusedTable returns the table that the program can't take yet, and why.
func refusedTable(output string) (table, what string) {
	for _, r := range refusals {
		if m := r.text.FindStringSubmatch(strings.ReplaceAll(output, `\"`, `"`)); len(m) > 1 {
			return m[1], r.what
		}
	}
	return "", ""
}

// refusedEvent returns what the program can't take yet and can't leave out.
func refusedEvent(output string) string {
	for _, r := range refusals {
		if m := r.text.FindStringSubmatch(output); len(m) == 1 {
			return r.what
		}
	}
	return ""
}

func sameFloat(a, b string, bits int) bool {
	x, err1 := strconv.ParseFloat(a, bits)
	y, err2 := strconv.ParseFloat(b, bits)
	return err1 == nil && err2 == nil && x == y
}

func sameInstant(a, b string) bool {
	x, err1 := time.Parse(time.RFC3339Nano, strings.Trim(a, `"`))
	y, err2 := time.Parse(time.RFC3339Nano, strings.Trim(b, `"`))
	return err1 == nil && err2 == nil && x.Equal(y)
}

// indexIdentity finds the tables whose old rows hold an index's columns only.
var indexIdentity = regexp.MustCompile(`(?i)alter table (\w+) replica identity using index`)

// keyedByIndex returns tables that are not compared at all: Debezium takes the
// primary key, which such a log doesn't have, and makes up zeros.
func (g *goldenRun) keyedByIndex() []string {
	var tables []string
	for _, m := range indexIdentity.FindAllStringSubmatch(g.read(g.t, "setup.sql"), -1) {
		tables = append(tables, m[1])
		g.tally.argue("tables: a key that the log doesn't have is made up of zeros in Debezium")
	}
	return tables
}

const generatedReason = "a generated column of PostgreSQL, which the log doesn't have, is in Debezium's snapshot and nowhere else"

// generated reports whether a value that we don't have is of a column that the
// log doesn't have either.
func (g *goldenRun) generated(path string) bool {
	_, column, _ := strings.Cut(path, "after.")
	return g.Source == "postgres" && column != "" &&
		regexp.MustCompile(`\b`+regexp.QuoteMeta(column)+` \w+ generated always as \(`).MatchString(g.read(g.t, "setup.sql"))
}

// argue puts our values in the place of recorded ones where that is wanted, and
// returns what is to be compared then.
func (g *goldenRun) argue(got, want []byte) (reasons []string, text []byte) {
	if string(got) == string(want) {
		return nil, want
	}
	ours := leaves(g.t, got)
	return reasons, g.replace(want, "", func(path, theirs string) (string, bool) {
		mine, ok := ours[path]
		if path == "" {
			mine, ok = string(got), true
		}
		switch {
		case !ok && g.generated(path):
			reasons = append(reasons, generatedReason)
			return "", false
		case !ok || mine == theirs:
			return theirs, true
		}
		for _, d := range differences {
			if d.wanted(g.goldenCase, path, mine, theirs) {
				reasons = append(reasons, d.reason)
				return mine, true
			}
		}
		return theirs, true
	})
}

// replace exchanges the values of a JSON text, or takes members out, and leaves
// all else as it is.
func (g *goldenRun) replace(text []byte, path string, value func(path, text string) (string, bool)) []byte {
	fields := fieldsOf(g.t, text)
	if fields == nil {
		mine, keep := value(path, string(text))
		if !keep {
			return nil
		}
		return []byte(mine)
	}
	out := []byte{'{'}
	last := 1
	for _, f := range fields {
		if mine := g.replace(text[f.start:f.end], strings.TrimPrefix(path+"."+f.name, "."), value); mine != nil {
			before := text[last:f.start]
			if len(out) == 1 {
				before = bytes.TrimPrefix(before, []byte(","))
			}
			out = append(append(out, before...), mine...)
		}
		last = f.end
	}
	return append(out, text[last:]...)
}
