package encode

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdc/security"
)

// Options say how values are rendered: Debezium's connector options of the same
// names, with underscores where those have dots. The zero value isn't usable;
// start with [DefaultOptions].
type Options struct {
	// SourceVersion is printed in the source block.
	SourceVersion string `yaml:"source_version"`
	// DecimalHandling is precise, string or double.
	DecimalHandling string `yaml:"decimal_handling_mode"`
	// TimePrecision is adaptive (PostgreSQL), adaptive_time_microseconds,
	// connect, isostring, microseconds or nanoseconds; the connector's default
	// when empty.
	TimePrecision string `yaml:"time_precision_mode"`
	// BigintUnsigned is long or precise (MySQL, MariaDB).
	BigintUnsigned string `yaml:"bigint_unsigned_handling_mode"`
	// BinaryHandling is bytes, base64, base64-url-safe or hex.
	BinaryHandling string `yaml:"binary_handling_mode"`
	// HstoreHandling is json or map (PostgreSQL).
	HstoreHandling string `yaml:"hstore_handling_mode"`
	// IntervalHandling is numeric or string (PostgreSQL).
	IntervalHandling string `yaml:"interval_handling_mode"`
	// MoneyFractionDigits is the scale of money (PostgreSQL).
	MoneyFractionDigits int `yaml:"money_fraction_digits"`
	// UnavailablePlaceholder stands for a value that the log doesn't hold. After
	// "hex:" it is the bytes in hexadecimal.
	UnavailablePlaceholder string `yaml:"unavailable_value_placeholder"`
	// SchemaNameAdjustment and FieldNameAdjustment are none, avro or
	// avro_unicode; when empty, avro where keys or values are in Avro, and else
	// none.
	SchemaNameAdjustment string `yaml:"schema_name_adjustment_mode"`
	FieldNameAdjustment  string `yaml:"field_name_adjustment_mode"`
	// TombstonesOnDelete: a delete is followed by a record without a value.
	TombstonesOnDelete bool `yaml:"tombstones_on_delete"`
	// MaskWithChars, MaskHash and TruncateToChars change the text of columns in
	// values, never in keys. Of several that match a column the first holds: a
	// mask, then a hash, then a truncation (by the smallest number), then the
	// propagation of its type.
	MaskWithChars   map[int][]string `yaml:"column_mask_with_chars"`
	MaskHash        []HashMask       `yaml:"column_mask_hash"`
	TruncateToChars map[int][]string `yaml:"column_truncate_to_chars"`
	// PropagateSourceType names columns, PropagateDatatype types
	// ("database.table.TYPE"), whose type in the source becomes parameters of
	// their schema.
	PropagateSourceType []string `yaml:"column_propagate_source_type"`
	PropagateDatatype   []string `yaml:"datatype_propagate_source_type"`
	// SchemaComments: the comment of a column is the documentation of its schema.
	SchemaComments bool `yaml:"include_schema_comments"`
}

// HashMask replaces the text of columns by a salted hash.
type HashMask struct {
	// Algorithm is MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512,
	// SHA-512/224, SHA-512/256 or SHA3-224 to SHA3-512.
	Algorithm string `yaml:"algorithm"`
	// Salt is secret: who knows it can try texts until the hash is met.
	Salt security.Secret `yaml:"salt"`
	// Version is v1, which hashes what Java serialises, or v2, which hashes the
	// text. v2 when empty.
	Version string   `yaml:"version"`
	Columns []string `yaml:"columns"`
}

// The modes.
const (
	modePrecise, modeString, modeDouble           = "precise", "string", "double"
	modeLong                                      = "long"
	modeBytes, modeBase64, modeBase64URL, modeHex = "bytes", "base64", "base64-url-safe", "hex"
	modeJSON, modeMap                             = "json", "map"
	modeNumeric                                   = "numeric"
	modeNone, modeAvro, modeAvroUnicode           = "none", "avro", "avro_unicode"
	modeAdaptive                                  = "adaptive"
	modeAdaptiveMicros                            = "adaptive_time_microseconds"
	modeConnect, modeISO                          = "connect", "isostring"
	modeMicros, modeNanos                         = "microseconds", "nanoseconds"
)

const (
	defaultVersion     = "3.6.1.Final"
	defaultPlaceholder = "__debezium_unavailable_value"
	connectorPostgres  = "postgresql"
	connectorMySQL     = "mysql"
	connectorMariaDB   = "mariadb"
)

// DefaultOptions are Debezium's for a connector: "mysql", "mariadb" or
// "postgresql".
func DefaultOptions(connector string) Options {
	o := Options{
		SourceVersion: defaultVersion, DecimalHandling: modePrecise, BigintUnsigned: modeLong, BinaryHandling: modeBytes,
		HstoreHandling: modeJSON, IntervalHandling: modeNumeric, MoneyFractionDigits: 2, UnavailablePlaceholder: defaultPlaceholder,
		TombstonesOnDelete: true,
	}
	o.TimePrecision = defaultTimePrecision(connector)
	return o
}

func defaultTimePrecision(connector string) string {
	if connector == connectorPostgres {
		return modeAdaptive
	}
	return modeAdaptiveMicros
}

// maxMoneyDigits is the largest scale that money may have: 18 digits.
const maxMoneyDigits = 18

// Validate checks the options for a connector. The error joins one "key: reason"
// for each fault.
func (o *Options) Validate(connector string) error {
	var bad []error
	choice := func(key, got string, allowed ...string) {
		if !slices.Contains(allowed, got) {
			named := slices.DeleteFunc(allowed, func(s string) bool { return s == "" })
			bad = append(bad, fmt.Errorf("%s: %q isn't known; must be %s", key, got, strings.Join(named, ", ")))
		}
	}
	if o.SourceVersion == "" {
		bad = append(bad, errors.New("source_version: must not be empty"))
	}
	choice("decimal_handling_mode", o.DecimalHandling, modePrecise, modeString, modeDouble)
	if err := validTimePrecision(connector, o.TimePrecision); err != nil {
		bad = append(bad, err)
	}
	choice("bigint_unsigned_handling_mode", o.BigintUnsigned, modeLong, modePrecise)
	choice("binary_handling_mode", o.BinaryHandling, modeBytes, modeBase64, modeBase64URL, modeHex)
	choice("hstore_handling_mode", o.HstoreHandling, modeJSON, modeMap)
	choice("interval_handling_mode", o.IntervalHandling, modeNumeric, modeString)
	choice("schema_name_adjustment_mode", o.SchemaNameAdjustment, "", modeNone, modeAvro, modeAvroUnicode)
	choice("field_name_adjustment_mode", o.FieldNameAdjustment, "", modeNone, modeAvro, modeAvroUnicode)
	if d := o.MoneyFractionDigits; d < 0 || d > maxMoneyDigits {
		bad = append(bad, fmt.Errorf("money_fraction_digits: %d is out of range; must be 0 to %d", d, maxMoneyDigits))
	}
	if err := o.foreign(connector); err != nil {
		bad = append(bad, err)
	}
	if _, err := placeholderBytes(o.UnavailablePlaceholder); err != nil {
		bad = append(bad, err)
	}
	if _, err := compileFilters(o); err != nil {
		bad = append(bad, err)
	}
	return errors.Join(bad...)
}

// foreign refuses what another source has alone, and what would do nothing.
func (o *Options) foreign(connector string) error {
	d := DefaultOptions(connector)
	const postgresAlone, mysqlAlone = "PostgreSQL alone has", "MySQL and MariaDB alone have"
	var bad []error
	refuse := func(changed bool, key, what, who string) {
		if changed {
			bad = append(bad, fmt.Errorf("%s: %s %s; leave the option out", key, who, what))
		}
	}
	if connector == connectorPostgres {
		refuse(o.BigintUnsigned == modePrecise, "bigint_unsigned_handling_mode", "columns of type bigint unsigned", mysqlAlone)
		return errors.Join(bad...)
	}
	refuse(o.HstoreHandling == modeMap, "hstore_handling_mode", "columns of type hstore", postgresAlone)
	refuse(o.IntervalHandling == modeString, "interval_handling_mode", "columns of type interval", postgresAlone)
	refuse(o.MoneyFractionDigits != d.MoneyFractionDigits, "money_fraction_digits", "columns of type money", postgresAlone)
	return errors.Join(bad...)
}

func validTimePrecision(connector, mode string) error {
	const key = "time_precision_mode"
	switch mode {
	case "", modeAdaptiveMicros, modeConnect, modeISO, modeMicros, modeNanos:
		return nil
	case modeAdaptive:
		if connector == connectorPostgres {
			return nil
		}
		return fmt.Errorf("%s: adaptive would cut a TIME to milliseconds and isn't to be had for MySQL and MariaDB; use adaptive_time_microseconds, the default", key)
	default:
		return fmt.Errorf("%s: %q isn't known; must be adaptive (PostgreSQL), adaptive_time_microseconds, connect, isostring, microseconds, nanoseconds", key, mode)
	}
}
