package sink

import (
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"github.com/twmb/franz-go/plugin/kzap"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"cdc/event"
)

// ClientOptions returns what every client of this cluster has in common:
// addresses, encryption, identity, time limits and the log. Files are read now.
func (c Config) ClientOptions(log *zap.Logger) ([]kgo.Opt, error) {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(c.ClientID),
		kgo.SoftwareNameAndVersion("cdc", "1"),
		kgo.RequestTimeoutOverhead(c.RequestTimeout),
		kgo.DialTimeout(min(c.RequestTimeout, 10*time.Second)),
		kgo.WithLogger(clientLog(log)),
		kgo.DisableClientMetrics(),
		// How soon a broker that has moved or died is looked for again.
		kgo.MetadataMinAge(time.Second),
	}
	// Without a host: the client fills in the host of each broker it connects to.
	encrypted, err := c.TLS.Config("")
	if err != nil {
		return nil, fmt.Errorf("%w: sink: tls.%w", event.ErrConfig, err)
	}
	if encrypted != nil {
		opts = append(opts, kgo.DialTLSConfig(encrypted))
	}
	if m := c.SASL.mechanism(); m != nil {
		opts = append(opts, kgo.SASL(m))
	}
	return opts, nil
}

func (s SASLConfig) mechanism() sasl.Mechanism {
	switch s.Mechanism {
	case Plain:
		return plain.Auth{User: s.User, Pass: s.Password.Reveal()}.AsMechanism()
	case ScramSHA256:
		return scram.Auth{User: s.User, Pass: s.Password.Reveal()}.AsSha256Mechanism()
	case ScramSHA512:
		return scram.Auth{User: s.User, Pass: s.Password.Reveal()}.AsSha512Mechanism()
	default:
		return nil
	}
}

// clientLog passes the client's warnings on, each at most once in ten seconds:
// while a broker is down the client repeats itself with every attempt. With
// debug logging everything is passed on.
func clientLog(log *zap.Logger) kgo.Logger {
	if log.Core().Enabled(zap.DebugLevel) {
		return kzap.New(log, kzap.Level(kgo.LogLevelDebug))
	}
	rare := log.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return zapcore.NewSamplerWithOptions(core, 10*time.Second, 1, 0)
	}))
	return kzap.New(rare, kzap.Level(kgo.LogLevelWarn))
}

// producerOptions are those of the one client that writes.
func (c Config) producerOptions(maxBatch func(topic string) int32) ([]kgo.Opt, error) {
	compress, err := compression(c.Compression)
	if err != nil {
		return nil, err
	}
	return []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordPartitioner(partitioner{}),
		compress,
		kgo.ProducerBatchMaxBytesFn(maxBatch),
		kgo.ProducerLinger(c.Linger),
		kgo.ProduceRequestTimeout(c.RequestTimeout),
		// Write keeps its own account in bytes: the client must never wait for
		// room, see fenced.
		kgo.MaxBufferedRecords(1 << 30),
		// Topics are made and seen before the first record, so this many
		// refusals in a row mean that one was deleted.
		kgo.UnknownTopicRetries(8),
		// A partition that has lost acknowledged records must not be written on.
		kgo.StopProducerOnDataLossDetected(),
	}, nil
}
