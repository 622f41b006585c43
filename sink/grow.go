package sink

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"

	"cdc/event"
)

// partition finds out whether a topic that is known has more partitions by now
// than it had, enough for the one that is asked for; the first is 1. It waits until
// the client knows of it, too.
func (t *topics) partition(ctx context.Context, name string, want int32) error {
	select {
	case t.slow <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-t.slow }()
	var n int32
	err := t.again(ctx, name, func(ctx context.Context) (err error) {
		if n, err = t.count(ctx, name); err != nil {
			return fmt.Errorf("look up: %w", explain(name, err))
		}
		if n == 0 { // just made, and this broker has not heard of it; or deleted
			return fmt.Errorf("look up: %w", explain(name, kerr.UnknownTopicOrPartition))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if known := *t.lookup(name); n != known.partitions {
		known.partitions = n
		t.learn(&known)
	}
	if n < want {
		return noPartition(name, n, want)
	}
	return t.again(ctx, name, func(context.Context) error { return t.loaded(name, want) })
}

// errNotLoaded: the client hasn't heard of a partition yet.
var errNotLoaded = errors.New("the client doesn't know the new partition yet")

// loaded reports whether the client, if it knows the topic, knows the partition.
func (t *topics) loaded(name string, want int32) error {
	leader, _, _ := t.client.PartitionLeader(name, 0)
	if leader < 0 { // it looks the topic up before it sends the first record
		return nil
	}
	if leader, _, _ = t.client.PartitionLeader(name, want-1); leader >= 0 {
		return nil
	}
	t.client.ForceMetadataRefresh()
	return errNotLoaded
}

// noPartition is the error of a record for a partition that isn't there.
func noPartition(name string, has, want int32) error {
	there := fmt.Sprintf("the partitions 0 to %d", has-1)
	if has == 1 {
		there = "partition 0 alone"
	}
	return &TopicError{
		Topic: name, permanent: event.ErrConfig,
		Err: fmt.Errorf("a rule sends a record to partition %d, and the topic has %s", want-1, there),
		Fix: fmt.Sprintf("let the rule choose another one (partition_by), or add partitions: kafka-topics --alter --topic %s --partitions %d", name, want),
	}
}
