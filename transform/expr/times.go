package expr

import (
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// layoutHelp lists what a layout of format_time and parse_time has.
const layoutHelp = "%Y %m %d %H %M %S %f (microseconds) %L (milliseconds) %j (day of the year) %y %b %a %z %%"

// directives are the parts of a layout, and what Go calls them. A dot before the
// fraction is a part of its name there.
var directives = map[byte]string{
	'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'j': "002",
	'y': "06", 'b': "Jan", 'a': "Mon", 'z': "-0700",
}

// fractions are the digits of the second.
var fractions = map[byte]string{'f': "000000", 'L': "000"}

// badLayout returns what stands in a layout without a meaning.
func badLayout(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i++; i == len(s) {
			return "%"
		}
		if directives[s[i]] == "" && fractions[s[i]] == "" && s[i] != '%' {
			return s[i-1 : i+1]
		}
	}
	return ""
}

func times() []cel.EnvOption {
	at := []*cel.Type{cel.TimestampType}
	return []cel.EnvOption{
		cel.Function("format_time", cel.Overload("format_time_string", []*cel.Type{cel.TimestampType, cel.StringType}, cel.StringType, cel.BinaryBinding(formatTime))),
		cel.Function("parse_time", cel.Overload("parse_time_string", []*cel.Type{cel.StringType, cel.StringType}, cel.TimestampType, cel.BinaryBinding(parseTime))),
		cel.Function("date", cel.Overload("date_timestamp", at, cel.StringType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			return formatTime(v, types.String("%Y-%m-%d"))
		}))),
		cel.Function("unix_ms", cel.Overload("unix_ms_timestamp", at, cel.IntType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			t, ok := v.(types.Timestamp)
			if !ok {
				return types.MaybeNoSuchOverloadErr(v)
			}
			return types.Int(t.UnixMilli())
		}))),
		cel.Function("from_unix_ms", cel.Overload("from_unix_ms_int", []*cel.Type{cel.IntType}, cel.TimestampType, cel.UnaryBinding(fromUnixMillis))),
	}
}

func fromUnixMillis(v ref.Val) ref.Val {
	ms, ok := v.(types.Int)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	return timestampOf(time.UnixMilli(int64(ms)).UTC())
}

func timestampOf(t time.Time) ref.Val {
	if s := t.Unix(); s < minSecond || s > maxSecond {
		return types.WrapErr(errFarTime)
	}
	return types.Timestamp{Time: t}
}

func formatTime(v, layout ref.Val) ref.Val {
	t, ok := v.(types.Timestamp)
	s, isText := layout.(types.String)
	if !ok || !isText {
		return types.MaybeNoSuchOverloadErr(v)
	}
	utc := t.UTC()
	var p []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+1 == len(s) {
			p = append(p, s[i])
			continue
		}
		i++
		switch c := s[i]; {
		case fractions[c] != "":
			p = append(p, utc.Format("." + fractions[c])[1:]...)
		case directives[c] != "":
			p = utc.AppendFormat(p, directives[c])
		default:
			p = append(p, c)
		}
	}
	return types.String(p)
}

var errLayout = &Error{msg: "a text isn't a time of the layout"}

// parseTime cuts the text into the parts that the layout names and has Go read
// them. Digits of the second are taken out before: Go reads them behind a dot only.
func parseTime(v, layout ref.Val) ref.Val {
	text, ok := v.(types.String)
	s, isText := layout.(types.String)
	if !ok || !isText {
		return types.MaybeNoSuchOverloadErr(v)
	}
	rest := string(text)
	var form, value strings.Builder
	fraction := ""
	for i := 0; i < len(s); i++ {
		name, width := "", 0
		if s[i] == '%' && i+1 < len(s) {
			i++
			if f := fractions[s[i]]; f != "" {
				width = len(f)
			} else if name = directives[s[i]]; name != "" {
				width = len(name)
			}
		}
		if width == 0 {
			if !strings.HasPrefix(rest, string(s[i:i+1])) {
				return types.WrapErr(errLayout)
			}
			rest = rest[1:]
			continue
		}
		if len(rest) < width {
			return types.WrapErr(errLayout)
		}
		if name == "" {
			fraction = rest[:width]
		} else {
			form.WriteString(" " + name)
			value.WriteString(" " + rest[:width])
		}
		rest = rest[width:]
	}
	if fraction != "" {
		form.WriteString(" .000000")
		value.WriteString(" ." + (fraction + "000000")[:6])
	}
	t, err := time.Parse(form.String(), value.String())
	if err != nil || rest != "" {
		return types.WrapErr(errLayout)
	}
	return timestampOf(t.UTC())
}
