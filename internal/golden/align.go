package golden

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Why a record may be there or not.
const (
	partialReason    = "an update in the form of a partial JSON is skipped in Debezium: data is lost"
	rolledBackReason = "a row of an XA transaction that was rolled back is emitted in Debezium"
)

// align leaves out the records that only one side has and may have.
func (k *comparison) align(got, want []visible) (ours, theirs []visible) {
	skipped, rolledBack := k.newSkipped(got), k.newRolledBack(want)
	i, j := 0, 0
	for i < len(got) && j < len(want) {
		switch {
		case k.same(got[i], want[j]):
		case skipped.take(i):
			i++
			continue
		case rolledBack.take(want[j]):
			j++
			continue
		case k.takeHalf(got[i]):
			i++
			continue
		case k.takeHalf(want[j]):
			j++
			continue
		}
		ours, theirs = append(ours, got[i]), append(theirs, want[j])
		i, j = i+1, j+1
	}
	for ; i < len(got); i++ {
		if !skipped.take(i) && !k.takeHalf(got[i]) {
			ours = append(ours, got[i])
		}
	}
	for ; j < len(want); j++ {
		if !rolledBack.take(want[j]) && !k.takeHalf(want[j]) {
			theirs = append(theirs, want[j])
		}
	}
	return ours, theirs
}

// same reports whether the records are equal but for argued differences.
func (k *comparison) same(got, want visible) bool {
	at := spotOf(k, want)
	equal := func(part string, got, want []byte) bool {
		at.part = part
		got, want = mask(got, k.volatile(part)), mask(want, k.volatile(part))
		_, ours, theirs := k.argue(at, got, want)
		return string(ours) == string(theirs)
	}
	return equal("key", got.key, want.key) && equal("value", got.value, want.value)
}

// mysqlLike: MySQL or MariaDB.
func (k *comparison) mysqlLike() bool { return !k.postgres() }

// turned prints the bytes of a quoted base64 text in the other order; empty when
// it is none.
func turned(text string) string {
	b, err := base64.StdEncoding.DecodeString(strings.Trim(text, `"`))
	if err != nil {
		return ""
	}
	slices.Reverse(b)
	return `"` + base64.StdEncoding.EncodeToString(b) + `"`
}
