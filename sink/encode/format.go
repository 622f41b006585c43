package encode

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdc/sink/registry"
)

// Format says in which formats records are written: what Kafka Connect's
// converters decide.
type Format struct {
	// Value is json, json_schema, avro, string or bytes; json when empty. Key is as
	// Value when empty, and json for bytes. Of string and bytes, what isn't one
	// column by itself is in JSON.
	Key   string `yaml:"key"`
	Value string `yaml:"value"`
	// Header is how headers are written: simple (Connect's default), string,
	// json or json_schema; simple when empty.
	Header string `yaml:"header"`
	// DecimalFormat is base64 or numeric: how a decimal stands in JSON. base64
	// when empty. KeyDecimalFormat is as DecimalFormat when empty.
	DecimalFormat    string `yaml:"decimal_format"`
	KeyDecimalFormat string `yaml:"key_decimal_format"`
	// ReplaceNullWithDefault: NULL in a column with a default is written as the
	// default. True when nil. For keys as for values when nil.
	ReplaceNullWithDefault    *bool `yaml:"replace_null_with_default"`
	KeyReplaceNullWithDefault *bool `yaml:"key_replace_null_with_default"`
	// Registry is where schemas are registered; avro needs it.
	Registry registry.Config `yaml:"registry"`
}

// Avro reports whether keys or values are in Avro, which needs a registry.
func (f Format) Avro() bool {
	f = f.Complete()
	return f.Key == FormatAvro || f.Value == FormatAvro
}

// The formats.
const (
	FormatJSON       = "json"
	FormatJSONSchema = "json_schema"
	FormatAvro       = "avro"
	FormatString     = "string"
	FormatBytes      = "bytes"

	headerSimple  = "simple"
	headerString  = "string"
	decimalBase64 = "base64"
)

// Complete returns f with every empty field filled in.
func (f Format) Complete() Format {
	f.Value = or(f.Value, FormatJSON)
	if f.Key == "" && f.Value == FormatBytes {
		f.Key = FormatJSON
	}
	f.Key = or(f.Key, f.Value)
	f.Header = or(f.Header, headerSimple)
	f.DecimalFormat = or(f.DecimalFormat, decimalBase64)
	f.KeyDecimalFormat = or(f.KeyDecimalFormat, f.DecimalFormat)
	if f.ReplaceNullWithDefault == nil {
		f.ReplaceNullWithDefault = new(true)
	}
	if f.KeyReplaceNullWithDefault == nil {
		f.KeyReplaceNullWithDefault = f.ReplaceNullWithDefault
	}
	f.Registry = f.Registry.Complete()
	return f
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// Validate checks the format. The error joins one "key: reason" for each fault.
func (f Format) Validate() error {
	var bad []error
	choice := func(key, got string, allowed ...string) {
		if !slices.Contains(allowed, got) {
			bad = append(bad, fmt.Errorf("%s: %q isn't known; must be %s", key, got, strings.Join(allowed, ", ")))
		}
	}
	written := f
	f = f.Complete()
	choice("value", f.Value, FormatJSON, FormatJSONSchema, FormatAvro, FormatString, FormatBytes)
	if written.Key != "" { // else it is as the value
		choice("key", f.Key, FormatJSON, FormatJSONSchema, FormatAvro, FormatString)
	}
	choice("header", f.Header, headerSimple, headerString, FormatJSON, FormatJSONSchema)
	choice("decimal_format", f.DecimalFormat, decimalBase64, modeNumeric)
	if written.KeyDecimalFormat != "" {
		choice("key_decimal_format", f.KeyDecimalFormat, decimalBase64, modeNumeric)
	}
	if f.Avro() {
		if err := f.Registry.Validate(); err != nil {
			bad = append(bad, fmt.Errorf("registry.%w", err))
		}
	}
	return errors.Join(bad...)
}
