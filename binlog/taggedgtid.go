package binlog

import (
	"encoding/binary"
	"math/bits"
)

// parseTaggedGTID reads the GTID event of a tagged transaction (MySQL 8.3 and
// later). It is a list of numbered fields in MySQL's own serialization format.
func parseTaggedGTID(body []byte) (transaction, error) {
	const (
		fieldFlags = iota
		fieldUUID
		fieldSeq
		fieldTag
		fieldLastCommitted
		fieldSequence
		fieldImmediate
		fieldOriginal
	)
	r := tagged{b: body}
	r.unsigned() // version
	r.unsigned() // size
	r.unsigned() // the last field that must be understood
	var t transaction
	for next := uint64(0); next <= fieldOriginal && len(r.b) > 0 && !r.bad; {
		field := r.unsigned()
		if field < next || field > fieldOriginal {
			break // fields come in order; later ones aren't needed
		}
		switch field {
		case fieldUUID:
			for i := range t.gtid.Source.SID {
				t.gtid.Source.SID[i] = byte(r.unsigned())
			}
		case fieldSeq:
			t.gtid.Seq = r.signed()
		case fieldTag:
			t.gtid.Source.Tag = r.text()
		case fieldLastCommitted, fieldSequence:
			r.signed()
		case fieldFlags:
			r.unsigned()
		case fieldImmediate, fieldOriginal:
			t.micros = int64(r.unsigned())
		}
		next = field + 1
	}
	if r.bad || t.gtid.Seq == 0 {
		return transaction{}, errShort
	}
	return t, nil
}

// tagged reads the serialization format. After a read beyond the end, bad is
// set and every read gives zero.
type tagged struct {
	b   []byte
	bad bool
}

// unsigned reads a number: as many low one-bits as bytes follow the first, then
// a zero, then the value.
func (r *tagged) unsigned() uint64 {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	n := bits.TrailingZeros8(^r.b[0]) + 1
	if len(r.b) < n {
		r.bad = true
		return 0
	}
	var raw [16]byte
	copy(raw[:], r.b[:n])
	r.b = r.b[n:]
	if n == 9 { // the first byte holds no bit of the value
		return binary.LittleEndian.Uint64(raw[1:])
	}
	return binary.LittleEndian.Uint64(raw[:]) >> n
}

// signed reads a number whose lowest bit is its sign. All of ours are positive.
func (r *tagged) signed() uint64 { return r.unsigned() >> 1 }

func (r *tagged) text() string {
	n := r.unsigned()
	if n > uint64(len(r.b)) {
		r.bad = true
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}
