package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/bench/check"
)

// readLimit bounds how long one more record of the topic may take.
const readLimit = time.Minute

// check reads the topic from its beginning to its end and fills the report. At
// the place of each kill it asks how much the stored offset didn't cover.
func (k *kill9) check(ctx context.Context) error {
	checker, err := check.New(k.versions)
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(k.broker), kgo.ConsumeTopics(k.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return fmt.Errorf("open consumer: %w", err)
	}
	defer client.Close()
	kill := 0
	for int64(checker.Records()) < k.end {
		fetches, err := poll(ctx, client)
		if err != nil {
			return err
		}
		for records := fetches.RecordIter(); !records.Done(); {
			record, err := check.Decode(records.Next().Value)
			if err != nil {
				return fmt.Errorf("record %d: %w", checker.Records(), err)
			}
			checker.Add(record)
			for ; kill < len(k.result.Kills) && int64(checker.Records()) == k.result.Kills[kill].End; kill++ {
				if err := k.judge(checker, kill); err != nil {
					return err
				}
			}
		}
	}
	k.countRepeated(checker.Duplicates())
	k.result.Report = checker.Report()
	return nil
}

func poll(ctx context.Context, client *kgo.Client) (kgo.Fetches, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, readLimit, errors.New("no more records came"))
	defer cancel()
	fetches := client.PollFetches(ctx)
	if err := fetches.Err(); err != nil {
		return nil, fmt.Errorf("read topic: %w", errors.Join(err, context.Cause(ctx)))
	}
	return fetches, nil
}

// judge splits what the stored offset didn't cover at a kill into what the
// product knew as acknowledged and what was still on its way.
func (k *kill9) judge(checker *check.Checker, kill int) error {
	d := &k.result.Kills[kill]
	mark, err := check.ParseMark(d.offset)
	if err != nil {
		return fmt.Errorf("kill %d: %w", kill+1, err)
	}
	began := int64(0)
	if kill > 0 {
		began = k.result.Kills[kill-1].End
	}
	since := checker.Since(mark)
	d.InFlight = min(since, int(max(0, d.End-began-d.counted)))
	d.Acknowledged = since - d.InFlight
	d.Duplicates = checker.Duplicates() // so far: countRepeated takes the difference
	return nil
}

// countRepeated turns the duplicates seen up to each kill into those that came
// after it.
func (k *kill9) countRepeated(all int) {
	kills := k.result.Kills
	for i := range kills {
		next := all
		if i+1 < len(kills) {
			next = kills[i+1].Duplicates
		}
		kills[i].Duplicates = next - kills[i].Duplicates
	}
}

// verdict is an error when something is wrong.
func (k *kill9) verdict() error {
	if r := k.result.Report; !r.OK() {
		return fmt.Errorf("%d missing, %d out of order, %d keys without their last version at the end, %d unknown: %q",
			r.Missing, r.Disordered, r.WrongLast, r.Unknown, r.Examples)
	}
	for i, d := range k.result.Kills {
		if d.Duplicates > d.allowed() {
			return fmt.Errorf("kill %d: %d duplicates, but only %d acknowledged since the last save and %d in flight",
				i+1, d.Duplicates, d.Acknowledged, d.InFlight)
		}
	}
	return nil
}
