package offsets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"cdc/event"
)

// log is a topic of one partition that this package keeps records in.
type log struct {
	opts   []kgo.Opt // how to reach the brokers
	topic  string
	client *kgo.Client
	admin  *kadm.Client
}

// openLog connects, makes the topic when it is missing, and refuses one that
// would forget records: settings are those of a new topic and those that a
// topic which is there must have.
func openLog(ctx context.Context, opts []kgo.Opt, topic string, settings map[string]string) (*log, error) {
	opts = append(append([]kgo.Opt{}, opts...),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0),
	)
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return nil, fmt.Errorf("open topic %s: %w", topic, err)
	}
	l := &log{opts: opts, topic: topic, client: client, admin: kadm.NewClient(client)}
	if err := l.prepare(ctx, settings); err != nil {
		client.Close()
		return nil, fmt.Errorf("open topic %s: %w", topic, err)
	}
	return l, nil
}

func (l *log) prepare(ctx context.Context, settings map[string]string) error {
	partitions, err := l.partitions(ctx)
	switch {
	case err != nil:
		return err
	case partitions == 0:
		return l.create(ctx, settings)
	case partitions > 1:
		return fmt.Errorf("%w: it has %d partitions; it must have one, so use another topic", event.ErrConfig, partitions)
	}
	return l.check(ctx, settings)
}

// partitions asks the broker, past the client's own cache; 0 for no such topic.
func (l *log) partitions(ctx context.Context) (int, error) {
	req := kmsg.NewPtrMetadataRequest()
	one := kmsg.NewMetadataRequestTopic()
	one.Topic = &l.topic
	req.Topics = append(req.Topics, one)
	resp, err := req.RequestWith(ctx, l.client)
	if err != nil {
		return 0, err
	}
	if len(resp.Topics) != 1 {
		return 0, fmt.Errorf("broker described %d topics in place of 1", len(resp.Topics))
	}
	switch err := kerr.ErrorForCode(resp.Topics[0].ErrorCode); {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return 0, nil
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		return 0, fmt.Errorf("%w: %w; grant it: %s", event.ErrConfig, err, l.grant())
	case err != nil:
		return 0, err
	}
	return len(resp.Topics[0].Partitions), nil
}

func (l *log) grant() string {
	return "kafka-acls --add --allow-principal User:<user> --operation Create --operation Describe --operation Read --operation Write --topic " + l.topic
}

func (l *log) create(ctx context.Context, settings map[string]string) error {
	const brokersDefault = -1
	config := make(map[string]*string, len(settings))
	for name, value := range settings {
		config[name] = &value
	}
	_, err := l.admin.CreateTopic(ctx, 1, brokersDefault, config, l.topic)
	switch {
	case errors.Is(err, kerr.TopicAlreadyExists): // another process was quicker
		return l.check(ctx, settings)
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.ClusterAuthorizationFailed):
		return fmt.Errorf("create it: %w: %w; grant it: %s", event.ErrConfig, err, l.grant())
	case err != nil:
		return fmt.Errorf("create it: %w", err)
	}
	return l.await(ctx)
}

// await waits until the brokers, and the client's own picture of them, know a
// topic that has just been made.
func (l *log) await(ctx context.Context) error {
	const patience, pause = 15 * time.Second, 50 * time.Millisecond
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		_, _, err := l.bounds(limit)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-limit.Done():
			return fmt.Errorf("made, but not to be seen within %s: %w", patience, err)
		}
	}
}

// check compares the settings of a topic that was there. A user who may not
// read them is believed.
func (l *log) check(ctx context.Context, want map[string]string) error {
	all, err := l.admin.DescribeTopicConfigs(ctx, l.topic)
	var got kadm.ResourceConfig
	if err == nil {
		if got, err = all.On(l.topic, nil); err == nil {
			err = got.Err
		}
	}
	if errors.Is(err, kerr.TopicAuthorizationFailed) || errors.Is(err, kerr.ClusterAuthorizationFailed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read its settings: %w", err)
	}
	for _, c := range got.Configs {
		value, matters := want[c.Key]
		if matters && value != c.MaybeValue() {
			return fmt.Errorf("%w: it has %s=%s, so the broker would forget what is needed; kafka-configs --alter --entity-type topics --entity-name %s --add-config %s=%s",
				event.ErrConfig, c.Key, c.MaybeValue(), l.topic, c.Key, value)
		}
	}
	return nil
}

// write stores one record durably. A nil value is a tombstone. When ctx ends
// first, the record may still arrive: the client can't take back what it has
// sent, and goes on trying until close.
func (l *log) write(ctx context.Context, key, value []byte) error {
	stored := make(chan error, 1) // one promise, which must not block
	r := &kgo.Record{Topic: l.topic, Partition: 0, Key: key, Value: value}
	// Not with ctx: a record that is given up takes those behind it along, and
	// the last save of all comes right behind one that was cut off.
	l.client.Produce(context.WithoutCancel(ctx), r, func(_ *kgo.Record, err error) { stored <- err })
	select {
	case err := <-stored:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
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
	starts, err := l.admin.ListStartOffsets(ctx, l.topic)
	if err != nil {
		return 0, 0, err
	}
	ends, err := l.admin.ListEndOffsets(ctx, l.topic)
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
