package sink

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"cdc/event"
)

// topic is what we know about a topic after it was seen on the broker.
type topic struct {
	name  string
	batch int32 // largest record batch, uncompressed
	limit int   // largest record, see Kafka.Limit
	// partitions is how many there were when the broker was asked.
	partitions int32
}

// topics makes and remembers topics. Safe for concurrent use. Reading a topic
// that is known takes no lock.
type topics struct {
	config  TopicsConfig
	timeout time.Duration     // of one attempt
	headers int               // bytes of the constant headers in every record
	explain func(error) error // of a connection, see Config.Explain
	log     *zap.Logger
	client  *kgo.Client
	admin   *kadm.Client

	known atomic.Pointer[map[string]*topic]
	// slow is held, as a lock that a context can interrupt, by whoever asks the
	// broker. Capacity 1.
	slow chan struct{}
}

// batchOverhead and recordOverhead bound what the format adds to a batch and
// to a record, with every variable-length number at its longest.
const (
	batchOverhead  = 128
	recordOverhead = 64
	headerOverhead = event.HeaderOverhead
	// defaultBatch is max.message.bytes of a topic that nobody configured.
	defaultBatch = 1048588
)

// keyHeaderBytes is the room for the name and the frame of a key header.
const keyHeaderBytes = len("__debezium.newkey") + headerOverhead

// get returns the topic, after making it if need be: with one partition where
// single says that its records all go to the first. It asks again and again while
// the broker can't be reached, until ctx ends.
func (t *topics) get(ctx context.Context, name string, single bool) (*topic, error) {
	if tp := t.lookup(name); tp != nil {
		return tp, nil
	}
	select {
	case t.slow <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-t.slow }()
	if tp := t.lookup(name); tp != nil {
		return tp, nil
	}
	tp, err := t.open(ctx, name, single)
	if err != nil {
		return nil, err
	}
	t.learn(tp)
	return tp, nil
}

// learn remembers a topic. The caller holds slow.
func (t *topics) learn(tp *topic) {
	grown := map[string]*topic{}
	if old := t.known.Load(); old != nil {
		maps.Copy(grown, *old)
	}
	grown[tp.name] = tp
	t.known.Store(&grown)
}

func (t *topics) lookup(name string) *topic {
	if m := t.known.Load(); m != nil {
		return (*m)[name]
	}
	return nil
}

// maxBatch is the client's ProducerBatchMaxBytesFn.
func (t *topics) maxBatch(name string) int32 {
	if tp := t.lookup(name); tp != nil {
		return tp.batch
	}
	return defaultBatch
}

func (t *topics) open(ctx context.Context, name string, single bool) (tp *topic, err error) {
	err = t.again(ctx, name, func(ctx context.Context) (err error) { tp, err = t.attempt(ctx, name, single); return err })
	return tp, err
}

// again repeats attempts with a growing pause, as long as their errors may pass.
func (t *topics) again(ctx context.Context, name string, attempt func(context.Context) error) error {
	pause := 50 * time.Millisecond
	for try := 0; ; try++ {
		err := t.once(ctx, attempt)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !passes(err) {
			return err
		}
		if try&(try-1) == 0 { // 0, 1, 2, 4, 8, ...
			t.log.Warn("topic can't be opened yet, trying again", zap.String("topic", name), zap.Error(err))
		}
		if err := wait(ctx, pause/2+rand.N(pause)); err != nil {
			return err
		}
		pause = min(2*pause, 5*time.Second)
	}
}

func (t *topics) once(ctx context.Context, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	return t.explain(attempt(ctx))
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *topics) attempt(ctx context.Context, name string, single bool) (*topic, error) {
	partitions, err := t.count(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", explain(name, err))
	}
	if partitions == 0 {
		if partitions, err = t.create(ctx, name, single); err != nil {
			return nil, err
		}
	}
	size, err := t.maxMessageBytes(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("describe: %w", explain(name, err))
	}
	return t.measure(name, size, partitions)
}

// count asks the broker, past the client's own cache, how many partitions a topic
// has: 0 when there is no such topic.
func (t *topics) count(ctx context.Context, name string) (int32, error) {
	req := kmsg.NewPtrMetadataRequest()
	one := kmsg.NewMetadataRequestTopic()
	one.Topic = &name
	req.Topics = append(req.Topics, one)
	resp, err := req.RequestWith(ctx, t.client)
	if err != nil {
		return 0, err
	}
	if len(resp.Topics) != 1 {
		return 0, fmt.Errorf("broker described %d topics in place of 1", len(resp.Topics))
	}
	err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return 0, nil
	}
	return int32(len(resp.Topics[0].Partitions)), err
}

// create makes a topic and returns how many partitions it got, 0 where the broker
// doesn't say.
func (t *topics) create(ctx context.Context, name string, single bool) (int32, error) {
	if !t.config.Create {
		return 0, &TopicError{
			Topic: name, Err: fmt.Errorf("does not exist: %w", event.ErrConfig),
			Fix: "set topics.create: true, or make it: kafka-topics --create --topic " + name,
		}
	}
	partitions, replication := t.config.counts()
	if single {
		partitions = 1
	}
	made, err := t.admin.CreateTopics(ctx, partitions, replication, t.config.settings(), name)
	if err != nil {
		return 0, fmt.Errorf("create: %w", explain(name, err))
	}
	r, err := made.On(name, nil)
	if err == nil {
		err = r.Err
	}
	switch {
	case errors.Is(err, kerr.TopicAlreadyExists):
		return 0, nil
	case err != nil && r.ErrMessage != "":
		return 0, fmt.Errorf("create: %w", explain(name, fmt.Errorf("%w (%s)", err, r.ErrMessage)))
	case err != nil:
		return 0, fmt.Errorf("create: %w", explain(name, err))
	}
	t.log.Info("made topic", zap.String("topic", name), zap.Int32("partitions", r.NumPartitions), zap.Int16("replication", r.ReplicationFactor))
	return max(r.NumPartitions, 0), nil
}

// counts are partitions and replication of a new topic; -1 is the broker's default.
func (c TopicsConfig) counts() (partitions int32, replication int16) {
	partitions, replication = c.Partitions, c.Replication
	if partitions == 0 {
		partitions = -1
	}
	if replication == 0 {
		replication = -1
	}
	return partitions, replication
}

// settings are those of a new topic, as Kafka names them.
func (c TopicsConfig) settings() map[string]*string {
	m := make(map[string]*string, len(c.Config)+2)
	for k, v := range c.Config {
		m[k] = &v
	}
	if ms, err := parseRetention(c.Retention); err == nil && ms != "" {
		m["retention.ms"] = &ms
	}
	if c.MaxMessageBytes > 0 {
		n := strconv.FormatInt(int64(c.MaxMessageBytes), 10)
		m["max.message.bytes"] = &n
	}
	return m
}

// maxMessageBytes reads the topic's limit. A user who may write but not look
// at settings gets Kafka's default, or what topics.max_message_bytes says.
func (t *topics) maxMessageBytes(ctx context.Context, name string) (int64, error) {
	one, err := t.describe(ctx, name)
	switch {
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.ClusterAuthorizationFailed):
		size := int64(defaultBatch)
		if t.config.MaxMessageBytes > 0 {
			size = int64(t.config.MaxMessageBytes)
		}
		t.log.Warn("not allowed to read the topic's settings, so its max.message.bytes is a guess; grant DescribeConfigs on it",
			zap.String("topic", name), zap.Int64("max.message.bytes", size))
		return size, nil
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		// Just made, and this broker hasn't heard of it.
		return 0, kerr.LeaderNotAvailable
	case err != nil:
		return 0, err
	}
	for _, c := range one.Configs {
		if c.Key == "max.message.bytes" {
			return strconv.ParseInt(c.MaybeValue(), 10, 64)
		}
	}
	return defaultBatch, nil
}

func (t *topics) describe(ctx context.Context, name string) (kadm.ResourceConfig, error) {
	all, err := t.admin.DescribeTopicConfigs(ctx, name)
	if err != nil {
		return kadm.ResourceConfig{}, err
	}
	one, err := all.On(name, nil)
	if err == nil {
		err = one.Err
	}
	return one, err
}

func (t *topics) measure(name string, size int64, partitions int32) (*topic, error) {
	size = min(size, maxBatch)
	limit := int(size) - batchOverhead - recordOverhead - t.headers - keyHeaderBytes
	if limit < 512 {
		return nil, explain(name, fmt.Errorf("%w: max.message.bytes=%d leaves no room for a record", kerr.MessageTooLarge, size))
	}
	return &topic{name: name, batch: int32(size), limit: limit, partitions: partitions}, nil
}
