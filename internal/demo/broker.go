package demo

import (
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Broker is a Kafka broker inside this process.
type Broker struct {
	cluster *kfake.Cluster
}

// StartBroker starts a broker on a free port of 127.0.0.1 that keeps its data in
// dir.
func StartBroker(dir string) (*Broker, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(dir))
	if err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	return &Broker{c}, nil
}

// Addrs returns where the broker listens.
func (b *Broker) Addrs() []string { return b.cluster.ListenAddrs() }

// Close stops the broker.
func (b *Broker) Close() { b.cluster.Close() }
