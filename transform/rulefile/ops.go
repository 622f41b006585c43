package rulefile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"cdc/event"
)

// OpWords are the words of "on", in the order of the bits of OpSet.
var OpWords = []string{"insert", "update", "delete", "snapshot", "truncate"}

// Ops are the operations in the same order.
var Ops = [...]event.Op{event.OpCreate, event.OpUpdate, event.OpDelete, event.OpRead, event.OpTruncate}

// OpIndex is the index of op in Ops, or len(Ops).
func OpIndex(op event.Op) int {
	switch op {
	case event.OpCreate:
		return 0
	case event.OpUpdate:
		return 1
	case event.OpDelete:
		return 2
	case event.OpRead:
		return 3
	case event.OpTruncate:
		return 4
	default:
		return len(Ops)
	}
}

// OpSet is a set of operations: bit i stands for Ops[i].
type OpSet uint8

// Some sets.
const (
	Inserts   OpSet = 1 << 0
	Updates   OpSet = 1 << 1
	Deletes   OpSet = 1 << 2
	Snapshots OpSet = 1 << 3
	Truncates OpSet = 1 << 4
	// DefaultOn is what "on" means when it isn't there: the changes of rows.
	DefaultOn OpSet = 1<<0 | 1<<1 | Deletes
	AllOps    OpSet = 1<<len(Ops) - 1
)

// Has reports whether operation i of Ops is in the set.
func (s OpSet) Has(i int) bool { return s&(1<<i) != 0 }

// String lists the words of the set.
func (s OpSet) String() string {
	var words []string
	for i, w := range OpWords {
		if s.Has(i) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

func (d *decoder) ops(n *yaml.Node) OpSet {
	var set OpSet
	for _, item := range d.texts(n, "on") {
		s, ok := d.oneOf(item, "on", OpWords)
		if !ok {
			continue
		}
		bit := OpSet(1) << slices.Index(OpWords, s)
		if set&bit != 0 {
			d.Add(d.src.At(item), "", "%q stands here twice", s)
		}
		set |= bit
	}
	return set
}
