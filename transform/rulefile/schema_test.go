package rulefile

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("rules.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("rules.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validated holds the text of a file against the schema.
func validated(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		t.Fatal(err)
	}
	d := decoder{src: &Source{Text: text}, Report: &Report{}}
	return s.Validate(plain(d.literal(node.Content[0])))
}

// plain is a literal in the types of encoding/json.
func plain(l *Literal) any {
	switch l.Kind {
	case LiteralNull:
		return nil
	case LiteralBool:
		return l.Text == "true"
	case LiteralNumber:
		return json.Number(l.Text)
	case LiteralList:
		list := []any{}
		for _, item := range l.Items {
			list = append(list, plain(item))
		}
		return list
	case LiteralMap:
		m := map[string]any{}
		for i, k := range l.Keys {
			m[k] = plain(l.Items[i])
		}
		return m
	default:
		return l.Text
	}
}

// What we ship, and what shows every key, is what editors take.
func TestSchemaTakesFiles(t *testing.T) {
	s := compileSchema(t)
	names, err := filepath.Glob("../../examples/rules/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range append(names, "testdata/every-key.yaml") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseText(filepath.Base(name), string(text)); err != nil {
			t.Error(err)
		}
		if err := validated(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is wrong in the shape of one value, editors see too.
func TestSchemaRefuses(t *testing.T) {
	s := compileSchema(t)
	for _, text := range []string{
		"rules: []",
		"version: 2",
		"version: 1\nrulez: []",
		"version: 1\nrules: [{name: a}]",
		"version: 1\nrules: [{name: a, tables: [b.c], emitt: row}]",
		"version: 1\nrules: [{name: a, tables: [b.c], on: [updates]}]",
		"version: 1\nrules: [{name: a, tables: [b.c], fields: {x: {y: 5}}}]",
		"version: 1\nrules: [{name: a, tables: [b.c], hash: {x: {secret: plain}}}]",
		"version: 1\nrules: [{name: a, tables: [b.c], cast: {x: numeric}}]",
		"version: 1\nrules: [{name: a, tables: [b.c], unwrap: {add.fields: op}}]",
		"version: 1\ntests: [{name: a, input: {table: b.c, op: x}}]",
	} {
		if validated(t, s, []byte(text)) == nil {
			t.Errorf("the schema takes\n%s", text)
		}
		if _, err := parseText("r.yaml", text); err == nil {
			t.Errorf("the parser takes\n%s", text)
		}
	}
}

// Every key of every table is in the schema with a description, and testdata has
// a file that shows each of them.
func TestSchemaHasEveryKey(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	var inSchema []string
	collectKeys(t, root, &inSchema)
	var inTables []string
	for _, names := range [][]string{
		keyNames(fileKeys), keyNames(deadLetterKeys), keyNames(ruleKeys), keyNames(maskKeys), keyNames(hashKeys), keyNames(secretKeys),
		keyNames(flattenKeys), keyNames(flattenKeys), keyNames(topicKeys), keyNames(partitionKeys), keyNames(headerKeys), keyNames(changedKeys),
		keyNames(unwrapKeys), keyNames(outboxKeys), keyNames(rerouteKeys), keyNames(testKeys), keyNames(changeKeys), keyNames(recordKeys),
	} {
		inTables = append(inTables, names...)
	}
	slices.Sort(inSchema)
	slices.Sort(inTables)
	if diff := cmp.Diff(inTables, inSchema); diff != "" {
		t.Errorf("keys (-tables +schema):\n%s", diff)
	}
	text, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range inTables {
		if !strings.Contains(string(text), k+":") {
			t.Errorf("testdata/every-key.yaml doesn't show %q", k)
		}
	}
}

// collectKeys finds the known keys of all objects in a schema.
func collectKeys(t *testing.T, v any, keys *[]string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			collectKeys(t, item, keys)
		}
	case map[string]any:
		properties, _ := v["properties"].(map[string]any)
		for name, p := range properties {
			*keys = append(*keys, name)
			if doc, _ := p.(map[string]any)["description"].(string); len(doc) < 10 || !strings.HasSuffix(doc, ".") {
				t.Errorf("key %q has the description %q", name, doc)
			}
		}
		for _, sub := range v {
			collectKeys(t, sub, keys)
		}
	}
}
