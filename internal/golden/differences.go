package golden

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// difference is one that we want: where Debezium loses or garbles what is in the
// database. docs/compatibility.md tells of each.
type difference struct {
	reason string
	wanted func(s *spot) bool
}

const spacedReason = "JSON of a snapshot is the server's text in Debezium, that of the stream has no blanks"

// differences are all that there are in single values. Each is pinned to what
// causes it: a type, a statement, a property.
var differences = []difference{
	{"Java before 19 prints more digits of a float than it takes to read it back", longFloat},
	{"a TIMESTAMP of a snapshot loses its trailing zeros in Debezium, that of the stream doesn't", trimmedInstant},
	{"a FLOAT of a snapshot has six digits in Debezium, that of the stream has all", shortFloat},
	{spacedReason, spacedJSON},
	{"the YEAR 0000 of a snapshot is 2000 in Debezium, that of the stream 1900", zeroYear},
	{"a comma or a backslash in a value of ENUM or SET is escaped in the stream, not in a snapshot, in Debezium", escapedMember},
	{"a bit(n) key of a snapshot has its bytes turned around in Debezium", turnedBits},
	{"a boolean of a table made while streaming is true or false in Debezium, and a number after the next snapshot", streamedBoolean},
	{"a table with an index on an expression loses its key in Debezium", lostKey},
	{"driver.connectionTimeZone shifts the TIMESTAMP of a snapshot, never one of the stream, in Debezium", shiftedInstant},
	{"a streamed value of type name is null in Debezium: data is lost", lostName},
	{"an array of a domain, or of a type that Debezium has as a value but not in arrays, is left out in Debezium: data is lost", omittedArray},
	{"a generated column of PostgreSQL, which the log doesn't have, is in Debezium's snapshot and nowhere else", generatedColumn},
	{"a column that the publication's column list leaves out is in Debezium's snapshot and nowhere else", unpublishedColumn},
	{"a numeric of negative scale has a scale of two thousand digits in Debezium", negativeScale},
	{"a date or time in an array loses its era, or that it is infinite, in Debezium", garbledArray},
	{"the type of a column that is told with it differs between snapshot and stream in Debezium", propagatedType},
	{"a key column that a column list leaves out isn't read by Debezium's snapshot, which makes up its value", madeUpKey},
	{"an array of bit is told as a single bit string in Debezium, and always null: data is lost", singleBits},
	{"a time with time zone in an array loses its fraction in Debezium", cutTime},
	{"a unique key that was the record key stays so in Debezium when the table has lost it", droppedKey},
	{"a transaction's end names the logical messages that it counts by an address in memory in Debezium", addressOfMessages},
	{"an array of numeric with NaN or Infinity is null under double in Debezium: data is lost", lostNumbers},
	{"the first second that nanoseconds can tell is null in Debezium: data is lost", firstSecond},
	{"a TRUNCATE behind rows that are skipped has the number of one of them in Debezium", staleRow},
	{"whether a column of PostgreSQL takes NULL isn't in the log: right before the statement that changes it, a row may be told either way, by Debezium too", lateNotNull},
	{"a key of which all columns are dropped is an empty object in Debezium, the same for all rows", emptyKey},
	{"of objects in objects of an array, expanded JSON has the fields of the last one in Debezium: data is lost", lostMember},
	{"the fields of objects in an array of expanded JSON stand in the order of a hash table in Debezium", hashOrder},
	{"expanded JSON is Java's own text under StringConverter in Debezium, which nothing reads", javaStruct},
	{"Connect's text of its dates and times has no day before 1970, and no microseconds", castMoment},
	{"the null of a delete has the schema from before the transforms behind unwrap in Debezium, other than the rows", schemaOfNull},
	{"a masked column keeps the default and the meaning (JSON) of what it was in Debezium", schemaOfMask},
	{"the schema of a key that ValueToKey makes has no name in Debezium", nameOfKey},
	{indexReason, indexKey},
	{partitionReason, movedMark},
	{inheritReason, movedMarkOfParent},
}

// argue puts our values in the place of recorded ones where that is wanted, and
// takes out what only one of the two has and may have. What remains is to be
// equal.
func (k *comparison) argue(at spot, got, want []byte) (reasons []string, ours, theirs []byte) {
	mine := parts(got)
	decide := func(path, ours, theirs string) string {
		s := at.at(path, ours, theirs)
		for _, d := range differences {
			if d.wanted(&s) {
				return d.reason
			}
		}
		return ""
	}
	theirs = replace(want, "", func(path string, text []byte) (verdict, string) {
		own, ok := mine[path]
		if ok && own == string(text) {
			return keep, ""
		}
		reason := decide(path, own, string(text))
		switch {
		case reason == "":
			return look, ""
		case !ok:
			reasons = append(reasons, reason)
			return drop, ""
		}
		reasons = append(reasons, reason)
		return exchange, own
	})
	recorded := parts(theirs)
	ours = replace(got, "", func(path string, text []byte) (verdict, string) {
		if _, ok := recorded[path]; ok {
			return look, ""
		}
		if reason := decide(path, string(text), ""); reason != "" {
			reasons = append(reasons, reason)
			return drop, ""
		}
		return look, ""
	})
	return reasons, ours, theirs
}

// longFloat: both texts are read as the same number of the column's size.
func longFloat(s *spot) bool {
	if s.inSchema && !strings.HasSuffix(s.path, ".default") || len(s.ours) >= len(s.theirs) || !strings.Contains(s.theirs, "E") {
		return false
	}
	single := `float\b`
	if s.postgres() {
		single = `(?:real|float4|float\s*\()`
	}
	return sameFloat(s.ours, s.theirs, 64) || s.declared(s.scripts, single) && sameFloat(s.ours, s.theirs, 32)
}

func sameFloat(a, b string, bits int) bool {
	x, err1 := strconv.ParseFloat(a, bits)
	y, err2 := strconv.ParseFloat(b, bits)
	return err1 == nil && err2 == nil && x == y
}

func trimmedInstant(s *spot) bool {
	return s.mysqlLike() && s.snapshot && !s.inSchema && strings.HasSuffix(s.ours, `0Z"`) && len(s.ours) > len(s.theirs) && sameInstant(s.ours, s.theirs)
}

func sameInstant(a, b string) bool {
	x, err1 := time.Parse(time.RFC3339Nano, strings.Trim(a, `"`))
	y, err2 := time.Parse(time.RFC3339Nano, strings.Trim(b, `"`))
	return err1 == nil && err2 == nil && x.Equal(y)
}

// escapedMember: the text of the value differs by the backslashes alone.
func escapedMember(s *spot) bool {
	if !s.mysqlLike() || s.inSchema || s.snapshot || s.ours == "" || s.theirs == s.ours {
		return false
	}
	plain := strings.NewReplacer(`\\\\`, `\\`, `\\,`, ",").Replace(s.theirs)
	return plain == s.ours && s.declared(s.scripts, `(?:enum|set)\b`)
}

func lostName(s *spot) bool {
	return s.postgres() && !s.snapshot && strings.HasPrefix(s.ours, `"`) && s.theirs == "null" && s.declared(s.scripts, `name\b`) &&
		strings.Contains(s.scripts, strings.ToLower(unquoted(s.ours)))
}

// turnedBits: the same bytes in the other order.
func turnedBits(s *spot) bool {
	return s.mysqlLike() && s.snapshot && s.declared(s.scripts, `bit\b`) && s.ours != "" && turned(s.ours) == s.theirs
}

// streamedBoolean: the table's statement says bool and ran while streaming.
func streamedBoolean(s *spot) bool {
	changes, err := s.file("changes.sql")
	if err != nil || !s.mysqlLike() || !s.declared(changes, `bool(?:ean)?\b`) {
		return false
	}
	if s.inSchema {
		return s.ours == `"int16"` && s.theirs == `"boolean"` || s.ours == "1" && s.theirs == "true" || s.ours == "0" && s.theirs == "false"
	}
	return s.ours == "1" && s.theirs == "true" || s.ours == "0" && s.theirs == "false"
}

// anyKey finds the columns of a key.
var anyKey = regexp.MustCompile(`(?i)\b(?:unique|primary)\b[^(,]*\(([^()]*)\)`)

var expressionIndex = regexp.MustCompile(`(?i)\b(?:key|index)\b[^(,]*\(\s*\(`)

// lostKey: a statement of the table has an index on an expression.
func lostKey(s *spot) bool {
	if s.Source != sourceMySQL || s.part != "key" || s.path != "" || s.theirs != "null" || !strings.HasPrefix(s.ours, "{") {
		return false
	}
	return slices.ContainsFunc(s.statementsOn(s.scripts), func(statement string) bool {
		return expressionIndex.MatchString(statement) && slices.ContainsFunc(anyKey.FindAllStringSubmatch(statement, -1), func(m []string) bool {
			return slices.Equal(columnsOf(m[1]), namesOf(s.ours))
		})
	})
}

// shiftedInstant: ours, read as the wall clock of the zone, is theirs.
func shiftedInstant(s *spot) bool {
	name := s.Config["driver.connectionTimeZone"]
	zone, err := time.LoadLocation(name)
	if name == "" || err != nil || !s.snapshot || !s.mysqlLike() {
		return false
	}
	wall, err := time.ParseInLocation("2006-01-02T15:04:05.999999999Z", strings.Trim(s.ours, `"`), zone)
	theirs, errTheirs := time.Parse(time.RFC3339Nano, strings.Trim(s.theirs, `"`))
	return err == nil && errTheirs == nil && wall.Equal(theirs)
}
