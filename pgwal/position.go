package pgwal

import (
	"encoding/json"
	"fmt"
	"sync"

	"cdc/event"
)

// position is where the stream goes on. A stored one belongs to a server.
type position struct {
	// Start is where the last complete transaction ended, or a later place up
	// to which the server has nothing for us. The server sends what commits
	// from here on.
	Start uint64
	// Commit is the LSN of the commit record of a transaction that was cut, 0
	// for none, and Skip the number of its messages that have left, rows and
	// logical ones.
	Commit uint64
	Skip   uint32

	// PrevCommit is where the last transaction ended, 0 for unknown.
	PrevCommit uint64
	// Last is the LSN of the last row, Op its message, XID and Micros its
	// transaction and commit time: for Debezium's fields.
	Last   uint64
	Op     msgKind
	XID    uint32
	Micros int64
}

// identity says which log a position is in, and what of it was read: the changes
// of a publication.
type identity struct {
	System      string `json:"system,omitempty"`
	Timeline    int32  `json:"timeline,omitempty"`
	Database    string `json:"database,omitempty"`
	Slot        string `json:"slot,omitempty"`
	Publication string `json:"publication,omitempty"`
	// Messages: logical messages are among what Skip counts.
	Messages bool `json:"messages,omitempty"`
}

// document is what Debezium's connector stores, with one field of our own.
type document struct {
	Proc        uint64 `json:"lsn_proc,omitempty"`
	Commit      uint64 `json:"lsn_commit,omitempty"`
	LSN         uint64 `json:"lsn"`
	TxID        uint64 `json:"txId,omitempty"`
	Micros      int64  `json:"ts_usec,omitempty"`
	MessageType string `json:"messageType,omitempty"`
	CDC         string `json:"cdc,omitempty"`

	// Debezium's alone: what it read of a snapshot.
	Snapshot  json.RawMessage `json:"snapshot,omitempty"`
	Last      bool            `json:"last_snapshot_record,omitempty"`
	Completed *bool           `json:"snapshot_completed,omitempty"`

	// MySQL's and MariaDB's, by which their documents are known.
	File  json.RawMessage `json:"file,omitempty"`
	GTIDs json.RawMessage `json:"gtids,omitempty"`
}

// snapshotting reports that Debezium's snapshot was not complete. Earlier
// versions tell only whether the last record was it.
func (d *document) snapshotting() bool {
	switch string(d.Snapshot) {
	case "", "null", "false", `"false"`:
		return false
	}
	if d.Completed != nil {
		return !*d.Completed
	}
	return !d.Last
}

// own is what rides in the field "cdc".
type own struct {
	Start  uint64 `json:"start"`
	Commit uint64 `json:"commit,omitempty"`
	Skip   uint32 `json:"skip,omitempty"`
	identity
}

// text prints a position for the store.
func (p position) text(id identity) (event.Position, error) {
	cdc, err := json.Marshal(own{Start: p.Start, Commit: p.Commit, Skip: p.Skip, identity: id})
	if err != nil {
		return "", fmt.Errorf("print position: %w", err)
	}
	d := document{
		Proc: p.Start, Commit: p.PrevCommit, LSN: p.Start,
		TxID: uint64(p.XID), Micros: p.Micros, MessageType: messageType(p.Op), CDC: string(cdc),
	}
	if p.Skip > 0 {
		d.Proc, d.LSN = p.Last, p.Last
	}
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("print position: %w", err)
	}
	return event.Position(text), nil
}

// parsePosition reads what text has printed, or what Debezium's connector has
// stored: that one goes on at the last commit that it knows, so that the
// transaction that it was in comes again.
func parsePosition(text event.Position) (position, identity, error) {
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return position{}, identity{}, fmt.Errorf("%w: stored position: %w", event.ErrConfig, err)
	}
	if d.File != nil || d.GTIDs != nil {
		return position{}, identity{}, fmt.Errorf("%w: stored position: this offset is MySQL's or MariaDB's, the source is PostgreSQL; set the right one with `cdc offsets set NAME`, or forget it with `cdc offsets reset NAME --yes`", event.ErrConfig)
	}
	p := position{PrevCommit: d.Commit, Last: d.LSN, XID: uint32(d.TxID), Micros: d.Micros, Op: messageKind(d.MessageType)}
	if d.CDC == "" {
		if d.snapshotting() {
			return p, identity{}, fmt.Errorf("%w: stored position: it was taken in the middle of a snapshot; forget it, to start with a snapshot of our own: cdc offsets reset NAME --yes", event.ErrConfig)
		}
		p.Start = firstSet(d.Commit, d.Proc, d.LSN)
		if p.Start == 0 {
			return p, identity{}, fmt.Errorf("%w: stored position: neither lsn_commit, lsn_proc nor lsn is set", event.ErrConfig)
		}
		return p, identity{}, nil
	}
	var o own
	if err := json.Unmarshal([]byte(d.CDC), &o); err != nil {
		return position{}, identity{}, fmt.Errorf("%w: stored position: field cdc: %w", event.ErrConfig, err)
	}
	if o.Start == 0 || (o.Skip > 0) != (o.Commit > 0) {
		return position{}, identity{}, fmt.Errorf("%w: stored position: field cdc: start %d, commit %d and skip %d don't fit together", event.ErrConfig, o.Start, o.Commit, o.Skip)
	}
	p.Start, p.Commit, p.Skip = o.Start, o.Commit, o.Skip
	return p, o.identity, nil
}

func firstSet(list ...uint64) uint64 {
	for _, v := range list {
		if v != 0 {
			return v
		}
	}
	return 0
}

var messageTypes = [...]struct {
	kind msgKind
	name string
}{{msgInsert, "INSERT"}, {msgUpdate, "UPDATE"}, {msgDelete, "DELETE"}, {msgTruncate, "TRUNCATE"}, {msgCommit, "COMMIT"}, {msgLogical, "MESSAGE"}}

func messageType(k msgKind) string {
	for _, t := range messageTypes {
		if t.kind == k {
			return t.name
		}
	}
	return ""
}

func messageKind(name string) msgKind {
	for _, t := range messageTypes {
		if t.name == name {
			return t.kind
		}
	}
	return 0
}

// trail remembers the positions of batches that are on their way, so that a
// Point can be turned into text when it is stored. Points are asked for in the
// order in which they were added.
type trail struct {
	mu   sync.Mutex
	seq  uint64
	list []step // those that may still be asked for
	id   identity
}

type step struct {
	seq uint64
	at  position
}

// add remembers a position and returns its point.
func (t *trail) add(p position) event.Point {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq++
	t.list = append(t.list, step{seq: t.seq, at: p})
	return event.Point{Seq: t.seq, Off: p.Start, Skip: p.Skip}
}

// last is the number of points so far, which is the last one's.
func (t *trail) last() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seq
}

// belong says whose positions follow.
func (t *trail) belong(id identity) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.id = id
}

// text prints the position of a point and forgets those before it.
func (t *trail) text(p event.Point) (event.Position, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for n < len(t.list) && t.list[n].seq < p.Seq {
		n++
	}
	if n > 0 {
		t.list = append(t.list[:0], t.list[n:]...)
	}
	if len(t.list) == 0 || t.list[0].seq != p.Seq {
		return "", fmt.Errorf("point %d isn't one of this source, or was passed already", p.Seq)
	}
	return t.list[0].at.text(t.id)
}
