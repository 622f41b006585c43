package dryrun

import (
	"encoding/json"
	"slices"
	"strconv"

	"cdc/event"
	"cdc/transform/rulefile"
)

// place is where a change stands in a log that doesn't exist.
type place struct {
	tx     event.Tx
	origin event.Origin
	off    uint64
	index  uint32
	flags  event.Flags
}

// What the log of a dry run is like.
const (
	firstOff = 1000
	nextOff  = 100
	firstXID = 700
	file     = "binlog.000001"
)

// sourceFields are those of the source block that a change can set. Those without
// a function are read elsewhere, or say what the setup says.
var sourceFields = map[string]func(p *place, r *reader, l *rulefile.Literal) bool{
	"version": nil, "connector": nil, "name": nil, "db": nil, "schema": nil, "table": nil, "xmin": nil,
	"ts_ms":      func(p *place, _ *reader, l *rulefile.Literal) bool { return millis(&p.origin.Micros, l) },
	"ts_us":      func(p *place, _ *reader, l *rulefile.Literal) bool { return micros(&p.origin.Micros, l, 1) },
	"ts_ns":      func(p *place, _ *reader, l *rulefile.Literal) bool { return micros(&p.origin.Micros, l, 1000) },
	"snapshot":   func(p *place, _ *reader, l *rulefile.Literal) bool { p.flags |= snapshotMarks[l.Text]; return true },
	"txId":       func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.tx.XID, l) },
	"lsn":        func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.off, l) },
	"pos":        func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.off, l) },
	"origin_lsn": func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.tx.OriginLSN, l) },
	"row":        func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.index, l) },
	"thread":     func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.tx.Thread, l) },
	"server_id":  func(p *place, _ *reader, l *rulefile.Literal) bool { return unsigned(&p.tx.Server, l) },
	"file":       func(p *place, _ *reader, l *rulefile.Literal) bool { return words(&p.tx.File, l) },
	"origin":     func(p *place, _ *reader, l *rulefile.Literal) bool { return words(&p.tx.ReplicationOrigin, l) },
	"gtid":       func(p *place, r *reader, l *rulefile.Literal) bool { return r.put(&p.tx.GTID, l) },
	"query":      func(p *place, r *reader, l *rulefile.Literal) bool { return r.put(&p.origin.Query, l) },
	"sequence":   func(p *place, _ *reader, l *rulefile.Literal) bool { return sequence(p, l) },
}

var snapshotMarks = map[string]event.Flags{
	"first": event.SnapshotFirst, "first_in_data_collection": event.SnapshotFirstInTable,
	"last_in_data_collection": event.SnapshotLastInTable, "last": event.SnapshotLast,
}

// ofPostgres are the fields that only PostgreSQL's source block has, ofMySQL those
// of MySQL and MariaDB.
var (
	ofPostgres = []string{"schema", "txId", "lsn", "xmin", "origin", "origin_lsn", "sequence"}
	ofMySQL    = []string{"gtid", "file", "pos", "row", "thread", "query", "server_id"}
)

// foreign reports whether the field isn't one of that database.
func foreign(name string, postgres bool) bool {
	return slices.Contains(ofMySQL, name) && postgres || slices.Contains(ofPostgres, name) && !postgres
}

// placeOf is where the n-th change (from 0) stands: one after the other, unless
// its source says otherwise.
func placeOf(c *Change, r *reader, n int) (place, error) {
	p := place{
		tx:     event.Tx{GTID: event.Null, Server: 1},
		origin: event.Origin{Micros: epoch.UnixMicro()},
		off:    firstOff + nextOff*uint64(n),
	}
	if r.postgres {
		p.tx.XID, p.tx.PrevCommit, p.tx.Server = firstXID+uint64(n), p.off-nextOff/2, 0
	} else {
		p.tx.File = file
	}
	if c.envelope != nil { // what it doesn't say is null
		p = place{tx: event.Tx{GTID: event.Null}}
	}
	if c.Source == nil {
		return p, nil
	}
	for i, name := range c.Source.Keys {
		l := c.Source.Items[i]
		set, known := sourceFields[name]
		if !known {
			names := make([]string, 0, len(sourceFields))
			for f := range sourceFields {
				names = append(names, f)
			}
			return p, l.At.Errorf(rulefile.DidYouMean(name, names), "source has no field %q that a change can set", rulefile.Printable(name))
		}
		if l.Kind == rulefile.LiteralNull {
			continue
		}
		if foreign(name, r.postgres) {
			return p, l.At.Errorf("say which one it is, with --connector", "source.%s is a field of another database", name)
		}
		if set == nil {
			continue
		}
		if !set(&p, r, l) {
			return p, l.At.Errorf("", "source.%s: %s can't stand there", name, kindName(l.Kind))
		}
	}
	p.tx.Pos = p.off
	return p, nil
}

// millis sets the time, unless a finer field has said it.
func millis(to *int64, l *rulefile.Literal) bool {
	n, err := strconv.ParseInt(l.Text, 10, 64)
	if n != event.FloorDiv(*to, 1000) {
		*to = n * 1000
	}
	return err == nil && l.Kind == rulefile.LiteralNumber && n == event.FloorDiv(*to, 1000)
}

func micros(to *int64, l *rulefile.Literal, nanos int64) bool {
	n, err := strconv.ParseInt(l.Text, 10, 64)
	*to = event.FloorDiv(n, nanos)
	return err == nil && l.Kind == rulefile.LiteralNumber
}

func unsigned[T uint32 | uint64](to *T, l *rulefile.Literal) bool {
	n, err := strconv.ParseUint(l.Text, 10, 64)
	*to = T(n)
	return err == nil && l.Kind == rulefile.LiteralNumber && uint64(*to) == n
}

func words(to *string, l *rulefile.Literal) bool {
	*to = l.Text
	return l.Kind == rulefile.LiteralText
}

func (r *reader) put(to *event.Value, l *rulefile.Literal) bool {
	*to = r.b.Put(event.KindString, []byte(l.Text))
	return l.Kind == rulefile.LiteralText
}

// sequence holds the LSN of the commit before and that of the change.
func sequence(p *place, l *rulefile.Literal) bool {
	var pair []*string
	if json.Unmarshal([]byte(l.Text), &pair) != nil || l.Kind != rulefile.LiteralText {
		return false
	}
	p.tx.PrevCommit = 0
	if len(pair) == 0 || pair[0] == nil {
		return true
	}
	var err error
	p.tx.PrevCommit, err = strconv.ParseUint(*pair[0], 10, 64)
	return err == nil
}
