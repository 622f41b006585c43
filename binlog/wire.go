package binlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"cdc/binlog/ddl"
	"cdc/binlog/gtid"
)

// The event types that mean something to us, by their code in the log.
const (
	evQuery            = 2
	evStop             = 3
	evRotate           = 4
	evIntvar           = 5
	evAppendBlock      = 9
	evDeleteFile       = 11
	evRand             = 13
	evUserVar          = 14
	evFormat           = 15
	evXID              = 16
	evBeginLoadQuery   = 17
	evExecuteLoadQuery = 18
	evTableMap         = 19
	evIncident         = 26
	evHeartbeat        = 27
	evIgnorable        = 28
	evRowsQuery        = 29
	evGTID             = 33
	evAnonymousGTID    = 34
	evPreviousGTIDs    = 35
	evTransactionCtx   = 36
	evViewChange       = 37
	evXAPrepare        = 38
	evPayload          = 40
	evHeartbeat2       = 41
	evTaggedGTID       = 42

	evMariaAnnotate        = 160
	evMariaCheckpoint      = 161
	evMariaGTID            = 162
	evMariaGTIDList        = 163
	evMariaStartEncryption = 164
	evMariaQueryCompressed = 165
)

const (
	headerSize   = 19
	checksumSize = 4

	flagThreadSpecific = 0x04
	flagArtificial     = 0x20
	flagIgnorable      = 0x80
)

var errShort = errors.New("event is shorter than it should be")

// header is the common header of an event.
type header struct {
	seconds  uint32
	kind     byte
	serverID uint32
	size     uint32
	end      uint32 // position after the event, modulo 2^32; 0 for unknown
	flags    uint16
}

func parseHeader(raw []byte) (header, error) {
	if len(raw) < headerSize {
		return header{}, errShort
	}
	return header{
		seconds: binary.LittleEndian.Uint32(raw), kind: raw[4],
		serverID: binary.LittleEndian.Uint32(raw[5:]), size: binary.LittleEndian.Uint32(raw[9:]),
		end: binary.LittleEndian.Uint32(raw[13:]), flags: binary.LittleEndian.Uint16(raw[17:]),
	}, nil
}

// parseFormat reads from a format description event whether the events of
// this stream carry checksums.
func parseFormat(body []byte) (checksums bool, err error) {
	// version 2, server version 50, created 4, header length 1, lengths of the
	// post-headers, then the algorithm and a checksum.
	const fixed = 2 + 50 + 4 + 1
	if len(body) < fixed+1+checksumSize {
		return false, errShort
	}
	if v := binary.LittleEndian.Uint16(body); v != 4 {
		return false, fmt.Errorf("binlog version %d, want 4", v)
	}
	if n := body[fixed-1]; n != headerSize {
		return false, fmt.Errorf("event headers of %d bytes, want %d", n, headerSize)
	}
	return body[len(body)-checksumSize-1] == 1, nil
}

// checkSum verifies the checksum at the end of raw and returns raw without it.
func checkSum(raw []byte) ([]byte, error) {
	if len(raw) < headerSize+checksumSize {
		return nil, errShort
	}
	data := raw[:len(raw)-checksumSize]
	if crc32.ChecksumIEEE(data) != binary.LittleEndian.Uint32(raw[len(data):]) {
		return nil, errors.New("checksum doesn't match: the event is damaged")
	}
	return data, nil
}

func parseRotate(body []byte) (file string, pos uint64, err error) {
	if len(body) < 9 {
		return "", 0, errShort
	}
	return string(body[8:]), binary.LittleEndian.Uint64(body), nil
}

// query is a query event: a statement, or the begin or end of a transaction.
type query struct {
	thread   uint32
	mode     ddl.Mode
	database []byte // in the event's buffer, as is text
	text     []byte
}

// parseQuery reads a query event whose post-header has extra bytes more (that
// of LOAD DATA has).
func parseQuery(body []byte, extra int) (query, error) {
	const fixed = 4 + 4 + 1 + 2 + 2
	if len(body) < fixed+extra {
		return query{}, errShort
	}
	q := query{thread: binary.LittleEndian.Uint32(body)}
	nameLen := int(body[8])
	statusLen := int(binary.LittleEndian.Uint16(body[11:]))
	rest := body[fixed+extra:]
	if len(rest) < statusLen+nameLen+1 {
		return query{}, errShort
	}
	q.mode = parseStatus(rest[:statusLen])
	q.database = rest[statusLen : statusLen+nameLen]
	q.text = rest[statusLen+nameLen+1:]
	return q, nil
}

// parseStatus finds the SQL mode among the status variables. It comes first
// but for the flags; whatever else is there isn't needed.
func parseStatus(b []byte) ddl.Mode {
	const flags2, mode = 0, 1
	if len(b) >= 5 && b[0] == flags2 {
		b = b[5:]
	}
	if len(b) >= 9 && b[0] == mode {
		return ddl.Mode(binary.LittleEndian.Uint64(b[1:]))
	}
	return 0
}

// transaction is what a GTID event says about the transaction that follows.
type transaction struct {
	gtid   gtid.ID
	micros int64 // of the commit at its origin; 0 for unknown
	// alone: MariaDB, one statement without an end of its own.
	alone bool
	// prepared: MariaDB, the first phase of an XA transaction.
	prepared bool
}

// parseMySQLGTID reads a GTID or an anonymous GTID event. Of the latter nothing
// counts: without GTIDs the time of a change is that of its event, as Debezium
// has it.
func parseMySQLGTID(body []byte, anonymous bool) (transaction, error) {
	const (
		sidAt, seqAt, logicalAt = 1, 17, 25
		timesAt                 = logicalAt + 1 + 16
	)
	if len(body) < logicalAt {
		return transaction{}, errShort
	}
	var t transaction
	if anonymous {
		return t, nil
	}
	copy(t.gtid.Source.SID[:], body[sidAt:])
	t.gtid.Seq = binary.LittleEndian.Uint64(body[seqAt:])
	if len(body) < timesAt+7 {
		return t, nil
	}
	micros := uint56(body[timesAt:])
	const original = 1 << 55 // the time at the origin differs and follows
	if micros&original != 0 {
		if len(body) < timesAt+14 {
			return transaction{}, errShort
		}
		micros = uint56(body[timesAt+7:])
	}
	t.micros = int64(micros)
	return t, nil
}

func uint56(b []byte) uint64 {
	return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32 | uint64(b[6])<<48
}

// parseMariaGTID reads MariaDB's GTID event.
func parseMariaGTID(body []byte, serverID uint32) (transaction, error) {
	const (
		standalone = 1
		preparedXA = 64
	)
	if len(body) < 13 {
		return transaction{}, errShort
	}
	flags := body[12]
	return transaction{
		gtid: gtid.ID{
			Source: gtid.Source{Domain: binary.LittleEndian.Uint32(body[8:])},
			Server: serverID, Seq: binary.LittleEndian.Uint64(body),
		},
		alone: flags&standalone != 0, prepared: flags&preparedXA != 0,
	}, nil
}

// eventName names an event type in messages.
func eventName(kind byte) string {
	names := map[byte]string{
		evQuery: "QUERY", evRotate: "ROTATE", evFormat: "FORMAT_DESCRIPTION", evXID: "XID", evTableMap: "TABLE_MAP",
		evIncident: "INCIDENT", evGTID: "GTID", evAnonymousGTID: "ANONYMOUS_GTID", evXAPrepare: "XA_PREPARE",
		evPayload: "TRANSACTION_PAYLOAD", evTaggedGTID: "GTID_TAGGED",
		evMariaGTID: "GTID", evMariaQueryCompressed: "QUERY_COMPRESSED", evExecuteLoadQuery: "EXECUTE_LOAD_QUERY",
	}
	if name, ok := names[kind]; ok {
		return name + " event"
	}
	if _, ok := rowsKindOf(kind); ok {
		return "rows event"
	}
	return fmt.Sprintf("event of type %d", kind)
}
