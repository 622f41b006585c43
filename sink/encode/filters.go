package encode

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// filters are the compiled lists of columns that are masked, hashed, cut or
// whose source type is propagated.
type filters struct {
	masks, cuts []lengthRule
	hashes      []hashRule
	types       *event.Columns // columns
	datatypes   *event.Columns // types
	comments    bool
}

type lengthRule struct {
	columns *event.Columns
	length  int
}

type hashRule struct {
	columns *event.Columns
	hash    *hashing
}

// compileFilters compiles the lists of the options. The error joins one "key:
// reason" for each fault.
func compileFilters(o *Options) (*filters, error) {
	f := &filters{comments: o.SchemaComments}
	var bad []error
	parse := func(key string, patterns []string) *event.Columns {
		c, err := event.ParseColumns(patterns)
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", key, err))
		}
		return c
	}
	lengths := func(key string, lists map[int][]string) (rules []lengthRule) {
		for _, n := range slices.Sorted(maps.Keys(lists)) {
			if n < 0 || n > maxMask {
				bad = append(bad, fmt.Errorf("%s: %d characters are out of range; must be 0 to %d", key, n, maxMask))
				continue
			}
			if len(lists[n]) == 0 {
				bad = append(bad, fmt.Errorf("%s.%d: must name at least one column", key, n))
				continue
			}
			rules = append(rules, lengthRule{parse(key+"."+strconv.Itoa(n), lists[n]), n})
		}
		return rules
	}
	f.masks = lengths("column_mask_with_chars", o.MaskWithChars)
	f.cuts = lengths("column_truncate_to_chars", o.TruncateToChars)
	for i := range o.MaskHash {
		key := fmt.Sprintf("column_mask_hash[%d]", i)
		h, err := newHashing(&o.MaskHash[i])
		if err != nil {
			bad = append(bad, fmt.Errorf("%s.%w", key, err))
			continue
		}
		f.hashes = append(f.hashes, hashRule{parse(key+".columns", o.MaskHash[i].Columns), h})
	}
	f.types = parse("column_propagate_source_type", o.PropagateSourceType)
	f.datatypes = parse("datatype_propagate_source_type", o.PropagateDatatype)
	return f, errors.Join(bad...)
}

// maxMask bounds the characters of a mask and of a truncation.
const maxMask = 1 << 20

// apply finds what holds for a column of a value: how its text is changed (nil
// for not), and the parameters that its schema gets. One thing holds at most.
func (f *filters) apply(s *event.Schema, c *event.Column, fm *form, postgres bool) (*filter, []connect.Param) {
	text := character(&c.Type, postgres)
	masked := []connect.Param{{Key: "masked", Value: "true"}}
	for _, r := range f.masks {
		if r.columns.Match(s, c.Source()) {
			if !text {
				return nil, masked
			}
			return &filter{constant: bytes.Repeat([]byte{'*'}, r.length), cut: -1}, masked
		}
	}
	for _, r := range f.hashes {
		if r.columns.Match(s, c.Source()) {
			if !text {
				return nil, masked
			}
			cut := columnLength(&c.Type)
			if cut <= 0 {
				cut = -1
			}
			return &filter{hash: r.hash, cut: cut}, masked
		}
	}
	for _, r := range f.cuts {
		if r.columns.Match(s, c.Source()) {
			return truncation(r.length, &c.Type, fm)
		}
	}
	if f.types.Match(s, c.Source()) || f.propagates(s, c.Type.Declared.Name) {
		return nil, f.sourceType(c)
	}
	return nil, nil
}

// truncation: a column that is declared to be shorter isn't concerned; one that
// is neither text nor bytes is only said to be.
func truncation(n int, t *event.Type, fm *form) (*filter, []connect.Param) {
	if length := columnLength(t); length >= 0 && length <= n {
		return nil, nil
	}
	params := []connect.Param{{Key: "truncateLength", Value: strconv.Itoa(n)}}
	plainBytes := fm.way == asBytes && t.Kind == event.KindBytes
	if fm.schema.Type != connect.String && !plainBytes {
		return nil, params
	}
	return &filter{cut: n}, params
}

func (f *filters) propagates(s *event.Schema, datatype string) bool {
	return datatype != "" && (f.datatypes.Match(s, datatype) || f.datatypes.Match(s, strings.ToLower(datatype)))
}

// sourceType are the parameters that tell the type in the source.
func (f *filters) sourceType(c *event.Column) []connect.Param {
	const prefix = "__debezium.source.column."
	d := &c.Type.Declared
	if d.Name == "" { // a rule made the column
		return nil
	}
	list := []connect.Param{{Key: prefix + "type", Value: strings.ToUpper(d.Name)}}
	if d.Length != event.NoLength {
		list = append(list, connect.Param{Key: prefix + "length", Value: strconv.Itoa(int(d.Length))})
	}
	if d.Scale != event.NoLength {
		list = append(list, connect.Param{Key: prefix + "scale", Value: strconv.Itoa(int(d.Scale))})
	}
	if f.comments && c.Type.Comment != "" {
		list = append(list, connect.Param{Key: prefix + "comment", Value: c.Type.Comment})
	}
	return append(list, connect.Param{Key: prefix + "name", Value: c.Source()})
}
