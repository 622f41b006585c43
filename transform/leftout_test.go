package transform

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// wideTable has a key and n columns that take NULL.
func wideTable(n int) *event.Schema {
	columns := []event.Column{cdctest.Key("id", event.KindInt)}
	for i := range n {
		c := cdctest.Col(fmt.Sprint("c", i), event.KindInt)
		c.Type.Flags |= event.Nullable
		columns = append(columns, c)
	}
	return cdctest.Table("shop.wide", columns...)
}

// wideRow has 1 where the bit of a number is set, else rest.
func wideRow(n, bits int, rest any) row {
	r := row{7}
	for i := range n {
		if bits>>i&1 == 1 {
			r = append(r, 1)
		} else {
			r = append(r, rest)
		}
	}
	return r
}

// However many columns are NULL, or stay as they are, one view serves all rows where
// values have no schema: each view that rows can ask for is kept.
func TestLeavingOutKeepsOneView(t *testing.T) {
	const n = 12
	s := wideTable(n)
	for name, rule := range map[string]string{
		"nulls":     "emit: row\n  null_fields: omit",
		"unchanged": "unwrap: {drop_fields_header_name: U}\n  changed_headers: {unchanged: U}",
		"changed":   "unwrap: {drop_fields_header_name: C}\n  changed_headers: {changed: C}",
	} {
		p := parse(t, "version: 1\nrules:\n- name: r\n  tables: [shop.wide]\n  "+rule+"\n")
		views := map[*event.Schema]bool{}
		for bits := range 1 << n {
			b := cdctest.NewBatch().Update(s, wideRow(n, 0, nil), wideRow(n, bits, nil)).Batch()
			if err := p.Run(b); err != nil {
				t.Fatal(err)
			}
			views[b.Outs[0].View] = true
		}
		if len(views) != 1 {
			t.Errorf("%s: got %d views", name, len(views))
		}
	}
}

// Values with schemas have a view for each set of fields, and no more of them than
// maxViews.
func TestViewsAreBounded(t *testing.T) {
	const n = 11
	s := wideTable(n)
	const rule = "version: 1\nrules:\n- name: r\n  tables: [shop.wide]\n  unwrap: {drop_fields_header_name: U}\n  changed_headers: {unchanged: U}\n  on_error: "
	for _, policy := range []string{"fail", "keep", "drop"} {
		p := with(t, Options{Prefix: "p", Schemas: true}, rule+policy+"\n")
		views, refused, whole := map[*event.Schema]bool{}, 0, 0
		for bits := range 1 << n {
			b := cdctest.NewBatch().Update(s, wideRow(n, 0, nil), wideRow(n, bits, nil)).Batch()
			switch err := p.Run(b); {
			case err != nil && (!errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "different sets of fields")):
				t.Fatal(err)
			case err != nil || len(b.Outs) == 0:
				refused++
				continue
			}
			views[b.Outs[0].View] = true
			if len(b.Outs[0].View.Columns) == n+1 {
				whole++
			}
		}
		// Beside those that are counted there is the view of all fields.
		if policy == "keep" && (refused != 0 || whole != 1<<n-maxViews) || policy != "keep" && refused != 1<<n-maxViews-1 || len(views) != maxViews+1 {
			t.Errorf("%s: %d views, %d rows refused, %d left with all fields", policy, len(views), refused, whole)
		}
	}
}

func TestFieldsLeftOut(t *testing.T) {
	s := wideTable(2)
	b := cdctest.NewBatch().Insert(s, 7, 1, nil).Update(s, row{7, 1, nil}, row{7, 1, 2}).Update(s, row{7, 1, nil}, row{8, 1, 2}).Delete(s, 7, 1, nil).Batch()
	for _, c := range []struct {
		rule string
		want []string
	}{
		{"emit: row\nnull_fields: omit", []string{
			`c p.shop.wide key {id:7} {id:7 c0:1}`,
			`u p.shop.wide key {id:7} {id:7 c0:1 c1:2}`,
			`d p.shop.wide key {id:7} tombstone`,
			`c p.shop.wide key {id:8} {id:8 c0:1 c1:2}`,
			`d p.shop.wide key {id:7} tombstone`,
		}},
		{"emit: row\nnull_fields: omit\ndelete: rewrite", []string{
			`c p.shop.wide key {id:7} {id:7 c0:1 __deleted:false}`,
			`u p.shop.wide key {id:7} {id:7 c0:1 c1:2 __deleted:false}`,
			`d p.shop.wide key {id:7} {id:7 c0:1 __deleted:true}`,
			`c p.shop.wide key {id:8} {id:8 c0:1 c1:2 __deleted:false}`,
			`d p.shop.wide key {id:7} {id:7 c0:1 __deleted:true}`,
		}},
		{"unwrap: {drop_fields_header_name: U, delete_tombstone_handling_mode: rewrite}\nchanged_headers: {unchanged: U}\nrename: {c0: first}", []string{
			`c p.shop.wide key {id:7} {id:7 first:1 c1:null __deleted:false} headers {U:[]}`,
			`u p.shop.wide key {id:7} {id:7 c1:2 __deleted:false} headers {U:[id first]}`,
			`d p.shop.wide key {id:7} {id:7 first:1 c1:null __deleted:true} headers {U:[]}`,
			`c p.shop.wide key {id:8} {id:8 first:1 c1:2 __deleted:false} headers {U:[]}`,
			`d p.shop.wide key {id:7} {id:7 first:1 c1:null __deleted:true} headers {U:[]}`,
		}},
		{"unwrap: {drop_fields_header_name: U, drop_fields_from_key: true, drop_fields_keep_schema_compatible: false}\nchanged_headers: {unchanged: U}", []string{
			`c p.shop.wide key {id:7} {id:7 c0:1 c1:null} headers {U:[]}`,
			`u p.shop.wide {c1:2} headers {U:[id c0]}`,
			`d p.shop.wide key {id:7} null headers {U:[]}`,
			`c p.shop.wide key {id:8} {id:8 c0:1 c1:2} headers {U:[]}`,
			`d p.shop.wide key {id:7} null headers {U:[]}`,
		}},
	} {
		for _, schemas := range []bool{false, true} {
			if schemas && strings.Contains(c.rule, "null_fields") {
				continue // refused
			}
			p := with(t, Options{Prefix: "p", Schemas: schemas}, "version: 1\nrules:\n- name: r\n  tables: [shop.wide]\n  "+strings.ReplaceAll(c.rule, "\n", "\n  ")+"\n")
			if diff := cmp.Diff(c.want, records(t, p, b)); diff != "" {
				t.Errorf("%s, schemas %t (-want +got)\n%s", c.rule, schemas, diff)
			}
		}
	}
}

func TestNullsStayWithSchemas(t *testing.T) {
	text := "version: 1\nrules:\n  - {name: r, tables: [shop.wide], emit: row, null_fields: omit}\n"
	_, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{Schemas: true})
	if err == nil || !strings.Contains(err.Error(), "rules.yaml:3:") || !strings.Contains(err.Error(), "write json (format)") {
		t.Errorf("got error %v", err)
	}
}
