package offsets

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/event"
)

// KafkaConfig says in which topic the offset lies.
type KafkaConfig struct {
	// Topic is compacted, and made when it is missing.
	Topic string `yaml:"topic"`
}

// Kafka keeps offsets in a compacted topic, as Kafka Connect does: with its key,
// so that Connect reads our offsets and we read its.
type Kafka struct {
	log    *log
	prefix string
}

// OpenKafka opens the store. opts say how to reach the brokers; prefix is the
// pipeline's topic prefix, which is part of Connect's key.
func OpenKafka(ctx context.Context, opts []kgo.Opt, topic, prefix string) (*Kafka, error) {
	l, err := openLog(ctx, opts, topic, map[string]string{"cleanup.policy": "compact"})
	if err != nil {
		return nil, err
	}
	return &Kafka{l, prefix}, nil
}

// offsetKey is Connect's form: ["<connector>",{"server":"<topic prefix>"}].
func offsetKey(pipeline, prefix string) ([]byte, error) {
	return json.Marshal([]any{pipeline, map[string]string{"server": prefix}})
}

// Load returns the newest offset of the pipeline. It reads the topic to its end.
func (k *Kafka) Load(ctx context.Context, pipeline string) (o event.Offset, found bool, err error) {
	key, err := offsetKey(pipeline, k.prefix)
	if err != nil {
		return event.Offset{}, false, err
	}
	var newest []byte
	err = k.log.read(ctx, func(r *kgo.Record) error {
		if string(r.Key) == string(key) {
			newest = append([]byte(nil), r.Value...)
			found = r.Value != nil
		}
		return nil
	})
	if err != nil {
		return event.Offset{}, false, fmt.Errorf("read offset topic %s: %w", k.log.topic, err)
	}
	if !found {
		return event.Offset{}, false, nil
	}
	if o, err = Decode(newest); err != nil {
		return event.Offset{}, false, fmt.Errorf("%w: offset topic %s, key %s: %w; set it with `cdc offsets set`, or start over with `cdc offsets reset`", event.ErrPositionLost, k.log.topic, key, err)
	}
	return o, true, nil
}

// Save stores the offset; every replica in sync has it when it returns.
func (k *Kafka) Save(ctx context.Context, pipeline string, o event.Offset) error {
	text, err := Encode(o)
	if err != nil {
		return err
	}
	return k.write(ctx, pipeline, text)
}

// Delete writes a tombstone.
func (k *Kafka) Delete(ctx context.Context, pipeline string) error {
	return k.write(ctx, pipeline, nil)
}

func (k *Kafka) write(ctx context.Context, pipeline string, text []byte) error {
	key, err := offsetKey(pipeline, k.prefix)
	if err != nil {
		return err
	}
	if err := k.log.write(ctx, key, text); err != nil {
		return fmt.Errorf("write offset topic %s: %w", k.log.topic, err)
	}
	return nil
}

// Close ends the connections.
func (k *Kafka) Close() error { return k.log.close() }
