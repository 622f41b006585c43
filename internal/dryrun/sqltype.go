package dryrun

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// sqlType is a column's type as a person writes it: "decimal(10,2) not null".
type sqlType struct {
	name     string // in lower case, with the words behind it: "timestamp with time zone"
	args     []string
	unsigned bool
	array    bool
	primary  bool
	notNull  bool
}

// simpleTypes are those that both dialects read alike and that have no arguments
// which matter.
var simpleTypes = map[string]event.Type{
	"bool": {Kind: event.KindBool}, "boolean": {Kind: event.KindBool},
	"tinyint": {Kind: event.KindInt}, "smallint": {Kind: event.KindInt}, "int2": {Kind: event.KindInt}, "smallserial": {Kind: event.KindInt},
	"mediumint": {Kind: event.KindInt}, "int": {Kind: event.KindInt}, "integer": {Kind: event.KindInt}, "int4": {Kind: event.KindInt}, "serial": {Kind: event.KindInt},
	"bigint": {Kind: event.KindInt}, "int8": {Kind: event.KindInt}, "bigserial": {Kind: event.KindInt},
	"year": {Kind: event.KindInt, Logical: event.LogicalYear},
	"real": {Kind: event.KindFloat32}, "float4": {Kind: event.KindFloat32},
	"double": {Kind: event.KindFloat64}, "double precision": {Kind: event.KindFloat64}, "float8": {Kind: event.KindFloat64},
	"text": {Kind: event.KindString}, "string": {Kind: event.KindString}, "varchar": {Kind: event.KindString}, "char": {Kind: event.KindString},
	"character": {Kind: event.KindString}, "character varying": {Kind: event.KindString}, "tinytext": {Kind: event.KindString},
	"mediumtext": {Kind: event.KindString}, "longtext": {Kind: event.KindString}, "citext": {Kind: event.KindString},
	"inet": {Kind: event.KindString}, "cidr": {Kind: event.KindString},
	"bytes": {Kind: event.KindBytes}, "bytea": {Kind: event.KindBytes}, "blob": {Kind: event.KindBytes}, "tinyblob": {Kind: event.KindBytes},
	"mediumblob": {Kind: event.KindBytes}, "longblob": {Kind: event.KindBytes}, "binary": {Kind: event.KindBytes}, "varbinary": {Kind: event.KindBytes},
	"json": {Kind: event.KindJSON}, "jsonb": {Kind: event.KindJSON}, "uuid": {Kind: event.KindUUID}, "date": {Kind: event.KindDate},
	"xml":    {Kind: event.KindString, Logical: event.LogicalXML},
	"timetz": {Kind: event.KindString, Logical: event.LogicalZonedTime}, "time with time zone": {Kind: event.KindString, Logical: event.LogicalZonedTime},
	"timestamptz": {Kind: event.KindInstant}, "timestamp with time zone": {Kind: event.KindInstant},
	"datetime": {Kind: event.KindLocal}, "timestamp without time zone": {Kind: event.KindLocal},
	"time": {Kind: event.KindTime}, "time without time zone": {Kind: event.KindTime},
}

// typeWords are all that can stand as a type, for hints.
func typeWords() []string {
	words := []string{"float", "decimal", "numeric", "timestamp", "enum", "set", "bit"}
	for name := range simpleTypes {
		words = append(words, name)
	}
	return words
}

// parseType reads the type of a column of that kind of server.
func parseType(text string, postgres bool) (t event.Type, primary bool, err error) {
	s, err := splitType(text)
	if err != nil {
		return t, false, err
	}
	if t, err = s.event(postgres); err != nil {
		return t, false, err
	}
	t.Native = s.native()
	if !s.notNull && !s.primary {
		t.Flags |= event.Nullable
	}
	t.Declared = event.Declared{Name: strings.ToUpper(s.name), Length: event.NoLength, Scale: event.NoLength}
	if s.array {
		elem := t
		elem.Flags = event.Nullable
		t = event.Type{Kind: event.KindList, Logical: event.LogicalArray, Native: t.Native + "[]", Elem: &elem, Flags: t.Flags, Declared: t.Declared}
	}
	return t, s.primary, nil
}

// splitType cuts a type into its parts.
func splitType(text string) (s sqlType, err error) {
	rest := strings.ToLower(strings.TrimSpace(text))
	raw := strings.TrimSpace(text)
	if open := strings.IndexByte(rest, '('); open >= 0 {
		end := strings.LastIndexByte(rest, ')')
		if end < open {
			return s, errors.New("a ( without its )")
		}
		if s.args, err = splitArgs(raw[open+1 : end]); err != nil {
			return s, err
		}
		rest = rest[:open] + " " + rest[end+1:]
	}
	rest = strings.Join(strings.Fields(rest), " ")
	for _, end := range []struct {
		words string
		set   *bool
	}{{"primary key", &s.primary}, {"not null", &s.notNull}, {"primary key", &s.primary}, {"unsigned", &s.unsigned}, {"[]", &s.array}} {
		if cut, ok := strings.CutSuffix(rest, end.words); ok {
			rest, *end.set = strings.TrimSpace(cut), true
		}
	}
	s.name = strings.TrimSpace(strings.TrimSuffix(rest, " null"))
	return s, nil
}

// splitArgs cuts "10, 2" or "'a','b,c'" at its commas.
func splitArgs(text string) (args []string, err error) {
	for rest := strings.TrimSpace(text); rest != ""; {
		var arg string
		if rest[0] == '\'' {
			end := 1
			for end < len(rest) && (rest[end] != '\'' || strings.HasPrefix(rest[end:], "''")) {
				if rest[end] == '\'' {
					end++
				}
				end++
			}
			if end >= len(rest) {
				return nil, errors.New("a text without its closing quote")
			}
			arg, rest = strings.ReplaceAll(rest[1:end], "''", "'"), strings.TrimSpace(rest[end+1:])
			if rest != "" && rest[0] != ',' {
				return nil, errors.New("a comma is missing")
			}
			rest = strings.TrimPrefix(rest, ",")
		} else {
			arg, rest, _ = strings.Cut(rest, ",")
		}
		args, rest = append(args, strings.TrimSpace(arg)), strings.TrimSpace(rest)
	}
	return args, nil
}

func (s *sqlType) native() string {
	name := s.name
	if len(s.args) > 0 && s.name != "enum" && s.name != "set" {
		name += "(" + strings.Join(s.args, ",") + ")"
	}
	if s.unsigned {
		name += " unsigned"
	}
	return name
}

// event is what the type means to the server.
func (s *sqlType) event(postgres bool) (event.Type, error) {
	switch s.name {
	case "float":
		if postgres {
			return event.Type{Kind: event.KindFloat64}, nil
		}
		return event.Type{Kind: event.KindFloat32}, nil
	case "decimal", "numeric", "dec":
		return s.decimal(postgres)
	case "timestamp":
		if postgres {
			return s.temporal(event.Type{Kind: event.KindLocal}, postgres)
		}
		return s.temporal(event.Type{Kind: event.KindInstant}, postgres)
	case "enum":
		return event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: s.args}, nil
	case "set":
		return event.Type{Kind: event.KindString, Logical: event.LogicalSet, Symbols: s.args}, nil
	case "bit":
		return s.bits()
	}
	t, ok := simpleTypes[s.name]
	if !ok {
		hint := rulefile.DidYouMean(s.name, typeWords())
		if hint != "" {
			hint = "; " + hint
		}
		return t, fmt.Errorf("type %q isn't known here%s", rulefile.Printable(s.name), hint)
	}
	if s.unsigned {
		t.Flags |= event.Unsigned
		if s.name == "bigint" {
			t.Kind = event.KindUint
		}
	}
	switch t.Kind {
	case event.KindTime, event.KindLocal, event.KindInstant:
		return s.temporal(t, postgres)
	case event.KindString, event.KindBytes:
		if len(s.args) == 1 {
			n, err := number(s.args[0], 1<<30)
			t.Length = int32(n)
			return t, err
		}
	default:
	}
	return t, nil
}

func (s *sqlType) decimal(postgres bool) (t event.Type, err error) {
	t.Kind, t.Precision = event.KindDecimal, 10
	if postgres {
		t.Precision = -1
	}
	if len(s.args) > 0 {
		precision, err := number(s.args[0], 1000)
		if err != nil {
			return t, err
		}
		t.Precision = int16(precision)
	}
	if len(s.args) > 1 {
		scale, err := number(s.args[1], 1000)
		if err != nil {
			return t, err
		}
		t.Scale = int16(scale)
	}
	if t.Scale > t.Precision && t.Precision >= 0 {
		return t, errors.New("a decimal has more digits behind the point than it has at all")
	}
	return t, nil
}

func (s *sqlType) temporal(t event.Type, postgres bool) (event.Type, error) {
	if postgres {
		t.Precision = -1
	}
	if len(s.args) == 0 {
		return t, nil
	}
	n, err := number(s.args[0], 6)
	t.Precision = int16(n)
	return t, err
}

func (s *sqlType) bits() (event.Type, error) {
	n := 1
	if len(s.args) > 0 {
		var err error
		if n, err = number(s.args[0], 1<<20); err != nil {
			return event.Type{}, err
		}
	}
	if n == 1 {
		return event.Type{Kind: event.KindBool, Length: 1}, nil
	}
	return event.Type{Kind: event.KindBits, Length: int32(n)}, nil
}

func number(text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%q isn't a number from 0 to %d", rulefile.Printable(text), most)
	}
	return n, nil
}
