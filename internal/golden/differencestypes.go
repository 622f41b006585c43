package golden

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// shortFloat: ours, rounded to six digits, is theirs.
func shortFloat(s *spot) bool {
	if !s.mysqlLike() || !s.snapshot || s.inSchema || !s.declared(s.scripts, `float\b`) {
		return false
	}
	ours, err := strconv.ParseFloat(s.ours, 32)
	if err != nil {
		return false
	}
	rounded := strconv.FormatFloat(ours, 'g', 6, 32)
	return sameFloat(rounded, s.theirs, 32)
}

// spacedJSON: the texts hold the same JSON.
func spacedJSON(s *spot) bool {
	return s.Source == sourceMySQL && s.snapshot && s.declared(s.scripts, `json\b`) && sameJSON(unquoted(s.ours), unquoted(s.theirs))
}

func unquoted(text string) string {
	var s string
	if json.Unmarshal([]byte(text), &s) != nil {
		return ""
	}
	return s
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func zeroYear(s *spot) bool {
	return s.mysqlLike() && s.snapshot && s.ours == "1900" && s.theirs == "2000" && s.declared(s.scripts, `year\b`)
}

// generatedColumn: we have it nowhere, they have it in rows of a snapshot.
func generatedColumn(s *spot) bool {
	return s.postgres() && s.snapshot && s.ours == "" && s.declared(s.scripts, `[^,]+ generated always as \(`)
}

// unpublishedColumn: they have it in rows of a snapshot, and the list of columns
// that a publication has for the table doesn't.
func unpublishedColumn(s *spot) bool {
	if !s.postgres() || !s.snapshot || s.ours != "" || s.column == "" {
		return false
	}
	list := regexp.MustCompile(`(?i)\bpublication\b[^;]*[\s,."]` + regexp.QuoteMeta(s.table) + `"?\s*\(([^)]*)\)`)
	for _, m := range list.FindAllStringSubmatch(s.scripts, -1) {
		if !slices.Contains(columnsOf(m[1]), strings.ToLower(s.column)) {
			return true
		}
	}
	return false
}

var domain = regexp.MustCompile(`(?i)create\s+domain\s+([\w.]+)`)

// omittedArray: we have an array that they don't have, of a domain of the scripts
// or of one of the types that Debezium documents as missing in arrays.
func omittedArray(s *spot) bool {
	if !s.postgres() || s.theirs != "" {
		return false
	}
	elements := []string{`money`, `name`, `interval`, `varbit`, `bit\s+varying`, `xml`, `point`}
	for _, m := range domain.FindAllStringSubmatch(s.scripts, -1) {
		elements = append(elements, regexp.QuoteMeta(m[1]))
	}
	return s.declared(s.scripts, `(?:`+strings.Join(elements, "|")+`)\s*(?:\(\s*\d+\s*\)\s*)?(?:\[|array\b)`)
}

var scaled = regexp.MustCompile(`numeric\s*\(\s*(\d+)\s*,\s*-\s*(\d+)\s*\)`)

// negativeScale: their scale is 2048 less what was declared, and the number is
// the same.
func negativeScale(s *spot) bool {
	const negative = `numeric\s*\(\s*\d+\s*,\s*-\s*\d+\s*\)`
	if !s.postgres() || !s.declared(s.scripts, negative) {
		return false
	}
	m := scaled.FindStringSubmatch(s.declaration(negative))
	precision, errPrecision := strconv.Atoi(m[1])
	digits, err := strconv.Atoi(m[2])
	switch quoted := func(n int) string { return `"` + strconv.Itoa(n) + `"` }; {
	case errPrecision != nil || err != nil:
		return false
	case s.inSchema && strings.HasSuffix(s.path, ".parameters.scale"):
		return s.ours == `"0"` && s.theirs == quoted(2048-digits)
	case s.inSchema && strings.HasSuffix(s.path, ".parameters.connect.decimal.precision"):
		return s.ours == quoted(precision+digits) && s.theirs == quoted(precision)
	case s.inSchema:
		return false
	}
	ours, theirs := unscaled(s.ours), unscaled(s.theirs)
	if ours == nil || theirs == nil {
		return false
	}
	return new(big.Int).Mul(ours, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(2048-digits)), nil)).Cmp(theirs) == 0
}

// unscaled reads the bytes of a decimal; nil when it is none.
func unscaled(text string) *big.Int {
	b, err := base64.StdEncoding.DecodeString(strings.Trim(text, `"`))
	if err != nil || len(b) == 0 {
		return nil
	}
	n := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

var arrayItem = regexp.MustCompile(`\[\d+\]\z`)

// propagatedType: a snapshot calls a serial column so, and doesn't measure a
// numeric that has no limits.
func propagatedType(s *spot) bool {
	_, parameter, ok := strings.Cut(s.path, ".parameters.__debezium.source.column.")
	if !ok || !s.postgres() || !s.snapshot {
		return false
	}
	for _, serial := range [][2]string{{"serial", "INT4"}, {"smallserial", "INT2"}, {"bigserial", "INT8"}} {
		if parameter == "type" && s.ours == `"`+serial[1]+`"` && s.theirs == `"`+strings.ToUpper(serial[0])+`"` {
			return s.declared(s.scripts, serial[0]+`\b`)
		}
	}
	unlimited := parameter == "length" && s.ours == `"131089"` && s.theirs == `"0"` || parameter == "scale" && s.ours == `"0"` && s.theirs == ""
	return unlimited && s.declared(s.scripts, `numeric\s*(?:[,)]|not\b|default\b)`)
}

// madeUpKey: a column list leaves the column out of the value, and theirs is what
// stands for nothing.
func madeUpKey(s *spot) bool {
	if s.part != "key" || !s.snapshot || s.inSchema || s.Config["column.include.list"]+s.Config["column.exclude.list"] == "" {
		return false
	}
	_, inValue := s.value["after."+s.column]
	_, inPayload := s.value["payload.after."+s.column]
	return !inValue && !inPayload && slices.Contains(nothing, s.theirs)
}

// singleBits: they have no array where one was declared, and nothing in it.
func singleBits(s *spot) bool {
	if !s.postgres() || !s.declared(s.scripts, `bit\s*(?:\(\s*\d+\s*\)\s*)?(?:\[|array\b)`) {
		return false
	}
	if s.inSchema {
		return strings.HasPrefix(s.ours, `{"type":"array"`) && (strings.HasPrefix(s.theirs, `{"type":"bytes"`) || strings.HasPrefix(s.theirs, `{"type":"boolean"`))
	}
	return strings.HasPrefix(s.ours, "[") && s.theirs == "null" && s.bitsWritten(s.ours)
}

var fraction = regexp.MustCompile(`\.\d+Z"\z`)

// cutTime: an item of an array of times with their zones.
func cutTime(s *spot) bool {
	return s.postgres() && !s.inSchema && arrayItem.MatchString(s.path) && fraction.ReplaceAllString(s.ours, `Z"`) == s.theirs &&
		s.declared(s.scripts, `(?:timetz\b|time\b[^,]*with\s+time\s+zone)[^,]*(?:\[|array\b)`)
}
