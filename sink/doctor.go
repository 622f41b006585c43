package sink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"cdc/event"
)

// Doctor looks at the cluster: whether it can be reached, what it is, whether
// topics can be made with the configured settings, and whether the pipeline's
// topics that are there suit it. Where topics aren't made, those that rules name must
// be there. It changes nothing.
func (k *Kafka) Doctor(ctx context.Context, named ...string) []event.Finding {
	ctx, cancel := context.WithTimeout(ctx, k.config.RequestTimeout)
	defer cancel()
	meta, err := k.admin.BrokerMetadata(ctx)
	if err != nil {
		return []event.Finding{unreachable(k.config, err)}
	}
	findings := []event.Finding{k.cluster(ctx, meta)}
	if k.config.Topics.Create {
		findings = append(findings, k.mayCreate(ctx))
	}
	return append(findings, k.existing(ctx, len(meta.Brokers), named)...)
}

func unreachable(c Config, err error) event.Finding {
	f := event.Finding{
		Level: event.LevelFail, Check: "broker", Detail: fmt.Sprintf("%s: %v", strings.Join(c.Brokers, ", "), err),
		Fix: "start it, or correct brokers, tls and sasl of the sink",
	}
	if e, ok := errors.AsType[*ConnectionError](c.Explain(err)); ok {
		f.Fix = e.Fix
		if e.User != "" {
			f.Detail = fmt.Sprintf("%s: user %q refused: %v", strings.Join(c.Brokers, ", "), e.User, err)
		}
	}
	return f
}

func (k *Kafka) cluster(ctx context.Context, meta kadm.Metadata) event.Finding {
	f := event.Finding{Level: event.LevelOK, Check: "broker", Detail: fmt.Sprintf("%d reachable", len(meta.Brokers))}
	versions, err := k.admin.ApiVersions(ctx)
	if err != nil {
		f.Level, f.Detail = event.LevelWarn, f.Detail+", version unknown: "+err.Error()
		return f
	}
	for _, v := range versions.Sorted() {
		if v.Err == nil {
			f.Detail += ", Kafka " + v.VersionGuess()
			break
		}
	}
	return f
}

// mayCreate asks the broker to check, not to make, a topic.
func (k *Kafka) mayCreate(ctx context.Context) event.Finding {
	f := event.Finding{Level: event.LevelOK, Check: "new topics", Detail: "may be made as configured"}
	name := k.config.TopicPrefix + ".cdc-doctor"
	partitions, replication := k.config.Topics.counts()
	made, err := k.admin.ValidateCreateTopics(ctx, partitions, replication, k.config.Topics.settings(), name)
	if err == nil {
		var r kadm.CreateTopicResponse
		if r, err = made.On(name, nil); err == nil {
			err = r.Err
		}
		if err != nil && r.ErrMessage != "" {
			err = fmt.Errorf("%w (%s)", err, r.ErrMessage)
		}
	}
	if err == nil || errors.Is(err, kerr.TopicAlreadyExists) {
		return f
	}
	f.Level, f.Detail, f.Fix = event.LevelFail, err.Error(), "make the topics by hand and set topics.create: false"
	if e, ok := errors.AsType[*TopicError](explain(k.config.TopicPrefix, err)); ok && e.Fix != "" {
		f.Fix = e.Fix
	}
	return f
}

// existing looks at the topics below the prefix, and for those that rules name.
func (k *Kafka) existing(ctx context.Context, brokers int, named []string) []event.Finding {
	all, err := k.admin.ListTopics(ctx)
	if err != nil {
		return []event.Finding{{Level: event.LevelWarn, Check: "topics", Detail: "can't be listed: " + err.Error()}}
	}
	var single []string
	count := 0
	for _, t := range all.Sorted() {
		if !strings.HasPrefix(t.Topic, k.config.TopicPrefix+".") {
			continue
		}
		count++
		if brokers > 1 && t.Partitions.NumReplicas() == 1 {
			single = append(single, t.Topic)
		}
	}
	findings := []event.Finding{{Level: event.LevelOK, Check: "topics", Detail: fmt.Sprintf("%d below %s.", count, k.config.TopicPrefix)}}
	if len(single) > 0 {
		findings = append(findings, event.Finding{
			Level: event.LevelWarn, Check: "replication",
			Detail: "one copy only of " + strings.Join(single, ", ") + ": what was acknowledged is lost with that broker's disk",
			Fix:    "set topics.replication: 3 for new topics, and kafka-reassign-partitions for these",
		})
	}
	missing := slices.DeleteFunc(slices.Clone(named), all.Has)
	if len(missing) > 0 && !k.config.Topics.Create {
		findings = append(findings, event.Finding{
			Level: event.LevelFail, Check: "topics of rules",
			Detail: "not there, or not shown to this user, and topics.create is false: " + strings.Join(missing, ", ") + "; the first record for one stops the pipeline",
			Fix:    "set topics.create: true, or make each: kafka-topics --create --topic " + missing[0],
		})
	}
	return findings
}
