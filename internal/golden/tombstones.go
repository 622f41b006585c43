package golden

import (
	"bytes"
	"maps"
	"slices"
)

// What is argued of records that transforms have sent somewhere.
const (
	tombstoneReason = "a router that looks at a row sends its delete somewhere and leaves the tombstone where it was, in Debezium"
	halfReason      = "a transform sees an update that changes the key as a delete and a create in Debezium, a rule as the update that it is"
)

// classes are the transforms of the connector.
func (c *Case) classes() []string {
	s := &Settings{config: c.Config}
	var list []string
	for _, t := range s.chain() {
		list = append(list, t.class)
	}
	return list
}

// behindDeletes puts recorded tombstones behind their deletes, in whatever topic
// a script sent these alone.
func (k *comparison) behindDeletes(records map[string][]visible) {
	if !slices.Contains(k.classes(), "ContentBasedRouter") {
		return
	}
	stray := map[string][]visible{}
	for topic, list := range records {
		records[topic], stray[topic] = k.pair(list, nil)
	}
	for _, topic := range slices.Sorted(maps.Keys(stray)) {
		left := stray[topic]
		for _, other := range slices.Sorted(maps.Keys(records)) {
			records[other], left = k.pair(records[other], left)
		}
		records[topic] = append(records[topic], left...)
		if len(records[topic]) == 0 {
			delete(records, topic)
		}
	}
}

// pair takes the tombstones out of a list, adds others to them, and puts each
// behind the first delete of its key that has none. left are those without one.
func (k *comparison) pair(list, others []visible) (paired, left []visible) {
	for _, r := range list {
		if r.Value == nil && others == nil {
			left = append(left, r)
		}
	}
	own := others == nil
	left = append(left, others...)
	for i, r := range list {
		if own && r.Value == nil {
			continue
		}
		paired = append(paired, r)
		if spotOf(k, r).op != "d" || !own && i+1 < len(list) && list[i+1].Value == nil {
			continue
		}
		at := slices.IndexFunc(left, func(t visible) bool { return bytes.Equal(t.key, r.key) })
		if at < 0 {
			continue
		}
		t := left[at]
		if t.Topic != r.Topic || t.Partition != r.Partition {
			k.tally.argue(tombstoneReason)
			t.Topic, t.Partition = r.Topic, r.Partition
		}
		paired = append(paired, t)
		left = slices.Delete(left, at, at+1)
	}
	return paired, left
}

// halfOfChange: a record of an update that changes the key, which a transform may
// have sent elsewhere, left out, or let through, by what it saw of its half.
func (k *comparison) halfOfChange(r visible) bool {
	list := (&Settings{config: k.Config}).chain()
	looks := slices.ContainsFunc(list, func(t *transform) bool {
		return t.options["condition"] != "" || t.options["topic.expression"] != "" || t.class == "EventRouter" || slices.Contains(keyTransforms, t.class)
	})
	return looks && slices.ContainsFunc(r.Headers, func(h Header) bool { return h.Key == oldKeyHeader || h.Key == newKeyHeader })
}

func (k *comparison) takeHalf(r visible) bool {
	half := k.halfOfChange(r)
	if half {
		k.tally.argue(halfReason)
	}
	return half
}
