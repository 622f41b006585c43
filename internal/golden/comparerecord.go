package golden

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// topic compares one topic, in the order of the offsets.
func (k *comparison) topic(topic string, got, want []visible) {
	got, want = k.align(got, k.withIndexKeys(want))
	if topic == k.HeartbeatTopic() && len(got) > len(want) {
		got = got[:len(want)]
	}
	if len(got) < len(want) || len(got) > len(want) && !k.Failed() {
		k.fault("topic %s: got %d records, want %d", topic, len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		k.record(fmt.Sprintf("topic %s, record %d", topic, i), got[i], want[i])
	}
}

func (k *comparison) record(where string, got, want visible) {
	if got.Partition != want.Partition {
		k.fault("%s: partition is %d, want %d", where, got.Partition, want.Partition)
	}
	if !k.paths.timestamp && got.Timestamp != want.Timestamp {
		k.fault("%s: timestamp is %d, want %d", where, got.Timestamp, want.Timestamp)
	}
	spot := spotOf(k, want)
	k.headers(where, spot, got.Headers, want.Headers)
	spot.part = "key"
	k.text(where+", key", spot, got.key, want.key)
	k.schema(where+", key", got.keySchema, want.keySchema)
	spot.part = "value"
	k.text(where+", value", spot, got.value, want.value)
	k.schema(where+", value", got.valueSchema, want.valueSchema)
	k.tally.add(0, 1, 0)
}

// digits are what differs from run to run in an id or a moment.
var digits = regexp.MustCompile(`[0-9a-f]+`)

func (k *comparison) headers(where string, at spot, got, want []Header) {
	got, want = k.withoutKeyHeaders(got, want)
	want = k.withoutBlanks(at, got, want)
	show := func(list []Header) []string {
		var all []string
		for _, h := range list {
			text := string(h.Value)
			if h.Value == nil {
				text = "null"
			}
			if slices.Contains(k.paths.headers, h.Key) {
				text = digits.ReplaceAllString(text, "n")
			}
			all = append(all, h.Key+"="+text)
		}
		return all
	}
	ours, theirs := show(got), show(want)
	if !slices.Equal(ours, theirs) {
		k.fault("%s: headers\n got %s\nwant %s", where, strings.Join(ours, "\n     "), strings.Join(theirs, "\n     "))
	}
	k.tally.add(0, 0, len(want))
}

// withoutBlanks takes our JSON of a snapshot's row for that which was recorded.
func (k *comparison) withoutBlanks(at spot, got, want []Header) []Header {
	if len(got) != len(want) || !at.snapshot || k.Source != sourceMySQL {
		return want
	}
	all := slices.Clone(want)
	for i, h := range got {
		if string(h.Value) != string(want[i].Value) && sameJSON(string(h.Value), string(want[i].Value)) {
			all[i].Value = h.Value
			k.tally.argue(spacedReason)
		}
	}
	return all
}

func (k *comparison) schema(where, got, want string) {
	if got != want {
		k.fault("%s: Avro schema: %s\n got %s\nwant %s", where, differing([]byte(got), []byte(want)), got, want)
	}
}

// text compares bytes. What differs must be on the list of argued differences.
func (k *comparison) text(where string, at spot, got, want []byte) {
	volatile := k.volatile(at.part)
	got, want = mask(got, volatile), mask(want, volatile)
	k.tally.add(0, 0, len(leaves(want)))
	if string(got) == string(want) {
		return
	}
	reasons, ours, theirs := k.argue(at, got, want)
	if string(ours) != string(theirs) {
		k.fault("%s: %s\n got %.6000s\nwant %.6000s", where, differing(ours, theirs), got, want)
		return
	}
	k.tally.argue(reasons...)
}

// differing names the values that differ.
func differing(got, want []byte) string {
	var list []string
	ours, theirs := leaves(got), leaves(want)
	for path, value := range theirs {
		if mine, ok := ours[path]; !ok {
			list = append(list, fmt.Sprintf("%s isn't there, want %.200s", path, value))
		} else if mine != value {
			list = append(list, fmt.Sprintf("%s is %.200s, want %.200s", path, mine, value))
		}
	}
	for path, value := range ours {
		if _, ok := theirs[path]; !ok {
			list = append(list, fmt.Sprintf("%s is %.200s, want none", path, value))
		}
	}
	if len(list) == 0 {
		return "the same values, written otherwise or in another order"
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}
