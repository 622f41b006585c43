package event

import (
	"errors"
	"testing"
)

func TestColumns(t *testing.T) {
	s := &Schema{Namespace: "public", Table: "p"}
	for _, c := range []struct {
		pattern, column string
		want            bool
	}{
		{"public.p.secret", "secret", true},
		{"public.p.secret", "secrets", false},
		{"*.p.s*", "secret", true},
		{"public.?.secret", "secret", true},
		{"public.p.Secret", "secret", false},
		{"/.*CRET/", "secret", true},
		{"/secret/", "secret", false},
	} {
		list, err := ParseColumns([]string{"a.b.c", c.pattern})
		if err != nil {
			t.Fatal(err)
		}
		if got := list.Match(s, c.column); got != c.want {
			t.Errorf("%s, column %s: got %v", c.pattern, c.column, got)
		}
	}
	for _, bad := range []string{"p.secret", "/(/", `a.b.c\`} {
		_, err := ParseColumns([]string{bad})
		if p, ok := errors.AsType[*PatternError](err); !ok || p.Of != "column" {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

func TestTablesByExpression(t *testing.T) {
	list, err := ParseTables([]string{`/shop\.(orders|items)/`, `!/.*\.items/`})
	if err != nil {
		t.Fatal(err)
	}
	if !list.Match("Shop", "Orders") || list.Match("shop", "items") || list.Match("shop", "orders2") {
		t.Error("the expressions are matched wrongly")
	}
}

func TestKeys(t *testing.T) {
	keys, err := ParseKeys([]string{"shop.p:tenant,V", "/(.*).Order Items/:nosuch"})
	if err != nil {
		t.Fatal(err)
	}
	columns := []Column{{Name: "id"}, {Name: "v", Ord: 1}, {Name: "tenant", Ord: 2}}
	s := &Schema{Database: "shop", Table: "p", Columns: columns, Key: columns[:1]}
	keys.Apply(s)
	if len(s.Key) != 2 || s.Key[0].Name != "tenant" || s.Key[1].Ord != 1 {
		t.Errorf("got key %v", s.Key)
	}
	other := &Schema{Database: "shop", Table: "Order Items", Columns: columns, Key: columns[:1]}
	keys.Apply(other)
	if len(other.Key) != 1 || other.Key[0].Name != "id" {
		t.Errorf("got key %v for columns that aren't there", other.Key)
	}
	if i, lacking := keys.Rule(other); i != 1 || len(lacking) != 1 || lacking[0] != "nosuch" {
		t.Errorf("got rule %d, which lacks %v", i, lacking)
	}
	if i, lacking := keys.Rule(s); i != 0 || lacking != nil {
		t.Errorf("got rule %d, which lacks %v", i, lacking)
	}
	if i, _ := keys.Rule(&Schema{Database: "a", Table: "b"}); i != -1 {
		t.Errorf("got rule %d for a table that none matches", i)
	}
	for _, bad := range []string{"shop.p", "shop:a", "shop.p:a,,b"} {
		if _, err := ParseKeys([]string{bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestUnfit(t *testing.T) {
	s := &Schema{Database: "shop", Table: "p"}
	logged := 0
	u := &Unfit{Log: func(string, string, string) { logged++ }}
	for range 3 {
		if err := u.Take(s, "c", "is a zero date"); err != nil {
			t.Fatal(err)
		}
	}
	if u.Count() != 3 || logged != 1 {
		t.Errorf("counted %d, logged %d", u.Count(), logged)
	}
	u = &Unfit{Policy: PolicyFail}
	if err := u.Take(s, "c", "is a zero date"); !errors.Is(err, ErrUnfit) {
		t.Errorf("got %v", err)
	}
}
