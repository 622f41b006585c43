package rulefile

import (
	"encoding/json"
	"maps"
)

// form is a piece of a JSON Schema: what a value may look like.
type form map[string]any

// The forms of simple values.
var (
	textForm     = form{"type": "string", "minLength": 1}
	anyTextForm  = form{"type": "string"}
	boolForm     = form{"type": "boolean"}
	exprForm     = form{"type": []string{"string", "boolean", "number"}, "minLength": 1}
	namesForm    = eitherForm(textForm, form{"type": "array", "items": textForm, "minItems": 1, "uniqueItems": true})
	metadataForm = eitherForm(textForm, form{"type": "array", "items": textForm, "minItems": 1})
	rowForm      = form{"type": []string{"object", "null"}}
	topicForm    = form{"type": "string", "pattern": "^[a-zA-Z0-9._-]+$", "maxLength": maxTopic}
	typeForm     = eitherForm(oneOfForm(append([]string{"double"}, CastWords...)), form{"type": "string", "pattern": decimalType.String()})
	keyForm      = eitherForm(form{"const": "none"}, listForm(textForm), mapForm(textForm))
)

func oneOfForm(words []string) form { return form{"enum": words} }

func intForm(low, high int) form { return form{"type": "integer", "minimum": low, "maximum": high} }

func listForm(of form) form { return form{"type": "array", "items": of} }

// mapForm is a mapping whose keys are names of the user's own.
func mapForm(of form) form {
	return form{"type": "object", "additionalProperties": of, "minProperties": 1}
}

func eitherForm(forms ...form) form { return form{"anyOf": forms} }

// ref is a form that has a name.
func ref(name string) form { return form{"$ref": "#/$defs/" + name} }

// objectForm is a mapping whose keys are known.
func objectForm[T any](keys []key[T]) form {
	properties := form{}
	for _, k := range keys {
		described := form{"description": k.doc}
		maps.Copy(described, k.form)
		properties[k.name] = described
	}
	return form{"type": "object", "properties": properties, "additionalProperties": false}
}

// JSONSchema returns the JSON Schema (draft 2020-12) of rule files, for editors:
//
//	# yaml-language-server: $schema=rules.schema.json
//
// It is made of the tables of keys by which files are read. What keys can't say
// together, and what expressions mean, only the parser knows.
func JSONSchema() []byte {
	root := objectForm(fileKeys)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Rules of cdc"
	root["description"] = "Which changes of a database leave, in what shape and to which topic."
	root["required"] = []string{"version"}
	root["$defs"] = form{
		"rule":   requiring(objectForm(ruleKeys), "name", "tables"),
		"fields": mapForm(eitherForm(textForm, ref("fields"))),
		"test":   requiring(objectForm(testKeys), "name", "input"),
		"change": requiring(objectForm(changeKeys), "table", "op"),
		"record": objectForm(recordKeys),
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil // texts, numbers and lists of them can't fail
	}
	return append(text, '\n')
}

func requiring(f form, keys ...string) form {
	f["required"] = keys
	return f
}
