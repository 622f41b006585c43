package dryrun

// envelope is what a Debezium event says beyond the change.
type envelope struct {
	// nanos is when it was made.
	nanos int64
	// order and tableOrder are its numbers in the transaction.
	order, tableOrder uint32
	// fields describe the rows; nil where the event carries no schema.
	fields []field
	// shape is the text of the schema of the rows.
	shape string
	// key are the names of the fields of the key; nil where it isn't known.
	key []string
	// keyless: the record has none.
	keyless bool
}

// describes reports whether the event says what its table is like.
func (e *envelope) describes() bool { return e != nil && e.fields != nil }

func (e *envelope) keyNames() []string {
	if e == nil {
		return nil
	}
	return e.key
}
