package golden

import (
	"regexp"
	"strconv"
	"strings"
)

// timeType are the types whose values are dates or points in time.
var timeType = regexp.MustCompile(`(?i)\A(?:date|datetime|timestamp)`)

// timestampConverter prints a date or a point in time, or makes the number of its
// milliseconds. To Kafka Connect only its own types are such, which they are in one
// of Debezium's modes.
func timestampConverter(d *draft, t *transform) string {
	why := d.onRows()
	d.nullsBecomeDefaults(t)
	field, target, format := t.take("field"), t.take("target.type"), t.take("format")
	of, ok := d.of(field)
	if why != "" || !ok || !timeType.MatchString(d.table.kindOf(of)) || !strings.EqualFold(d.s.config["time.precision.mode"], "connect") {
		return "of what is no date or time"
	}
	var expr string
	switch layout, known := layoutOf(format); {
	case target == "string" && known:
		expr = "format_time(row." + of + ", " + strconv.Quote(layout) + ")"
	case target == "unix":
		expr = "unix_ms(row." + of + ")"
	default:
		return "target.type=" + target
	}
	d.sub("computed", of, "row."+of+" == null ? optional.none() : optional.of("+expr+")")
	return ""
}

// kindOf is the type that a column was declared with.
func (t *tableName) kindOf(column string) string {
	for _, c := range t.columns {
		if c.name == column {
			return c.kind
		}
	}
	return ""
}

var (
	formatToken = regexp.MustCompile(`'([^']*)'|y+|M+|d+|H+|m+|s+|S+|X+|.`)
	layouts     = map[string]string{"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%L", "XXX": "Z"}
)

// layoutOf says a format of Java's SimpleDateFormat as a layout of ours.
func layoutOf(format string) (layout string, ok bool) {
	var b strings.Builder
	for _, m := range formatToken.FindAllStringSubmatch(format, -1) {
		known := layouts[m[0]]
		switch first := m[0][0]; {
		case first == '\'':
			b.WriteString(m[1])
		case known != "":
			b.WriteString(known)
		case first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z' || first == '%':
			return "", false
		default:
			b.WriteString(m[0])
		}
	}
	return b.String(), true
}
