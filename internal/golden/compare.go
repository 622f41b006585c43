package golden

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Registry returns the text of a writer schema by its id in our registry.
type Registry func(id uint32) (string, error)

// visible is a record whose key and value can be read: bytes in Avro as JSON.
type visible struct {
	Record
	key, value             []byte
	keySchema, valueSchema string // canonical; empty unless in Avro
	indexKey               string // what the key is to be instead; empty for most
	snapshot               bool   // a row of the snapshot that doesn't say so
}

// comparison is that of one case.
type comparison struct {
	*Case
	scripts string
	paths   paths
	tally   *Tally
	faults  []string
}

// Compare compares the records that came, by topic and in the order of partition
// and offset, with those that were recorded, and returns what is wrong. registry
// may be nil where nothing is in Avro.
func (c *Case) Compare(got map[string][]Record, registry Registry, tally *Tally) ([]string, error) {
	p, err := parsePaths(c.Volatile)
	if err != nil {
		return nil, err
	}
	k := &comparison{Case: c, paths: p, tally: tally}
	if k.scripts, err = c.scripts(); err != nil {
		return nil, err
	}
	want, err := k.wanted()
	if err != nil {
		return nil, err
	}
	ours, err := k.ours(got, registry)
	if err != nil {
		return nil, err
	}
	for _, topic := range slices.Sorted(maps.Keys(ours)) {
		if want[topic] == nil && len(ours[topic]) > 0 && !k.extra(topic) {
			k.fault("topic %s was never recorded: %d records, the first is %.2000s", topic, len(ours[topic]), ours[topic][0].value)
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(want)) {
		k.topic(topic, ours[topic], want[topic])
	}
	k.countSchemaChanges(ours)
	tally.add(1, 0, 0)
	return k.faults, nil
}

func (k *comparison) fault(format string, args ...any) {
	k.faults = append(k.faults, fmt.Sprintf(format, args...))
}

// extra: topics of which there may be more than was recorded.
func (k *comparison) extra(topic string) bool {
	return k.Failed() || topic == k.HeartbeatTopic() || topic == k.Prefix() && !k.postgres()
}

// HeartbeatTopic is where the recorder looked for heartbeats, of which it kept
// three.
func (c *Case) HeartbeatTopic() string {
	prefix := c.Config["topic.heartbeat.prefix"]
	if prefix == "" {
		prefix = "__debezium-heartbeat"
	}
	return prefix + "." + c.Prefix()
}

// wanted reads the recording.
func (k *comparison) wanted() (map[string][]visible, error) {
	records, err := k.Events()
	if err != nil {
		return nil, err
	}
	changes, _, err := k.SchemaChanges()
	if err != nil {
		return nil, err
	}
	known, err := k.writerSchemas()
	if err != nil {
		return nil, err
	}
	schema := func(id uint32) (string, error) {
		if text, ok := known[id]; ok {
			return text, nil
		}
		return "", fmt.Errorf("schema %d was not recorded", id)
	}
	all := map[string][]visible{}
	for _, r := range append(records, changes...) {
		v, err := k.see(r, schema)
		if err != nil {
			return nil, fmt.Errorf("%s: recorded topic %s: %w", k.dir, r.Topic, err)
		}
		if k.foreign(v) {
			continue
		}
		if k.copyOfPartition(v) {
			k.tally.argue(partitionReason)
			continue
		}
		all[r.Topic] = append(all[r.Topic], v)
	}
	k.withoutInherited(all)
	k.behindDeletes(all)
	return all, k.withSnapshots(all)
}

// ours makes the records that came readable and leaves out what belongs to the
// replay itself, or to others on the server.
func (k *comparison) ours(got map[string][]Record, registry Registry) (map[string][]visible, error) {
	all := map[string][]visible{}
	for topic, records := range got {
		if strings.HasSuffix(topic, Mark) {
			continue
		}
		for _, r := range records {
			v, err := k.see(r, registry)
			if err != nil {
				return nil, fmt.Errorf("topic %s: %w", topic, err)
			}
			if k.foreign(v) {
				passLast(all[topic], v)
				continue
			}
			all[topic] = append(all[topic], v)
		}
		if !k.postgres() || strings.Contains(topic, k.Prefix()) {
			all[topic] = withoutMarks(all[topic])
		}
	}
	return all, nil
}

// passLast: the table of the replay's marks is the last of a snapshot, whatever
// the case holds. Where its statement is left out, that before it is the last.
func passLast(kept []visible, leftOut visible) {
	if len(kept) == 0 || !bytes.Contains(leftOut.value, []byte(`"snapshot":"last"`)) {
		return
	}
	last := &kept[len(kept)-1]
	last.value = bytes.Replace(last.value, []byte(`"snapshot":"true"`), []byte(`"snapshot":"last"`), 1)
}

// see makes a record readable.
func (k *comparison) see(r Record, registry Registry) (visible, error) {
	v := visible{Record: r}
	var err error
	if v.key, v.keySchema, err = k.readable("key", r.Key, registry); err != nil {
		return v, fmt.Errorf("key: %w", err)
	}
	if v.value, v.valueSchema, err = k.readable("value", r.Value, registry); err != nil {
		return v, fmt.Errorf("value: %w", err)
	}
	return v, nil
}

func (k *comparison) readable(part string, b []byte, registry Registry) (text []byte, schema string, err error) {
	if b == nil {
		return []byte("null"), "", nil // one can see it
	}
	id, body, ok := framed(b)
	if !isAvro(k.Config[part+".converter"]) || !ok || registry == nil {
		return b, "", nil
	}
	if schema, err = registry(id); err != nil {
		return nil, "", err
	}
	if text, err = avroText(schema, body); err != nil {
		return nil, "", fmt.Errorf("%w in %x under %s", err, body, schema)
	}
	schema, err = canonical(schema)
	return text, schema, err
}

// volatile returns the volatile paths of a part in its readable form.
func (k *comparison) volatile(part string) [][]string {
	list := k.paths.value
	if part == "key" {
		list = k.paths.key
	}
	if isAvro(k.Config[part+".converter"]) {
		return withoutPayload(list)
	}
	return list
}

// countSchemaChanges looks at those that weren't kept. Their number may hold
// some of other databases of the server: there are to be any where there were.
func (k *comparison) countSchemaChanges(ours map[string][]visible) {
	if k.postgres() || k.DDLInEvents || k.has("ddl.jsonl") || k.Failed() {
		return
	}
	want, got := k.Recorded.Records[k.Prefix()], len(ours[k.Prefix()])
	if (got > 0) != (want > 0) {
		k.fault("topic %s: got %d records, recorded were %d", k.Prefix(), got, want)
	}
	k.tally.leaveOut(want)
}
