package sink

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"cdc/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline is for waits that only fail.
const deadline = 30 * time.Second

func startCluster(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.DefaultNumPartitions(3)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func configFor(c *kfake.Cluster) Config {
	config := Default()
	config.Brokers = c.ListenAddrs()
	config.TopicPrefix = "shop"
	config.Linger = time.Millisecond
	return config
}

func openSink(t testing.TB, config Config, extra ...kgo.Opt) *Kafka {
	t.Helper()
	quick := []kgo.Opt{
		kgo.MetadataMinAge(10 * time.Millisecond), kgo.ConsiderMissingTopicDeletedAfter(100 * time.Millisecond),
		kgo.RetryBackoffFn(func(int) time.Duration { return 5 * time.Millisecond }),
	}
	k, err := open(config, nil, zap.NewNop(), append(quick, extra...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		if err := k.Close(ctx); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return k
}

type rec struct{ key, value, keyHeader string }

const null = "\x00null"

func appendRecord(f *event.Frame, target *event.Target, r rec) {
	out := event.Record{Target: target, KeyAt: uint32(len(f.Buf))}
	if r.key == null {
		out.Flags |= event.NullKey
	} else {
		f.Buf = append(f.Buf, r.key...)
	}
	out.ValueAt = uint32(len(f.Buf))
	if r.value == null {
		out.Flags |= event.NullValue
	} else {
		f.Buf = append(f.Buf, r.value...)
	}
	out.HeadAt = uint32(len(f.Buf))
	if r.keyHeader != "" {
		out.Flags |= event.NewKeyHeader
		f.Buf = append(f.Buf, r.keyHeader...)
	}
	out.End = uint32(len(f.Buf))
	f.Records = append(f.Records, out)
}

func frameOf(target *event.Target, records ...rec) *event.Frame {
	f := &event.Frame{}
	for _, r := range records {
		appendRecord(f, target, r)
	}
	return f
}

// outcomes collects what done is called with.
type outcomes struct {
	mu  sync.Mutex
	ok  int
	bad []error
}

func (o *outcomes) done(_ *event.Frame, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		o.bad = append(o.bad, err)
		return
	}
	o.ok++
}

func (o *outcomes) counts() (ok int, bad []error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ok, o.bad
}

// readAll returns the first n records of the topic, in order per partition.
func readAll(t testing.TB, addrs []string, topic string, n int, opts ...kgo.Opt) []*kgo.Record {
	t.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(addrs...), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableClientMetrics(),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	var got []*kgo.Record
	for len(got) < n {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("read %q: %d records after %v, want %d", topic, len(got), deadline, n)
		}
		got = append(got, fetches.Records()...)
	}
	return got
}

// ends returns the number of records in the topic.
func ends(c *kfake.Cluster, topic string) int {
	n := 0
	for _, p := range c.PartitionInfos(topic) {
		n += int(p.HighWatermark)
	}
	return n
}

func mustFlush(t testing.TB, k *Kafka) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if err := k.Flush(ctx); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}

// network is a dialer that can be switched off and on.
type network struct {
	mu   sync.Mutex
	down bool
	open map[net.Conn]struct{}
}

func (n *network) dial(ctx context.Context, netw, addr string) (net.Conn, error) {
	n.mu.Lock()
	down := n.down
	n.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: netw, Err: fmt.Errorf("unplugged")}
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, netw, addr)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open == nil {
		n.open = map[net.Conn]struct{}{}
	}
	n.open[conn] = struct{}{}
	return conn, nil
}

func (n *network) set(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
	if down {
		for c := range n.open {
			c.Close()
		}
		clear(n.open)
	}
}
