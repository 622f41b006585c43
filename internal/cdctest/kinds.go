package cdctest

import "cdc/event"

// KindsTable has a column of every kind that conditions can read.
func KindsTable(postgres bool) *event.Schema {
	table := Table
	if postgres {
		table = PostgresTable
	}
	return table("shop.orders",
		Key("id", event.KindInt), Col("status", event.KindString), Col("note", event.KindString),
		Col("u", event.KindUint), Col("f", event.KindFloat32), Col("g", event.KindFloat64),
		Col("total", event.KindDecimal), Col("flag", event.KindBool), Col("raw", event.KindBytes),
		Col("at", event.KindInstant), Col("day", event.KindDate), Col("doc", event.KindJSON))
}

// Sparse is a batch with a row of every operation in which the columns that
// nobody wants aren't decoded.
func Sparse(s *event.Schema, want []bool) *event.Batch {
	all := func() Row {
		r := make(Row, s.Width)
		for i, c := range s.Columns {
			r[i] = event.Value{}
			if i < len(want) && want[i] {
				r[i] = sample(c.Type.Kind)
			}
		}
		return r
	}
	return NewBatch().Insert(s, all()...).Read(s, all()...).Update(s, all(), all()).Delete(s, all()...).Truncate(s).Batch()
}

func sample(k event.Kind) any {
	switch k {
	case event.KindString, event.KindJSON, event.KindBytes:
		return "shipping"
	case event.KindFloat32, event.KindFloat64:
		return 1.5
	default:
		return 1
	}
}

// AllValues wants every value of the image.
func AllValues(s *event.Schema) []bool {
	want := make([]bool, s.Width)
	for i := range want {
		want[i] = true
	}
	return want
}
