package sink

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
)

// fenced is the context of every record. It keeps later versions of a key out
// of the topic when an earlier one is refused for good:
//
//  1. The broker refuses a batch. The client gives up everything of that
//     partition which it holds, and queues our promises.
//  2. Before the first promise has run, and shut the gate, Write hands over a
//     later record of the same key. The client puts it into a new batch.
//  3. That batch would be sent, and the broker might well take it.
//
// But a partition that was given up holds nothing, so the new batch is its
// first, and before the client sends a partition's first batch it asks this
// context whether it has ended. Promises run in order: Done sends one of its own
// behind those that are queued, and answers when that has come back. Then every
// refusal that lies before this batch has been heard, the gate is shut, and
// life has ended.
//
// So the first failure is the last word of a sink: no later Write is taken and
// nothing waiting is sent. A new sink starts from the stored offset, which lies
// before the record that failed.
//
// The client holds locks of the partition while it asks, and promises need none
// of those. It also asks, with a lock that promises do need, while Produce waits
// for room; its own limits are set so that it never does.
type fenced struct {
	context.Context //nolint:containedctx // it is one
	k               *Kafka
}

// Done implements context.Context.
func (c fenced) Done() <-chan struct{} {
	if c.k.failure() == nil {
		c.k.hear()
	}
	return c.Context.Done()
}

// hear waits until every promise that is queued now has run.
func (k *Kafka) hear() {
	heard := make(chan struct{})
	// A record without a topic goes straight to the queue of promises.
	k.client.Produce(k.life, &kgo.Record{}, func(*kgo.Record, error) { close(heard) })
	<-heard
}
