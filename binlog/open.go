package binlog

// begin starts a transaction by its GTID event.
func (h *handler) begin(t transaction, err error) error {
	if err != nil {
		return err
	}
	return h.open(t)
}

// open starts a transaction, by the newest rules, unless its first rows have left
// already, by the ones at hand.
func (h *handler) open(t transaction) error {
	if len(h.maps) >= maxMaps { // not later: the rows of a statement come behind all its maps
		clear(h.maps)
	}
	inside := h.resumeSkip > 0 && t.gtid.Text(h.fl) == h.resumeInside
	if h.resumeSkip == 0 {
		if err := h.renew(); err != nil {
			return err
		}
	}
	h.tx = txState{open: true, gtid: t.gtid, micros: t.micros, pos: h.start, at: -1, from: sizesOf(h.b), tally: tally{tables: h.tx.tally.tables[:0]}}
	if inside {
		h.tx.skip, h.tx.tally.begun = h.resumeSkip, true
	}
	return nil
}

// renew goes on by the newest rules. It is called between transactions; what the
// batch holds leaves by the old rules.
func (h *handler) renew() error {
	newest := h.history.sel.Newest()
	if newest.Generation() == h.history.gen {
		return nil
	}
	if h.holds() {
		if err := h.emit(); err != nil {
			return err
		}
	}
	h.history.follow(newest)
	clear(h.maps) // table maps come again with each statement
	return nil
}
