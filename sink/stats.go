package sink

import (
	"net"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Stats is a snapshot of the sink's counters.
type Stats struct {
	// Records and Bytes (of keys and values) are acknowledged by the brokers.
	Records, Bytes uint64
	// Batches were written; SentBytes is their size as it went over the wire.
	Batches, SentBytes uint64
	// InFlight is the memory of records that wait for their acknowledgement.
	InFlight int64
	// Failed counts records that were given up.
	Failed uint64
	// Retries counts produce requests that broke off and were sent again.
	Retries uint64
	// Reachable: the last thing a broker did was to answer. LastError is why
	// the last one that didn't could not be reached.
	Reachable bool
	LastError string
}

// counters are updated per frame, batch and request, never per record. They
// are the client's hooks too.
type counters struct {
	records, bytes, failed atomic.Uint64
	batches, sent, retries atomic.Uint64
	reachable              atomic.Bool
	lastError              atomic.Pointer[string]
}

func (c *counters) snapshot() Stats {
	s := Stats{
		Records: c.records.Load(), Bytes: c.bytes.Load(), Failed: c.failed.Load(),
		Batches: c.batches.Load(), SentBytes: c.sent.Load(), Retries: c.retries.Load(),
		Reachable: c.reachable.Load(),
	}
	if e := c.lastError.Load(); e != nil {
		s.LastError = *e
	}
	return s
}

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (c *counters) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	c.heard(err)
}

// OnBrokerE2E implements kgo.HookBrokerE2E.
func (c *counters) OnBrokerE2E(_ kgo.BrokerMetadata, key int16, e2e kgo.BrokerE2E) {
	err := e2e.Err()
	if err != nil && key == int16(kmsg.Produce) {
		c.retries.Add(1)
	}
	c.heard(err)
}

// OnProduceBatchWritten implements kgo.HookProduceBatchWritten.
func (c *counters) OnProduceBatchWritten(_ kgo.BrokerMetadata, _ string, _ int32, m kgo.ProduceBatchMetrics) {
	c.batches.Add(1)
	c.sent.Add(uint64(m.CompressedBytes))
}

func (c *counters) heard(err error) {
	if err == nil {
		if !c.reachable.Load() {
			c.reachable.Store(true)
		}
		return
	}
	text := err.Error()
	c.lastError.Store(&text)
	c.reachable.Store(false)
}
