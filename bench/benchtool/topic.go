package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// topicLimit bounds one command on topics.
const topicLimit = time.Minute

// runTopic makes, fills and removes topics:
//
//	topic create NAME[:cleanup.policy] ...
//	topic delete NAME ...
//	topic put NAME KEY VALUE
//	topic end NAME
//	topic ping                     is the broker there?
func runTopic(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("topic", flag.ContinueOnError)
	broker := f.String("b", "127.0.0.1:9092", "broker")
	if err := f.Parse(args); err != nil {
		return err
	}
	verb, names := f.Arg(0), f.Args()[min(1, f.NArg()):]
	if (len(names) == 0 && verb != "ping") || (verb == "put" && len(names) != 3) {
		return errors.New("usage: topic [-b BROKER] create|delete|put|end NAME ... | ping")
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(*broker))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, topicLimit)
	defer cancel()
	admin := kadm.NewClient(client)
	switch verb {
	case "ping":
		return client.Ping(ctx)
	case "create":
		return createTopics(ctx, admin, names)
	case "delete":
		_, err := admin.DeleteTopics(ctx, names...)
		return err
	case "put":
		return client.ProduceSync(ctx, &kgo.Record{Topic: names[0], Key: []byte(names[1]), Value: []byte(names[2])}).FirstErr()
	case "end":
		n, err := endOffset(ctx, admin, names[0])
		if err == nil {
			fmt.Fprintln(out, n)
		}
		return err
	default:
		return fmt.Errorf("%q is not one of create, delete, put, end, ping", verb)
	}
}

// createTopics makes topics of one partition: one order for all records.
func createTopics(ctx context.Context, admin *kadm.Client, names []string) error {
	for _, name := range names {
		name, policy, found := strings.Cut(name, ":")
		settings := map[string]*string{}
		if found {
			settings["cleanup.policy"] = &policy
		}
		if _, err := admin.CreateTopic(ctx, 1, 1, settings, name); err != nil {
			return fmt.Errorf("create topic %s: %w", name, err)
		}
	}
	return nil
}

// endOffset is the number of records that a topic has taken.
func endOffset(ctx context.Context, admin *kadm.Client, topic string) (n int64, err error) {
	offsets, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("end of topic %s: %w", topic, err)
	}
	offsets.Each(func(o kadm.ListedOffset) {
		err = errors.Join(err, o.Err)
		n += max(0, o.Offset)
	})
	if err != nil {
		return 0, fmt.Errorf("end of topic %s: %w", topic, err)
	}
	return n, nil
}
