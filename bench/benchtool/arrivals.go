package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// arrivals is a consumer that notes when each row has come. listen writes;
// count and first may be read at any time, the rest once listen has returned.
type arrivals struct {
	client *kgo.Client
	at     []int64      // unix ns of the first record of row i+1
	twice  int64        // records that came again
	count  atomic.Int64 // rows that have come
	first  atomic.Bool  // row 0 has come
}

func newArrivals(broker, topic string, rows int) (*arrivals, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ConsumeTopics(topic), kgo.FetchMinBytes(1),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(500*time.Millisecond))
	if err != nil {
		return nil, fmt.Errorf("open consumer: %w", err)
	}
	return &arrivals{client: client, at: make([]int64, rows)}, nil
}

// listen consumes until ctx ends.
func (a *arrivals) listen(ctx context.Context) error {
	for ctx.Err() == nil {
		fetches := a.client.PollFetches(ctx)
		now := time.Now().UnixNano()
		if err := fetches.Err(); err != nil && ctx.Err() == nil {
			return fmt.Errorf("consume: %w", err)
		}
		for records := fetches.RecordIter(); !records.Done(); {
			if err := a.note(records.Next().Key, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// note takes the key of one record.
func (a *arrivals) note(text []byte, now int64) error {
	var key struct {
		ID *int `json:"id"`
	}
	if err := json.Unmarshal(text, &key); err != nil || key.ID == nil || *key.ID < 0 || *key.ID > len(a.at) {
		return fmt.Errorf("consume: %q is not the key of a row of ours", text)
	}
	switch i := *key.ID - 1; {
	case i < 0:
		a.first.Store(true)
	case a.at[i] != 0:
		a.twice++
	default:
		a.at[i] = now
		a.count.Add(1)
	}
	return nil
}
