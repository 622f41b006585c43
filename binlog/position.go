package binlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"cdc/binlog/gtid"
	"cdc/event"
)

// position is a place in the log between two transactions, or inside one.
type position struct {
	file string
	pos  uint64
	// gtids are the complete transactions; nil where the server has none.
	gtids *gtid.Set
	// skip rows events of the transaction that follows are done already. inside
	// is its GTID, empty where it has none.
	skip   uint32
	inside string
	// server is the identity of the server that file, pos and skip belong to.
	server string
	// seconds and serverID are those of the last event, for the reader's use.
	seconds  int64
	serverID uint32
}

// document is how a position is stored: Debezium's fields, and ours in one
// string.
type document struct {
	Seconds  int64           `json:"ts_sec,omitempty"`
	File     string          `json:"file"`
	Pos      uint64          `json:"pos"`
	GTIDs    *string         `json:"gtids,omitempty"`
	Row      uint32          `json:"row,omitempty"`
	ServerID uint32          `json:"server_id,omitempty"`
	Event    uint64          `json:"event,omitempty"`
	Snapshot json.RawMessage `json:"snapshot,omitempty"`
	// Completed is Debezium's: its snapshot is over, only nothing has changed since.
	Completed bool   `json:"snapshot_completed,omitempty"`
	Own       string `json:"cdc,omitempty"`
	// PostgreSQL's, by which its documents are known.
	LSN       json.RawMessage `json:"lsn,omitempty"`
	LSNProc   json.RawMessage `json:"lsn_proc,omitempty"`
	LSNCommit json.RawMessage `json:"lsn_commit,omitempty"`
}

func (d *document) postgres() bool {
	return d.File == "" && d.GTIDs == nil && (d.LSN != nil || d.LSNProc != nil || d.LSNCommit != nil)
}

// own is what only this package needs.
type own struct {
	Server string `json:"server,omitempty"`
	Skip   uint32 `json:"skip,omitempty"`
	Inside string `json:"inside,omitempty"`
}

// text prints the position for the store. Debezium, reading it, starts a
// transaction that was cut from its beginning.
func (p *position) text() (event.Position, error) {
	mine, err := json.Marshal(own{Server: p.server, Skip: p.skip, Inside: p.inside})
	if err != nil {
		return "", fmt.Errorf("print position: %w", err)
	}
	doc := document{Seconds: p.seconds, File: p.file, Pos: p.pos, ServerID: p.serverID, Own: string(mine)}
	if p.gtids != nil {
		set := p.gtids.String()
		doc.GTIDs = &set
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return "", fmt.Errorf("print position: %w", err)
	}
	return event.Position(out), nil
}

// parsePosition reads a stored position, ours or Debezium's. A transaction
// that Debezium had cut is read again from its beginning: its "event" and "row"
// count in a way of its own.
func parsePosition(fl Flavor, text event.Position) (*position, error) {
	var doc document
	dec := json.NewDecoder(strings.NewReader(string(text)))
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("stored position is not one of a %s source: %w", fl, err)
	}
	if doc.postgres() {
		return nil, foreignPosition("PostgreSQL's", fl)
	}
	if doc.File == "" && doc.GTIDs == nil {
		return nil, errors.New(`stored position has neither "file" nor "gtids"`)
	}
	if s := string(doc.Snapshot); !doc.Completed && s != "" && s != "null" && s != "false" && s != `"false"` {
		return nil, errors.New("stored position was taken in the middle of a snapshot: forget it, to start with a snapshot of our own: cdc offsets reset NAME --yes")
	}
	p := &position{file: doc.File, pos: doc.Pos, seconds: doc.Seconds, serverID: doc.ServerID}
	if doc.GTIDs != nil {
		set, err := gtid.ParseSet(fl, *doc.GTIDs)
		if other := fl.Other(); err != nil && isGTIDSet(other, *doc.GTIDs) {
			return nil, foreignPosition(other.Product()+"'s", fl)
		}
		if err != nil {
			return nil, fmt.Errorf("stored position: %w", err)
		}
		p.gtids = set
	}
	if doc.Own == "" {
		return p, nil
	}
	var mine own
	if err := json.Unmarshal([]byte(doc.Own), &mine); err != nil {
		return nil, fmt.Errorf(`stored position, field "cdc": %w`, err)
	}
	p.server, p.skip, p.inside = mine.Server, mine.Skip, mine.Inside
	return p, nil
}

// foreignPosition is the error for the position of another connector. It isn't
// a lost one: no snapshot is taken before somebody has looked at it.
func foreignPosition(whose string, fl Flavor) error {
	return fmt.Errorf("%w: stored position: this offset is %s, the source is %s: set the right one with `cdc offsets set NAME`, or forget it with `cdc offsets reset NAME --yes`",
		event.ErrConfig, whose, fl.Product())
}

func isGTIDSet(fl Flavor, text string) bool {
	set, err := gtid.ParseSet(fl, text)
	return err == nil && !set.Empty()
}

// place names a position in messages.
func place(file string, pos uint64) string { return fmt.Sprintf("%s:%d", file, pos) }

// compareFiles compares the names of two binlog files of one server by their
// numbers, since 999999 is followed by 1000000.
func compareFiles(a, b string) int {
	na, nb := fileNumber(a), fileNumber(b)
	if len(na) != len(nb) {
		return len(na) - len(nb)
	}
	return strings.Compare(na, nb)
}

func fileNumber(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	return strings.TrimLeft(name, "0")
}
