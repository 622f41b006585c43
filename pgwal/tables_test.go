package pgwal

import "testing"

func TestPostGISReferenceIsLeftOut(t *testing.T) {
	for pattern, want := range map[string]bool{"*.*": false, "public.*": false, "/public[.]spatial.*/": false, "public.spatial_ref_sys": true, "*.spatial_ref_sys": true} {
		tables, err := parseTables([]string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		if got := tables.Match("public", "spatial_ref_sys"); got != want {
			t.Errorf("%s takes it: got %v, want %v", pattern, got, want)
		}
	}
	tables, err := parseTables([]string{"public.*"})
	if err != nil {
		t.Fatal(err)
	}
	if !tables.Match("public", "spatial") || tables.Match("other", "spatial") {
		t.Error("other tables aren't taken by the pattern alone")
	}
}
