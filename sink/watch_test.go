package sink

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/security"
)

// watched starts watching quickly; the function that is returned ends it.
func watched(t *testing.T, k *Kafka) (stop func()) {
	t.Helper()
	k.watch.every = 5 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.Watch(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// An idle sink knows that its broker is gone, and that it is back.
func TestWatchOutage(t *testing.T) {
	c := startCluster(t)
	var n network
	k := openSink(t, configFor(c), kgo.Dialer(n.dial))
	core, logs := observer.New(zap.InfoLevel)
	k.log = zap.New(core)
	if err := k.Healthy(); err == nil || !strings.Contains(err.Error(), "no answer yet") {
		t.Errorf("before it was asked: got %v", err)
	}
	defer watched(t, k)()
	waitUntil(t, "the broker answers", func() bool { return k.Healthy() == nil })
	n.set(true)
	waitUntil(t, "the broker is missed", func() bool { return k.Healthy() != nil })
	if text := k.Healthy().Error(); !strings.Contains(text, "can't reach the brokers "+c.ListenAddrs()[0]+" since ") {
		t.Errorf("got %s, want brokers and time", text)
	}
	n.set(false)
	waitUntil(t, "the broker answers again", func() bool { return k.Healthy() == nil })
	waitUntil(t, "it is logged", func() bool { return logs.FilterMessage("the brokers answer again").Len() == 1 })
	if got := logs.FilterMessage("can't reach the brokers").Len(); got != 1 {
		t.Errorf("the outage was logged %d times, want once a minute", got)
	}
}

// The cause of a refusal is named, with what mends it.
func TestWatchNamesTheCause(t *testing.T) {
	server, _ := certificate(t)
	c := startCluster(t, kfake.TLS(server))
	for want, config := range map[string]security.TLS{
		"tls.ca": {Mode: security.VerifyFull},
		"tls":    {},
	} {
		cfg := configFor(c)
		cfg.TLS = config
		k := openSink(t, cfg)
		core, logs := observer.New(zap.WarnLevel)
		k.log = zap.New(core)
		stop := watched(t, k)
		waitUntil(t, "it is logged", func() bool { return logs.Len() > 0 })
		stop()
		logged, _ := logs.All()[0].ContextMap()["error"].(string)
		if text := k.Healthy().Error(); !strings.Contains(text, want) || !strings.Contains(logged, want) {
			t.Errorf("mode %q: got %s\nlogged %s\nwant %s in both", config.Mode, text, logged, want)
		}
	}
}

// The end of the sink ends the watch.
func TestWatchEndsWithTheSink(t *testing.T) {
	k := openSink(t, configFor(startCluster(t)))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.Watch(context.Background())
	}()
	waitUntil(t, "the broker answers", func() bool { return k.Healthy() == nil })
	closeSink(t, k)
	<-ended
}
