package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdc/event"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// records prints what leaves, as an encoder would write it: operation, topic, key,
// value and headers.
func records(t testing.TB, p *Program, b *event.Batch) []string {
	t.Helper()
	b.Outs = b.Outs[:0]
	if err := p.Run(b); err != nil {
		t.Fatalf("Run: %v", err)
	}
	list := []string{}
	for i := range b.Outs {
		o := &b.Outs[i]
		switch op := b.Rows[o.Row].Op; {
		case op == event.OpDelete:
			list = append(list, goneRecords(b, o)...)
		case op == event.OpUpdate && o.KeyChanged && len(o.View.Key) > 0:
			if !o.NoDelete {
				list = append(list, goneRecords(b, o)...)
			}
			if !o.NoCreate {
				list = append(list, record(b, o, 'c', o.After, false))
			}
		default:
			list = append(list, record(b, o, byte(op), o.After, false))
		}
	}
	return list
}

// goneRecords prints the records of a row that goes.
func goneRecords(b *event.Batch, o *event.Out) []string {
	value, tomb := record(b, o, 'd', o.Before, false), record(b, o, 'd', o.Before, true)
	form := o.Target.Delete
	if form == event.DeleteDefault && o.Target.Shape == event.ShapeEnvelope {
		form = event.DeleteBoth
	}
	switch form {
	case event.DeleteValue:
		return []string{value}
	case event.DeleteBoth:
		return []string{value, tomb}
	case event.DeleteNull:
		return []string{strings.Replace(tomb, "tombstone", "null", 1)}
	default:
		return []string{tomb}
	}
}

func record(b *event.Batch, o *event.Out, op byte, image int32, tombstone bool) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%c %s", op, o.Target.Topic)
	if len(o.View.Key) > 0 && image >= 0 {
		if o.Target.Key == event.KeyValue {
			fmt.Fprintf(&s, " key %s", show(b, b.Values[int(image)+o.View.Key[0].Ord]))
		} else {
			fmt.Fprintf(&s, " key %s", fieldsOf(b, o.View.Key, image))
		}
	}
	switch {
	case tombstone || o.NullValue:
		s.WriteString(" tombstone")
	case o.Target.Shape == event.ShapeValue:
		fmt.Fprintf(&s, " %s", show(b, b.Values[int(image)+o.View.Columns[0].Ord]))
	case o.Target.Shape == event.ShapeEnvelope && op == 'u':
		fmt.Fprintf(&s, " %s -> %s", fieldsOf(b, o.View.Columns, o.Before), fieldsOf(b, o.View.Columns, o.After))
	default:
		fmt.Fprintf(&s, " %s", fieldsOf(b, left(b, o, image), image))
	}
	if len(o.View.Headers) > 0 && image >= 0 {
		fmt.Fprintf(&s, " headers %s", fieldsOf(b, o.View.Headers, image))
	}
	if len(o.View.PartitionBy) > 0 && image >= 0 {
		fmt.Fprintf(&s, " by %s", fieldsOf(b, o.View.PartitionBy, image))
	}
	if o.Partition != 0 {
		fmt.Fprintf(&s, " partition %d", o.Partition-1)
	}
	if o.Millis != 0 {
		fmt.Fprintf(&s, " at %d", o.Millis)
	}
	return s.String()
}

// left are the columns of a value that aren't left out.
func left(b *event.Batch, o *event.Out, image int32) []event.Column {
	return slices.DeleteFunc(slices.Clone(o.View.Columns), func(c event.Column) bool {
		if image < 0 || len(c.Fields) > 0 {
			return false
		}
		k := b.Values[int(image)+c.Ord].Kind()
		return k == event.KindNull && o.Target.OmitNulls || k == event.KindSkipped && o.Target.OmitSkipped
	})
}

func fieldsOf(b *event.Batch, columns []event.Column, image int32) string {
	if image < 0 {
		return "none"
	}
	var list []string
	for _, c := range columns {
		if len(c.Fields) > 0 {
			list = append(list, c.Name+":"+fieldsOf(b, c.Fields, image))
			continue
		}
		list = append(list, c.Name+":"+show(b, b.Values[int(image)+c.Ord]))
	}
	return "{" + strings.Join(list, " ") + "}"
}

// show prints a value.
func show(b *event.Batch, v event.Value) string {
	switch v.Kind() {
	case event.KindSkipped:
		return "SKIPPED"
	case event.KindUnavailable:
		return "unavailable"
	case event.KindNull:
		return "null"
	case event.KindList:
		l := event.List(v.Bytes(b.Arena))
		var items []string
		for i := range l.Len() {
			items = append(items, string(l.At(i).Bytes(l)))
		}
		return "[" + strings.Join(items, " ") + "]"
	case event.KindBytes:
		return fmt.Sprintf("%x", v.Bytes(b.Arena))
	default:
		text, err := values.AppendText(nil, b.Arena, v, plainType)
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
}

// with makes a program of rules with options.
func with(t testing.TB, o Options, text string) *Program {
	t.Helper()
	p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, o)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return p
}

func parseErr(text string) (*Program, error) {
	return Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{})
}
