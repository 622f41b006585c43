package encode

import (
	"strings"
	"testing"

	"cdc/event"
)

// The order is that of a java.util.HashMap.
func TestCollectionsAreInJavasOrder(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"public.b public.a": "public.a public.b",
		"shop.orders shop.items shop.customers shop.log": "shop.log shop.items shop.customers shop.orders",
		// More than twelve double the table.
		"s.t14 s.t13 s.t12 s.t11 s.t10 s.t9 s.t8 s.t7 s.t6 s.t5 s.t4 s.t3 s.t2 s.t1": "s.t6 s.t5 s.t8 s.t7 s.t2 s.t1 s.t4 s.t3 s.t13 s.t12 s.t11 s.t10 s.t9 s.t14",
	} {
		var counts []event.TableCount
		for i, name := range strings.Fields(in) {
			counts = append(counts, event.TableCount{Table: name, Events: uint32(i)})
		}
		var got []string
		for _, d := range collections(counts) {
			got = append(got, d.([]datum)[0].(string))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("order of %q: got %q, want %q", in, text, want)
		}
	}
}
