//go:build integration

package offsets_test

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/event"
	"cdc/internal/testdb"
	"cdc/offsets"
)

func TestRealKafka(t *testing.T) {
	opts := []kgo.Opt{kgo.SeedBrokers(testdb.Kafka(t)...)}
	topic := testdb.UniqueName(t)
	t.Run("store", func(t *testing.T) {
		storeSuite(t, func() store {
			s, err := offsets.OpenKafka(t.Context(), opts, topic, "shop")
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	})
	t.Run("journal", func(t *testing.T) {
		journalSuite(t, func() journal {
			j, err := offsets.OpenKafkaJournal(t.Context(), opts, topic+"-tables", "shop", "shop")
			if err != nil {
				t.Fatal(err)
			}
			return j
		})
	})
}

// The broker is killed between two saves and started again.
func TestRealKafkaKilled(t *testing.T) {
	server := testdb.NewKafka(t)
	s := openKafka(t, []kgo.Opt{kgo.SeedBrokers(server.Addr())})
	defer closeIt(t, s)
	for i, position := range []event.Position{`{"lsn":1}`, `{"lsn":2}`} {
		if err := s.Save(t.Context(), "shop", event.Offset{Position: position}); err != nil {
			t.Fatal(err)
		}
		got, found, err := s.Load(t.Context(), "shop")
		if err != nil || !found || got.Position != position {
			t.Fatalf("got %+v %v %v, want %s", got, found, err, position)
		}
		if i == 0 {
			server.Kill(t)
			server.Start(t)
		}
	}
}
