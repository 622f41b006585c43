package dryrun

import (
	"slices"
	"strings"
	"testing"

	"cdc/event"
)

func TestParseType(t *testing.T) {
	for text, want := range map[string]event.Type{
		"bigint":                         {Kind: event.KindInt, Native: "bigint", Flags: event.Nullable},
		"BIGINT UNSIGNED NOT NULL":       {Kind: event.KindUint, Native: "bigint unsigned", Flags: event.Unsigned},
		"bigint primary key":             {Kind: event.KindInt, Native: "bigint"},
		"decimal(10, 2)":                 {Kind: event.KindDecimal, Native: "decimal(10,2)", Precision: 10, Scale: 2, Flags: event.Nullable},
		"numeric":                        {Kind: event.KindDecimal, Native: "numeric", Precision: -1, Flags: event.Nullable},
		"timestamp(3) with time zone":    {Kind: event.KindInstant, Native: "timestamp with time zone(3)", Precision: 3, Flags: event.Nullable},
		"timestamp":                      {Kind: event.KindLocal, Native: "timestamp", Precision: -1, Flags: event.Nullable},
		"varchar(20) not null":           {Kind: event.KindString, Native: "varchar(20)", Length: 20},
		"enum('a','it''s, so') not null": {Kind: event.KindString, Logical: event.LogicalEnum, Native: "enum", Symbols: []string{"a", "it's, so"}},
		"bit(3)":                         {Kind: event.KindBits, Native: "bit(3)", Length: 3, Flags: event.Nullable},
	} {
		got, primary, err := parseType(text, true)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got.Kind != want.Kind || got.Logical != want.Logical || got.Native != want.Native || got.Precision != want.Precision || got.Scale != want.Scale ||
			got.Length != want.Length || got.Flags != want.Flags || !slices.Equal(got.Symbols, want.Symbols) || primary != strings.Contains(text, "primary") {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
	if got, _, err := parseType("text[]", true); err != nil || got.Logical != event.LogicalArray || got.Elem.Kind != event.KindString {
		t.Errorf("text[]: got %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"inetger": `did you mean "integer"?`, "decimal(2,3)": "more digits behind the point", "time(9)": "from 0 to 6", "enum('a": "without its )", "enum('a)": "closing quote", "": "isn't known",
	} {
		if _, _, err := parseType(text, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
