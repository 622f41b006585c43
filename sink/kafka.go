package sink

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"cdc/event"
)

// Kafka delivers frames to Kafka, at least once and in order. It implements
// the engine's Sink.
type Kafka struct {
	config  Config
	log     *zap.Logger
	client  *kgo.Client
	admin   *kadm.Client
	topics  *topics
	headers []kgo.RecordHeader
	stats   counters
	budget  *budget
	flights sync.Pool // of *flight
	watch   watch

	// life is the context of every record: the client gives up what it hasn't
	// sent yet when it ends. It ends at the first failure and at Close, with
	// the reason as its cause.
	life   context.Context //nolint:containedctx // the lifetime of the value, not of a call
	end    context.CancelCauseFunc
	gate   atomic.Pointer[error] // the first failure, nil while all is well
	fenced context.Context       //nolint:containedctx // life as the client sees it, see fenced

	closing sync.Once
}

// New returns a sink. It reads the files that the configuration names and
// opens no connection. headers go with every record. Close it when done.
func New(c Config, headers []event.Header, log *zap.Logger) (*Kafka, error) {
	return open(c, headers, log)
}

// open is New with further options for the client.
func open(c Config, headers []event.Header, log *zap.Logger, extra ...kgo.Opt) (*Kafka, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	k := &Kafka{config: c, log: log.Named("sink"), budget: newBudget(int64(c.BufferBytes)), watch: watch{every: watchEvery}}
	k.life, k.end = context.WithCancelCause(context.Background()) //nolint:forbidigo // ended by Close
	k.fenced = fenced{k.life, k}
	k.flights.New = func() any { return newFlight(k) }
	k.topics = &topics{config: c.Topics, timeout: c.RequestTimeout, explain: c.Explain, log: k.log, slow: make(chan struct{}, 1)}
	for _, h := range headers {
		k.headers = append(k.headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
		k.topics.headers += len(h.Key) + len(h.Value) + headerOverhead
	}
	if err := k.connect(extra); err != nil {
		k.end(err)
		return nil, err
	}
	return k, nil
}

func (k *Kafka) connect(extra []kgo.Opt) error {
	opts, err := k.config.ClientOptions(k.log)
	if err != nil {
		return err
	}
	more, err := k.config.producerOptions(k.topics.maxBatch)
	if err != nil {
		return err
	}
	opts = append(append(opts, more...), kgo.WithHooks(&k.stats))
	k.client, err = kgo.NewClient(append(opts, extra...)...)
	if err != nil {
		return fmt.Errorf("create client: %w", err)
	}
	k.admin = kadm.NewClient(k.client)
	k.topics.client, k.topics.admin = k.client, k.admin
	return nil
}

// Write implements the engine's Sink. One goroutine calls it. It makes topics
// that are missing and waits for room in the buffer, until ctx ends; a frame
// that it has taken is not bound to ctx any more.
//
// Order after a failure: see [fenced].
func (k *Kafka) Write(ctx context.Context, f *event.Frame, done func(*event.Frame, error)) error {
	if err := k.failure(); err != nil {
		return err
	}
	if len(f.Records) == 0 {
		done(f, nil)
		return nil
	}
	if err := k.check(ctx, f); err != nil {
		return err
	}
	fl := k.flights.Get().(*flight)
	fl.load(f, done)
	if err := k.room(ctx, fl.size); err != nil {
		fl.park()
		return err
	}
	k.produce(fl)
	return nil
}

// produce hands the records to the client. When the gate shuts meanwhile, the
// rest is not handed over.
func (k *Kafka) produce(fl *flight) {
	records, promise := fl.records, fl.promise
	for i := range records {
		if e := k.gate.Load(); e != nil {
			fl.refuse(*e)
			fl.land(int64(len(records) - i))
			return
		}
		k.client.Produce(k.fenced, &records[i], promise)
	}
}

// check sees to it that the topic of each record exists and takes a record of
// that size. Nothing of a frame is sent when one of its records can't be: the
// client would refuse that one and send later ones of the same key.
func (k *Kafka) check(ctx context.Context, f *event.Frame) error {
	var target *event.Target
	var tp *topic
	for i := range f.Records {
		r := &f.Records[i]
		if r.Target != target {
			target = r.Target
			if tp = k.topics.lookup(target.Topic); tp == nil {
				var err error
				if tp, err = k.openTopic(ctx, target.Topic, r.Flags&event.FirstPartition != 0); err != nil {
					return err
				}
			}
		}
		if size := int(r.End-r.KeyAt) + f.HeaderBytes(i); size > tp.limit {
			return k.fail(tooLarge(tp, size, r.Row))
		}
		if r.Partition > tp.partitions {
			if err := k.openPartition(ctx, tp.name, r.Partition); err != nil {
				return err
			}
			tp = k.topics.lookup(tp.name)
		}
	}
	return nil
}

// openPartition sees to it that a topic has a partition, the first of which is 1,
// or fails.
func (k *Kafka) openPartition(ctx context.Context, name string, partition int32) error {
	return k.whileOpen(ctx, func(ctx context.Context) error { return k.topics.partition(ctx, name, partition) })
}

func tooLarge(tp *topic, size int, row int32) error {
	what := "a record"
	if row >= 0 {
		what = fmt.Sprintf("the record of row %d of its batch", row)
	}
	return &TopicError{
		Topic: tp.name, permanent: event.ErrUnsupported,
		Err: fmt.Errorf("%s has %d bytes, and the topic takes %d", what, size, tp.limit),
		Fix: "raise the limit: kafka-configs --alter --entity-type topics --entity-name " + tp.name + " --add-config max.message.bytes=<bytes>",
	}
}

// openTopic is topics.get.
func (k *Kafka) openTopic(ctx context.Context, name string, single bool) (tp *topic, err error) {
	err = k.whileOpen(ctx, func(ctx context.Context) (err error) { tp, err = k.topics.get(ctx, name, single); return err })
	return tp, err
}

// whileOpen asks the broker, ended by ctx or by the end of the sink. A refusal of
// the broker is a failure of the sink.
func (k *Kafka) whileOpen(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(k.life, func() { cancel(context.Cause(k.life)) })
	defer stop()
	err := ask(ctx)
	if err != nil && ctx.Err() == nil {
		return k.fail(err)
	}
	return err
}

// room waits until the buffer has room, ctx ends or the sink does.
func (k *Kafka) room(ctx context.Context, size int64) error {
	if k.budget.try(size) {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(k.life, func() { cancel(context.Cause(k.life)) })
	defer stop()
	return k.budget.take(ctx, size)
}

// Limit returns the largest record that the topic takes, before compression: the
// bytes of key, value and the value of a key header together, and what
// [event.Frame.HeaderBytes] says of its own headers. It makes a
// topic that is missing. While the broker can't be reached it waits, until the
// sink is closed. Safe for concurrent use.
func (k *Kafka) Limit(name string) (int, error) {
	tp, err := k.openTopic(k.life, name, false)
	if err != nil {
		return 0, err
	}
	return tp.limit, nil
}

// Flush implements the engine's Sink: it waits until done was called for every
// frame that Write has taken. The error is ctx's, or the failure of the sink.
func (k *Kafka) Flush(ctx context.Context) error {
	if err := k.client.Flush(ctx); err != nil {
		return err
	}
	if err := k.budget.idle(ctx); err != nil {
		return err
	}
	return k.failure()
}

// Close implements the engine's Sink: what is not acknowledged yet is given up
// with ErrClosed. It waits until every done has returned, or until ctx ends.
func (k *Kafka) Close(ctx context.Context) error {
	k.shut(ErrClosed)
	k.closing.Do(k.client.Close)
	return k.budget.idle(ctx)
}

// Ping asks any broker for an answer.
func (k *Kafka) Ping(ctx context.Context) error { return k.client.Ping(ctx) }

// Stats returns the counters, at any time.
func (k *Kafka) Stats() Stats {
	s := k.stats.snapshot()
	s.InFlight = k.budget.inUse()
	return s
}

// shut shuts the gate with err, unless it is shut.
func (k *Kafka) shut(err error) {
	if k.gate.CompareAndSwap(nil, &err) {
		k.end(err)
	}
}

// fail shuts the gate with err, unless it is shut, and returns what shut it.
func (k *Kafka) fail(err error) error {
	k.shut(err)
	return k.failure()
}

// failure returns what shut the gate, nil while it is open.
func (k *Kafka) failure() error {
	if e := k.gate.Load(); e != nil {
		return *e
	}
	return nil
}
