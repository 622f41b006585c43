package binlog

import (
	"fmt"

	"cdc/binlog/ddl"
	"cdc/event"
)

// A table map carries the primary key, or the unique index without NULLs that
// the server takes for one. It doesn't carry a unique index over nullable
// columns, which is the record key of a table that has nothing better. So when
// neither the history nor the catalogue knows the version of a map without a
// key, its records may have a key or none.
//
// To send them without one, on the chance, would be wrong in silence: the keyed
// records of the versions before and after would no longer lie in one partition
// with them, nor in order, and a compacted topic takes no record without a key.
// To stop always would be wrong too: a staging table without any index that was
// made and dropped while we were away would stop a pipeline for nothing. The
// statements in the log decide. No unique index comes into being but by a
// statement that says so, or one that gives the table to another, and what each
// statement may have done is written to the journal with it. Where that proves
// that there is no key, there is none; where it doesn't, it is an error.

// keyProof is what an entry of the journal says about unique indexes that no
// table map shows.
type keyProof string

const (
	keyFacts  keyProof = ""       // what its facts say
	keyNone   keyProof = "none"   // there is none
	keySame   keyProof = "same"   // there are none that weren't there before
	keyUnsure keyProof = "unsure" // there may be one
)

// keyless reports whether the table, at a place, certainly has no other unique
// index than table maps show.
func (t *tableHistory) keyless(at spot) bool {
	var past []*entry
	for i := range t.entries {
		if e := &t.entries[i]; e.Key != keySame && !e.spot().after(at) {
			past = append(past, e)
		}
	}
	if len(past) == 0 {
		return false
	}
	last := past[0]
	for _, e := range past[1:] {
		if !last.spot().after(e.spot()) {
			last = e
		}
	}
	return last.Key == keyNone || last.Key == keyFacts && len(last.Facts.Key) == 0
}

// needsKey is the error for a version whose key can't be known.
func needsKey(n ddl.Name, at spot) error {
	return fmt.Errorf("%w: table %s at %s: the server no longer has this version of the table, and whether its records have a key (a unique index over columns that may be NULL) can't be known: take a new snapshot, or exclude the table, tables: [..., %q]",
		event.ErrUnsupported, n, at, "!"+n.String())
}

// keyProofOf finds out what a CREATE or ALTER may have done to the unique
// indexes of the first table that it names. Words in an expression are taken
// for more than they mean, which is safe.
func keyProofOf(st *ddl.Statement) keyProof {
	switch {
	case st.Mentions("UNIQUE", "SERIAL", "LIKE"):
		return keyUnsure
	case st.Kind == ddl.Create && !st.Conditional:
		return keyNone
	default:
		return keySame
	}
}
