package sink

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"cdc/event"
)

func find(t *testing.T, findings []event.Finding, check string) event.Finding {
	t.Helper()
	for _, f := range findings {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("no finding about %q in %+v", check, findings)
	return event.Finding{}
}

func TestDoctorHealthy(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "shop.a", "shop.b", "other"))
	findings := openSink(t, configFor(c)).Doctor(t.Context())
	for _, f := range findings {
		if f.Level != event.LevelOK {
			t.Errorf("found %+v", f)
		}
	}
	if f := find(t, findings, "topics"); !strings.HasPrefix(f.Detail, "2 ") {
		t.Errorf("found %+v, want 2 topics", f)
	}
	if f := find(t, findings, "broker"); !strings.Contains(f.Detail, "Kafka ") {
		t.Errorf("found %+v, want a version", f)
	}
	if len(c.PartitionInfos("shop.cdc-doctor")) != 0 {
		t.Error("doctor made a topic")
	}
}

func TestDoctorMayNotCreate(t *testing.T) {
	c := startCluster(t)
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	f := find(t, openSink(t, configFor(c)).Doctor(t.Context()), "new topics")
	if f.Level != event.LevelFail || !strings.Contains(f.Fix, "kafka-acls") {
		t.Errorf("found %+v", f)
	}
}

func TestDoctorUnreachable(t *testing.T) {
	var n network
	n.set(true)
	findings := openSink(t, configFor(startCluster(t)), kgo.Dialer(n.dial)).Doctor(t.Context())
	if len(findings) != 1 || findings[0].Level != event.LevelFail || findings[0].Fix == "" {
		t.Errorf("found %+v", findings)
	}
}

// Topics that rules name must be there where none are made.
func TestDoctorMissesTopicsOfRules(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "present"))
	config := configFor(c)
	named := []string{"present", "orders", "shop.dead-letter"}
	for _, f := range openSink(t, config).Doctor(t.Context(), named...) {
		if f.Level != event.LevelOK {
			t.Errorf("topics are made: found %+v", f)
		}
	}
	config.Topics.Create = false
	k := openSink(t, config)
	f := find(t, k.Doctor(t.Context(), named...), "topics of rules")
	if f.Level != event.LevelFail || !strings.Contains(f.Detail, "orders, shop.dead-letter") || strings.Contains(f.Detail, "present,") || !strings.Contains(f.Fix, "--topic orders") {
		t.Errorf("found %+v", f)
	}
	for _, f := range k.Doctor(t.Context(), "present") {
		if f.Level != event.LevelOK {
			t.Errorf("all are there: found %+v", f)
		}
	}
}
