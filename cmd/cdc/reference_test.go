package main

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cdc/admin"
	"cdc/binlog"
	"cdc/offsets"
	"cdc/pgwal"
	"cdc/sink"
)

// TestEveryKeyIsDocumented compares docs/configuration.md with the types that
// hold the configuration: every key, and its default.
func TestEveryKeyIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var pipelineDefaults PipelineConfig
	if err := pipelineDefaults.UnmarshalYAML(emptyMapping()); err != nil {
		t.Fatal(err)
	}
	pipelineDefaults.complete() // as config print shows it
	sections := map[string]any{
		"pipelines.NAME":                 pipelineDefaults,
		"pipelines.NAME.events":          pipelineDefaults.Events,
		"pipelines.NAME.format":          pipelineDefaults.Format,
		"pipelines.NAME.source.mysql":    binlog.Default(),
		"pipelines.NAME.source.postgres": pgwal.Default(),
		"pipelines.NAME.sink.kafka":      sink.Default(),
		"pipelines.NAME.offsets.file":    offsets.FileConfig{},
		"pipelines.NAME.offsets.kafka":   offsets.KafkaConfig{},
		"admin":                          admin.Config{},
		"log":                            defaultConfig().Log,
	}
	for name, defaults := range sections {
		t.Run(name, func(t *testing.T) {
			section := documentSection(string(text), name)
			documented := documentedKeys(section)
			for key, value := range keysOf(reflect.ValueOf(defaults), "") {
				got, ok := documented[key]
				if !ok {
					t.Errorf("key %s has no row", key)
				} else if got != value {
					t.Errorf("key %s: documented default %q, want %q", key, got, value)
				}
				delete(documented, key)
			}
			for key := range documented {
				t.Errorf("key %s is documented, but there is no such key", key)
			}
		})
	}
}

// documentSection returns the text below "## name".
func documentSection(text, name string) string {
	_, section, _ := strings.Cut(text, "\n## "+name+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

// documentedKeys reads the rows "| `key` | `default` | ... |".
func documentedKeys(section string) map[string]string {
	keys := map[string]string{}
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		keys[strings.Trim(cells[1], " `")] = strings.Trim(cells[2], " `")
	}
	return keys
}

// ownSections are keys whose keys have a section of their own.
var ownSections = []string{"source", "sink", "offsets", "events", "format"}

// keysOf flattens a struct to its keys and defaults.
func keysOf(v reflect.Value, path string) map[string]string {
	keys := map[string]string{}
	for i := range v.NumField() {
		name, opts, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		f := v.Field(i)
		switch {
		case name == "-":
			continue
		case opts == "inline":
			maps.Copy(keys, keysOf(f, path))
			continue
		case fieldsOf(f.Type()) != nil && !slices.Contains(ownSections, path+name):
			maps.Copy(keys, keysOf(f, path+name+"."))
			continue
		}
		keys[path+name] = defaultText(f)
	}
	return keys
}

// defaultText is how the reference shows a default; a dash stands for none.
func defaultText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "–"
		}
		return defaultText(v.Elem())
	case reflect.Slice:
		if v.Len() > 0 {
			return fmt.Sprint(v.Interface())
		}
		return "–"
	case reflect.Map, reflect.Struct:
		return "–"
	case reflect.String:
		if v.String() == "" {
			return "–"
		}
	}
	return fmt.Sprint(v.Interface())
}
