package golden

import (
	"maps"
	"slices"
	"testing"
)

func TestPaths(t *testing.T) {
	p, err := parsePaths([]string{
		"$.timestamp", "$.key.payload.id", "$.value.a[*].b", "$.value['c d'][2]", "$.headers[?(@.key=='__x')].value",
	})
	if err != nil {
		t.Fatal(err)
	}
	if !p.timestamp || len(p.key) != 1 || !slices.Equal(p.headers, []string{"__x"}) {
		t.Errorf("got %+v", p)
	}
	if !slices.Equal(p.value[0], []string{"a", "[*]", "b"}) || !slices.Equal(p.value[1], []string{"c d", "[2]"}) {
		t.Errorf("got %q", p.value)
	}
	if got := withoutPayload(p.key); !slices.Equal(got[0], []string{"id"}) {
		t.Errorf("got %q", got)
	}
}

func TestMask(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		paths      [][]string
	}{
		{
			`{"a":1,"b":{"c":"x","d":[1, 2]},"e":null,"f":null,"g":true}`,
			`{"a":"<number>","b":{"c":"<text>","d":[1, 2]},"e":null,"f":null,"g":"<boolean>"}`,
			[][]string{{"b", "c"}, {"e"}, {"a"}, {"f", "g"}, {"g"}},
		},
		{`{"l":[{"i":1, "j":2},{"i":3}]}`, `{"l":[{"i":"<number>", "j":2},{"i":"<number>"}]}`, [][]string{{"l", "[*]", "i"}}},
		{`{"l":[1,[2]]}`, `{"l":[1,"<array>"]}`, [][]string{{"l", "[1]"}}},
		{`null`, `null`, [][]string{{"a"}}},
		{"\x00\xff", "\x00\xff", [][]string{{"a"}}},
	} {
		if got := mask([]byte(tt.text), tt.paths); string(got) != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestLeaves(t *testing.T) {
	got := leaves([]byte(`{"schema":{"fields":[{"type":"int","field":"id"},{"name":"n"}]},"a":[1,{}],"b":{}}`))
	want := map[string]string{
		"schema.fields[id].type": `"int"`, "schema.fields[id].field": `"id"`, "schema.fields[n].name": `"n"`,
		"a[0]": "1", "a[1]": "{}", "b": "{}",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestReplace(t *testing.T) {
	const text = `{"a": 1,"b":[1,2,{"c":3}],"d":{"e":4,"f":5}}`
	got := replace([]byte(text), "", func(path string, _ []byte) (verdict, string) {
		switch path {
		case "a", "d.e", "b[0]":
			return drop, ""
		case "b[2].c":
			return exchange, `"x"`
		case "d.f":
			return keep, ""
		}
		return look, ""
	})
	if want := `{"b":[2,{"c":"x"}],"d":{"f":5}}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSplitSQL(t *testing.T) {
	const script = "insert into t values ('a;b', 'it''s');\n-- a; comment\ncreate table \"x;y\" (i int);;do $b$ begin; end $b$; select 1"
	if got := SplitSQL(script); len(got) != 4 {
		t.Errorf("got %d statements: %q", len(got), got)
	}
}
