package offsets

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// KafkaJournal keeps the entries of one pipeline in a topic that forgets
// nothing. Several pipelines may share it; the key is that of their offset.
type KafkaJournal struct {
	log *log
	key []byte
}

// OpenKafkaJournal opens the journal of a pipeline and makes the topic when it is
// missing. opts say how to reach the brokers; prefix is the pipeline's topic
// prefix: pipelines of one name may write to the same brokers.
func OpenKafkaJournal(ctx context.Context, opts []kgo.Opt, topic, pipeline, prefix string) (*KafkaJournal, error) {
	key, err := offsetKey(pipeline, prefix)
	if err != nil {
		return nil, err
	}
	l, err := openLog(ctx, opts, topic, map[string]string{
		"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1",
	})
	if err != nil {
		return nil, err
	}
	return &KafkaJournal{l, key}, nil
}

// Append stores an entry; every replica in sync has it when it returns.
func (j *KafkaJournal) Append(ctx context.Context, entry []byte) error {
	if entry == nil {
		entry = []byte{} // a record without value is a reset
	}
	if err := j.log.write(ctx, j.key, entry); err != nil {
		return fmt.Errorf("append to journal topic %s: %w", j.log.topic, err)
	}
	return nil
}

// Replay calls fn for every entry since the last Reset, from the oldest.
func (j *KafkaJournal) Replay(ctx context.Context, fn func(entry []byte) error) error {
	// Where the entries begin is known only at the end of the topic, so they are
	// kept; there is one per table version.
	var entries [][]byte
	err := j.log.read(ctx, func(r *kgo.Record) error {
		switch {
		case string(r.Key) != string(j.key):
		case r.Value == nil:
			entries = nil
		default:
			entries = append(entries, append([]byte{}, r.Value...))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read journal topic %s: %w", j.log.topic, err)
	}
	for _, e := range entries {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// Reset says that the entries so far count no more.
func (j *KafkaJournal) Reset(ctx context.Context) error {
	if err := j.log.write(ctx, j.key, nil); err != nil {
		return fmt.Errorf("reset journal topic %s: %w", j.log.topic, err)
	}
	return nil
}

// Close ends the connections.
func (j *KafkaJournal) Close() error { return j.log.close() }
