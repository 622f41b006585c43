package pgwal

// SlotName returns the replication slot that a pipeline of that name reads: the
// one that is configured, else the derived one.
func (c Config) SlotName(pipeline string) string { return c.named(pipeline).Slot }
