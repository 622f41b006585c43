package encode

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// goldenCase is what the configuration of a recording says to the encoder.
type goldenCase struct {
	config  map[string]string
	options Options
	format  Format
	schemas bool
}

// goldenFolders are the cases, in order.
func goldenFolders(t *testing.T) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(goldenRoot, "*", "*", "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		name, err := filepath.Rel(goldenRoot, filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	slices.Sort(names)
	return names
}

func openCase(t *testing.T, name string) *goldenCase {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goldenRoot, name, "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Config map[string]string }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	source, _, _ := strings.Cut(name, "/")
	if source == "postgres" {
		source = connectorPostgres
	}
	c := &goldenCase{config: file.Config, options: DefaultOptions(source), schemas: file.Config["value.converter.schemas.enable"] == "true"}
	c.translate()
	return c
}

// translate takes the properties over that the encoder knows.
func (c *goldenCase) translate() {
	o := &c.options
	for property, to := range map[string]*string{
		"decimal.handling.mode": &o.DecimalHandling, "time.precision.mode": &o.TimePrecision,
		"bigint.unsigned.handling.mode": &o.BigintUnsigned, "binary.handling.mode": &o.BinaryHandling,
		"hstore.handling.mode": &o.HstoreHandling, "interval.handling.mode": &o.IntervalHandling,
		"schema.name.adjustment.mode": &o.SchemaNameAdjustment, "field.name.adjustment.mode": &o.FieldNameAdjustment,
		"unavailable.value.placeholder": &o.UnavailablePlaceholder,
	} {
		if value, ok := c.config[property]; ok {
			*to = value
		}
	}
	o.SchemaComments = c.config["include.schema.comments"] == "true"
	o.TombstonesOnDelete = c.config["tombstones.on.delete"] != "false"
	for property, to := range map[string]*[]string{
		"column.propagate.source.type": &o.PropagateSourceType, "datatype.propagate.source.type": &o.PropagateDatatype,
	} {
		if list, ok := c.config[property]; ok {
			for expr := range strings.SplitSeq(list, ",") {
				*to = append(*to, "/"+expr+"/")
			}
		}
	}
	if c.config["value.converter.decimal.format"] == "NUMERIC" {
		c.format.DecimalFormat, c.format.KeyDecimalFormat = modeNumeric, decimalBase64
	}
	if c.config["key.converter.decimal.format"] == "NUMERIC" {
		c.format.KeyDecimalFormat = modeNumeric
	}
	if c.config["value.converter.replace.null.with.default"] == "false" {
		c.format.ReplaceNullWithDefault, c.format.KeyReplaceNullWithDefault = new(false), new(true)
	}
	switch header := c.config["header.converter"]; {
	case strings.HasSuffix(header, "JsonConverter"):
		c.format.Header = FormatJSON
	case strings.HasSuffix(header, "StringConverter"):
		c.format.Header = headerString
	}
	if digits, err := strconv.Atoi(c.config["money.fraction.digits"]); err == nil {
		o.MoneyFractionDigits = digits
	}
}

func (c *goldenCase) formatWith(schemas bool) Format {
	f := c.format
	f.Value = FormatJSON
	if schemas {
		f.Value = FormatJSONSchema
	}
	if c.config["key.converter.schemas.enable"] == "false" {
		f.Key = FormatJSON
	}
	return f
}

// notOurs says why a recording can't be replayed here: it isn't made by an
// encoder alone, or the values can't be read back. Empty for one that can.
func (c *goldenCase) notOurs() string {
	for property := range c.config {
		switch {
		case property == "transforms", property == "signal.data.collection",
			property == "column.include.list", property == "field.name.adjustment.mode", strings.HasPrefix(property, "column.mask"):
			return property
		case property == "skipped.operations" && c.config["plugin.name"] != "": // half a change of the key may be missing
			return property
		case property == "key.converter.schemas.enable" && !c.schemas && c.config[property] == "true": // only keys say what they are
			return property
		case strings.Contains(property, "apicurio"), strings.HasPrefix(property, "value.converter.json"):
			return property
		}
	}
	return ""
}
