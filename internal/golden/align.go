package golden

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
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
	if len(want) > 0 && k.keyedByIndex(spotOf(k, want[0]).table) {
		k.tally.argue(indexReason)
		return slices.DeleteFunc(got, changesKey), slices.DeleteFunc(want, changesKey)
	}
	for len(got) > 0 && len(want) > 0 {
		switch {
		case k.same(got[0], want[0]):
			ours, theirs = append(ours, got[0]), append(theirs, want[0])
			got, want = got[1:], want[1:]
		case k.partialJSON(got[0]):
			k.tally.argue(partialReason)
			got = got[1:]
		case k.rolledBack(want[0]):
			k.tally.argue(rolledBackReason)
			want = want[1:]
		default:
			ours, theirs = append(ours, got[0]), append(theirs, want[0])
			got, want = got[1:], want[1:]
		}
	}
	got = slices.DeleteFunc(slices.Clone(got), k.partialJSON)
	want = slices.DeleteFunc(slices.Clone(want), k.rolledBack)
	return append(ours, got...), append(theirs, want...)
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

// partialJSON: an update where some session writes partial images.
func (k *comparison) partialJSON(r visible) bool {
	return k.Source == sourceMySQL && strings.Contains(k.scripts, "partial_json") && spotOf(k, r).op == "u"
}

// rolledBack: an insert where some XA transaction was rolled back.
func (k *comparison) rolledBack(r visible) bool {
	return k.mysqlLike() && strings.Contains(k.scripts, "xa rollback") && spotOf(k, r).op == "c"
}

// mysqlLike: MySQL or MariaDB.
func (k *comparison) mysqlLike() bool { return !k.postgres() }

const indexReason = "tables with REPLICA IDENTITY USING INDEX: a key that the log doesn't have is made up of zeros in Debezium"

// keyedByIndex: old rows of the table hold an index's columns only.
func (k *comparison) keyedByIndex(table string) bool {
	return k.postgres() && regexp.MustCompile(`(?i)alter table (?:\w+\.)?"?`+regexp.QuoteMeta(table)+`"? replica identity using index`).MatchString(k.scripts)
}

// changesKey finds what isn't a plain insert or a row of a snapshot.
func changesKey(r visible) bool {
	if slices.ContainsFunc(r.Headers, func(h Header) bool { return h.Key == "__debezium.oldkey" }) {
		return true
	}
	var v struct{ Op string }
	return json.Unmarshal(payloadOf(r.value), &v) != nil || v.Op != "c" && v.Op != "r"
}

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
