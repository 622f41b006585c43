package transform

import (
	"math"
	"strings"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

func partitionPlace(r *rule) rulefile.Place {
	if r.Partition != nil {
		return r.Partition.At
	}
	return topicPlace(r)
}

func timestampPlace(r *rule) rulefile.Place {
	if r.Timestamp != nil {
		return r.Timestamp.At
	}
	return topicPlace(r)
}

func keyPlace(r *rule) rulefile.Place {
	if r.Key != nil {
		return r.Key.At
	}
	return topicPlace(r)
}

var (
	errPartitionNull  = values.NewFault("the column that holds the number of the partition is NULL", "")
	errPartitionRange = values.NewFault("the number of the partition is negative or too large", "")
)

// partitionOf takes the number of the partition from a column.
func partitionOf(ord int, null bool) func(*exec, int32) (int32, error) {
	return func(x *exec, image int32) (int32, error) {
		v := x.b.Values[int(image)+ord]
		switch {
		case v.Kind() == event.KindNull && null:
			return 0, nil
		case v.Kind() == event.KindUnavailable:
			return 0, errPartitionMissing
		case v.Kind() <= event.KindNull:
			return 0, errPartitionNull
		case v.Int() < 0 || v.Int() >= math.MaxInt32:
			return 0, errPartitionRange
		}
		return int32(v.Int()) + 1, nil
	}
}

// numberColumn returns the column that holds the number of a partition.
func (l *layout) numberColumn(n rulefile.Name) *event.Column {
	c := l.findValue(n)
	if c != nil && c.Type.Kind != event.KindInt && c.Type.Kind != event.KindUint {
		l.Add(n.At, "", "column %q of table %s isn't a whole number, so it can't be the number of a partition", rulefile.Printable(n.Text), l.schema.Name())
		return nil
	}
	return c
}

// hashed is a field whose hash counts for the partition.
type hashed struct {
	ord  int // of the image; -1: read
	read expr.Value
	// fallback is what counts where there is NULL; nil for nothing.
	fallback *event.Default
	hash     func(x *exec, arena []byte, v event.Value) int32
	text     bool // murmur is over the text itself
}

// routing is Debezium's PartitionRouting. It returns what computes the partition for
// a half of that role, and the values of the table that it reads.
func (l *layout) routing(p *rulefile.Partition, role event.Op) (of func(*exec, int32) (int32, error), reads []int) {
	var list []hashed
	for _, f := range p.Fields {
		h, ok := l.hashed(f, role)
		if !ok {
			continue
		}
		if h.ord >= 0 {
			reads = append(reads, h.ord)
		}
		list = append(list, h)
	}
	murmur, n := p.Hash == "murmur", uint32(max(p.Partitions, 1))
	return func(x *exec, image int32) (int32, error) {
		sum, some := uint32(0), false
		for i := range list {
			if ord := list[i].ord; ord >= 0 && x.b.Values[int(image)+ord].Kind() == event.KindUnavailable {
				return 0, errPartitionMissing
			}
			if h, ok := list[i].of(x, image, murmur); ok {
				sum, some = sum+uint32(h), true
			}
		}
		if !some {
			return 0, nil
		}
		if sum &= math.MaxInt32; sum == math.MaxInt32 {
			sum = 0
		}
		return int32(sum%n) + 1, nil
	}, reads
}

// of is the hash of the field of a row; false where there is none.
func (h *hashed) of(x *exec, image int32, murmur bool) (int32, bool) {
	var v event.Value
	arena := x.b.Arena
	if h.ord >= 0 {
		v = x.b.Values[int(image)+h.ord]
	} else {
		var err error
		if v, err = h.read(x.b, &x.row); err != nil {
			return 0, false
		}
		arena = x.b.Arena
	}
	if v.Kind() == event.KindNull && h.fallback != nil {
		v, arena = h.fallback.Value, h.fallback.Text
	}
	switch {
	case v.Kind() <= event.KindNull:
		return 0, false
	case murmur && h.text:
		return values.Murmur3(v.Bytes(arena)), true
	case murmur:
		return values.Murmur3Int(h.hash(x, arena, v)), true
	default:
		return h.hash(x, arena, v), true
	}
}

// hashed compiles a field: change.x, after.x, before.x, source.x or op. A column that
// isn't there for the table or the operation doesn't count, as in PartitionRouting;
// TableWarnings tells of one that a table lacks.
func (l *layout) hashed(f rulefile.Name, role event.Op) (hashed, bool) {
	where, name, nested := strings.Cut(f.Text, ".")
	gone := role == event.OpDelete
	switch where {
	case "change":
	case "after":
		if gone {
			return hashed{}, false
		}
	case "before":
		if !gone {
			return hashed{}, false
		}
	default:
		return l.hashedMetadata(f)
	}
	if !nested || l.schema.Column(name) == nil {
		return hashed{}, false
	}
	c := l.find(rulefile.Name{Text: name, At: f.At})
	if c == nil {
		return hashed{}, false
	}
	hash, ok := javaHash(&c.Type)
	if !ok {
		l.Add(f.At, "take another column, or write partition_by: [column]", "column %q of table %s is %s, which has no hash of its own", rulefile.Printable(name), l.schema.Name(), describe(&c.Type))
		return hashed{}, false
	}
	return hashed{ord: c.Ord, hash: hash, fallback: c.Type.Default, text: values.IsText(c.Type.Kind)}, true
}

func (l *layout) hashedMetadata(f rulefile.Name) (hashed, bool) {
	typ, read, ok := l.lang.Metadata(f.Text, l.raw)
	if !ok {
		noMetadata(&l.Report, f, metadataHint(l.lang, l.raw, f.Text))
		return hashed{}, false
	}
	hash, ok := javaHash(&typ)
	return hashed{ord: -1, read: read, hash: hash, text: values.IsText(typ.Kind)}, ok
}

// timestampOf takes the timestamp of the records from a column; NULL stands for the
// moment at which they are sent.
func timestampOf(ord int) func(*exec, int32) (int64, error) {
	return func(x *exec, image int32) (int64, error) {
		v := x.b.Values[int(image)+ord]
		if x.gone(v) {
			return 0, errTimeMissing
		}
		n := v.Int()
		switch v.Kind() {
		case event.KindInstant, event.KindLocal:
			n = event.FloorDiv(n, 1000)
		case event.KindDate:
			if n > math.MaxInt32 {
				return 0, nil
			}
			n *= values.SecondsPerDay * 1000
		case event.KindInt, event.KindUint:
		default:
			return 0, nil
		}
		if n <= 0 || n >= math.MaxInt64/1000 {
			return 0, nil
		}
		return n, nil
	}
}

// timestampColumn returns the column that holds the time of records.
func (l *layout) timestampColumn(n rulefile.Name) *event.Column {
	c := l.findValue(n)
	if c == nil {
		return nil
	}
	switch c.Type.Kind {
	case event.KindInstant, event.KindLocal, event.KindDate, event.KindInt, event.KindUint:
		return c
	default:
		l.Add(n.At, "take a date, a point in time, or a number of milliseconds since 1970", "column %q of table %s is %s, which is no time of a record",
			rulefile.Printable(n.Text), l.schema.Name(), describe(&c.Type))
		return nil
	}
}
