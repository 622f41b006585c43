package main

import (
	"bytes"
	"fmt"
	"strings"

	"cdc/transform"
)

// The explanation as cdc explain --json prints it.
type (
	explanation struct {
		Table   string     `json:"table"`
		Hash    string     `json:"rules_hash"`
		Topic   string     `json:"default_topic"`
		Decoded []string   `json:"decoded"`
		Skipped []string   `json:"skipped"`
		Rules   []ruleNote `json:"rules"`
		Rest    string     `json:"rows_that_no_rule_takes"`
	}
	ruleNote struct {
		Name       string   `json:"name"`
		At         string   `json:"at"`
		Emit       string   `json:"emit"`
		When       string   `json:"when,omitempty"`
		OnError    string   `json:"on_error"`
		Continue   bool     `json:"continue,omitempty"`
		Operations []opNote `json:"operations"`
	}
	opNote struct {
		Op        string       `json:"operation"`
		Taken     bool         `json:"taken"`
		Why       string       `json:"why,omitempty"`
		Condition string       `json:"condition,omitempty"`
		Reads     []string     `json:"reads,omitempty"`
		Records   []recordNote `json:"records,omitempty"`
	}
	recordNote struct {
		Of          string      `json:"of"`
		Topic       string      `json:"topic"`
		Schema      string      `json:"schema"`
		Shape       string      `json:"shape"`
		Key         []fieldNote `json:"key"`
		Fields      []fieldNote `json:"fields"`
		Headers     []fieldNote `json:"headers,omitempty"`
		PartitionBy []fieldNote `json:"partition_by,omitempty"`
		Partition   string      `json:"partition,omitempty"`
		Steps       []string    `json:"steps"`
	}
	fieldNote struct {
		Name   string      `json:"name"`
		Type   string      `json:"type,omitempty"`
		From   string      `json:"from,omitempty"`
		Fields []fieldNote `json:"fields,omitempty"`
	}
)

func explained(e *transform.Explanation) *explanation {
	x := &explanation{Table: e.Table, Hash: e.Hash, Topic: e.Topic, Decoded: notNull(e.Decoded), Skipped: notNull(e.Skipped), Rules: []ruleNote{}, Rest: e.Rest}
	for i := range e.Rules {
		r := &e.Rules[i]
		n := ruleNote{Name: r.Name, At: r.At.String(), Emit: r.Emit, When: strings.TrimSpace(r.When), OnError: r.OnErr, Continue: r.Continue}
		for j := range r.Ops {
			o := &r.Ops[j]
			op := opNote{Op: o.Op, Taken: o.Taken, Why: o.Why, Condition: o.Condition, Reads: o.Reads}
			for k := range o.Records {
				op.Records = append(op.Records, noteOf(&o.Records[k]))
			}
			n.Operations = append(n.Operations, op)
		}
		x.Rules = append(x.Rules, n)
	}
	return x
}

// notNull is never null.
func notNull(names []string) []string { return append([]string{}, names...) }

func noteOf(r *transform.RecordExplanation) recordNote {
	return recordNote{
		Of: r.Of, Topic: r.Topic, Schema: r.Schema, Shape: r.Shape, Key: fieldNotes(r.Key), Fields: fieldNotes(r.Fields), Headers: fieldNotes(r.Headers),
		PartitionBy: fieldNotes(r.PartitionBy), Partition: r.Partition, Steps: notNull(r.Steps),
	}
}

func fieldNotes(fields []transform.FieldExplanation) []fieldNote {
	notes := []fieldNote{}
	for i := range fields {
		f := &fields[i]
		n := fieldNote{Name: f.Name, Type: f.Type, From: f.From}
		if len(f.Fields) > 0 {
			n.Fields = fieldNotes(f.Fields)
		}
		notes = append(notes, n)
	}
	return notes
}

// text prints the explanation for people.
func (x *explanation) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "table %s, rules %s\n", x.Table, x.Hash)
	fmt.Fprintf(&b, "  decoded: %s\n  skipped: %s\n", names(x.Decoded), names(x.Skipped))
	if len(x.Rules) == 0 {
		b.WriteString("  no rule names the table\n")
	}
	for i := range x.Rules {
		x.Rules[i].write(&b)
	}
	fmt.Fprintf(&b, "\nrows that no rule takes %s\n", x.Rest)
	return b.Bytes()
}

func names(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func (r *ruleNote) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "\nrule %s (%s): emit %s, on_error %s", r.Name, r.At, r.Emit, r.OnError)
	if r.Continue {
		b.WriteString(", later rules see the row too")
	}
	b.WriteByte('\n')
	if r.When != "" {
		fmt.Fprintf(b, "  when: %s\n", strings.Join(strings.Fields(r.When), " "))
	}
	for i := 0; i < len(r.Operations); {
		o := &r.Operations[i]
		words, body := []string{o.Op}, o.body()
		for i++; i < len(r.Operations) && r.Operations[i].body() == body; i++ {
			words = append(words, r.Operations[i].Op)
		}
		fmt.Fprintf(b, "  %s: %s", strings.Join(words, ", "), body)
	}
}

// body is what is said of an operation, which may be the same of several.
func (o *opNote) body() string {
	if !o.Taken {
		return "not taken: " + o.Why + "\n"
	}
	var b strings.Builder
	switch {
	case o.Condition == "constant":
		b.WriteString("always taken\n")
	case len(o.Reads) == 0:
		fmt.Fprintf(&b, "condition by %s\n", o.Condition)
	default:
		fmt.Fprintf(&b, "condition by %s, reads %s\n", o.Condition, strings.Join(o.Reads, ", "))
	}
	if len(o.Records) == 0 {
		b.WriteString("    nothing leaves\n")
	}
	told := map[string]bool{}
	for i := range o.Records {
		body := o.Records[i].body()
		if told[body] {
			continue
		}
		told[body] = true
		of := []string{o.Records[i].Of}
		for j := range o.Records[i+1:] {
			if other := &o.Records[i+1+j]; other.body() == body {
				of = append(of, other.Of)
			}
		}
		fmt.Fprintf(&b, "    %s -> %s", strings.Join(of, ", "), body)
	}
	return b.String()
}

// body is what is said of a record, which may be the same of several.
func (r *recordNote) body() string {
	b := new(strings.Builder)
	fmt.Fprintf(b, "%s: %s\n", r.Topic, r.Shape)
	if r.Schema != r.Topic {
		fmt.Fprintf(b, "      schemas:   %s.Key, %s.Value\n", r.Schema, r.Schema)
	}
	for _, part := range []struct {
		name   string
		fields []fieldNote
	}{{"key", r.Key}, {"fields", r.Fields}, {"headers", r.Headers}, {"partition", r.PartitionBy}} {
		if len(part.fields) > 0 || part.name == "key" {
			fmt.Fprintf(b, "      %-10s %s\n", part.name+":", fieldList(part.fields))
		}
	}
	if r.Partition != "" {
		fmt.Fprintf(b, "      %-10s %s\n", "partition:", r.Partition)
	}
	for i, step := range r.Steps {
		fmt.Fprintf(b, "      %-10s %s\n", map[bool]string{true: "steps:"}[i == 0], step)
	}
	return b.String()
}

func fieldList(fields []fieldNote) string {
	if len(fields) == 0 {
		return "none"
	}
	texts := make([]string, len(fields))
	for i := range fields {
		f := &fields[i]
		switch texts[i] = f.Name; {
		case len(f.Fields) > 0:
			texts[i] += " {" + fieldList(f.Fields) + "}"
		case f.From != "" && f.From != f.Name:
			texts[i] += " (column " + f.From + ", " + f.Type + ")"
		default:
			texts[i] += " (" + f.Type + ")"
		}
	}
	return strings.Join(texts, ", ")
}
