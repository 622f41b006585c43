package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Show prints every record of the topics that begin with prefix and arrive from
// now on, until ctx ends. seen is called after each one.
func Show(ctx context.Context, brokers []string, prefix string, out io.Writer, seen func(topic string)) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.ConsumeRegex(),
		kgo.ConsumeTopics("^"+strings.ReplaceAll(prefix, ".", `\.`)+`\.`),
		// Topics come to life while we watch, so each is read from its start;
		// what an earlier run left there is older than this run.
		kgo.ConsumeResetOffset(kgo.NewOffset().AfterMilli(time.Now().UnixMilli())),
		kgo.MetadataMinAge(100*time.Millisecond),
		kgo.MetadataMaxAge(200*time.Millisecond),
		kgo.FetchMaxWait(100*time.Millisecond),
	)
	if err != nil {
		return fmt.Errorf("open consumer: %w", err)
	}
	defer client.Close()
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		for r := range fetches.RecordsAll() {
			fmt.Fprintf(out, "%s\n    key   %s\n    value %s\n", r.Topic, orNull(r.Key), readable(r.Value))
			seen(r.Topic)
		}
	}
}

func orNull(text []byte) string {
	if text == nil {
		return "null"
	}
	return string(text)
}

// readable shortens an envelope to what a person looks for: the operation and
// the row before and after.
func readable(value []byte) string {
	if value == nil {
		return "null (a tombstone: the key is gone)"
	}
	var envelope struct {
		Op     string          `json:"op"`
		Before json.RawMessage `json:"before"`
		After  json.RawMessage `json:"after"`
	}
	if err := json.Unmarshal(value, &envelope); err != nil || envelope.Op == "" {
		return string(value)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "op=%s", envelope.Op)
	for _, image := range []struct {
		name string
		text []byte
	}{{"before", envelope.Before}, {"after", envelope.After}} {
		if len(image.text) > 0 && !bytes.Equal(image.text, []byte("null")) {
			fmt.Fprintf(&b, " %s=%s", image.name, image.text)
		}
	}
	return b.String()
}
