package offsets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// log is a topic of one partition that this package keeps records in.
type log struct {
	opts   []kgo.Opt // how to reach the brokers
	topic  string
	client *kgo.Client
}

// openLog connects and makes the topic when it is missing.
func openLog(ctx context.Context, opts []kgo.Opt, topic string, config map[string]*string) (*log, error) {
	opts = append(append([]kgo.Opt{}, opts...),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0),
	)
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return nil, fmt.Errorf("open topic %s: %w", topic, err)
	}
	l := &log{opts: opts, topic: topic, client: client}
	if err := l.make(ctx, config); err != nil {
		client.Close()
		return nil, fmt.Errorf("open topic %s: %w", topic, err)
	}
	return l, nil
}

func (l *log) make(ctx context.Context, config map[string]*string) error {
	const brokersDefault = -1
	admin := kadm.NewClient(l.client)
	_, err := admin.CreateTopic(ctx, 1, brokersDefault, config, l.topic)
	if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
		return err
	}
	topics, err := admin.ListTopics(ctx, l.topic)
	if err != nil {
		return err
	}
	// A topic that was just made may take a moment to be known; more than one
	// partition would give up the order of the records.
	if n := len(topics[l.topic].Partitions); n > 1 {
		return fmt.Errorf("it has %d partitions; it must have one, so use another topic", n)
	}
	return nil
}

// write stores one record durably. A nil value is a tombstone.
func (l *log) write(ctx context.Context, key, value []byte) error {
	r := &kgo.Record{Topic: l.topic, Partition: 0, Key: key, Value: value}
	return l.client.ProduceSync(ctx, r).FirstErr()
}

// read calls fn for every record that is there now, from the oldest.
func (l *log) read(ctx context.Context, fn func(r *kgo.Record) error) error {
	start, end, err := l.bounds(ctx)
	if err != nil || start >= end {
		return err
	}
	opts := append(append([]kgo.Opt{}, l.opts...), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{
		l.topic: {0: kgo.NewOffset().At(start)},
	}), kgo.FetchMaxWait(100*time.Millisecond), kgo.KeepControlRecords())
	reader, err := kgo.NewClient(opts...)
	if err != nil {
		return err
	}
	defer reader.Close()
	// The last record of a log is never compacted away, so end will be seen.
	for next := start; next < end; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		for r := range fetches.RecordsAll() {
			next = r.Offset + 1
			if r.Offset >= end || r.Attrs.IsControl() {
				continue
			}
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *log) bounds(ctx context.Context) (start, end int64, err error) {
	admin := kadm.NewClient(l.client)
	starts, err := admin.ListStartOffsets(ctx, l.topic)
	if err != nil {
		return 0, 0, err
	}
	ends, err := admin.ListEndOffsets(ctx, l.topic)
	if err != nil {
		return 0, 0, err
	}
	first, _ := starts.Lookup(l.topic, 0)
	last, ok := ends.Lookup(l.topic, 0)
	if !ok {
		return 0, 0, fmt.Errorf("topic %s has no partition 0", l.topic)
	}
	return first.Offset, last.Offset, errors.Join(first.Err, last.Err)
}

func (l *log) close() error {
	l.client.Close()
	return nil
}
