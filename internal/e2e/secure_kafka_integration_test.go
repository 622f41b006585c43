//go:build integration

package e2e

import (
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"cdc/internal/testdb"
	"cdc/sink"
)

// What the users of the secure broker are called. A password that needs care in
// YAML, in a URL and in JSON.
const (
	kafkaUser     = "shop-writer"
	kafkaPassword = `Kafka: #"geheim"'%$&`
)

// secureKafka is a broker with a listener that asks for a password and one that
// asks for a certificate, both encrypted.
type secureKafka struct{ *testdb.Dedicated }

func newSecureKafka(t *testing.T) *secureKafka {
	t.Helper()
	module := "org.apache.kafka.common.security."
	k := &secureKafka{Dedicated: testdb.NewKafka(t,
		"listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL",
		"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SASL_SSL://127.0.0.1:{port:sasl},SSL://127.0.0.1:{port:ssl}",
		"advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{port:sasl},SSL://127.0.0.1:{port:ssl}",
		"ssl.keystore.type=PEM", "ssl.keystore.location={home}/server-both.pem",
		"ssl.truststore.type=PEM", "ssl.truststore.location={home}/ca.pem",
		"listener.name.ssl.ssl.client.auth=required",
		"sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
		fmt.Sprintf(`listener.name.sasl_ssl.plain.sasl.jaas.config=%splain.PlainLoginModule required user_%s=%q;`, module, kafkaUser, "plain-password"),
		fmt.Sprintf(`listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=%sscram.ScramLoginModule required;`, module),
		fmt.Sprintf(`listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=%sscram.ScramLoginModule required;`, module),
	)}
	admin := newAdmin(t, []string{k.Addr()})
	for _, mechanism := range []kadm.ScramMechanism{kadm.ScramSha256, kadm.ScramSha512} {
		user := kadm.UpsertSCRAM{User: kafkaUser, Mechanism: mechanism, Iterations: 4096, Password: kafkaPassword}
		made, err := admin.AlterUserSCRAMs(t.Context(), nil, []kadm.UpsertSCRAM{user})
		if err == nil {
			err = made.Error()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// pipe is a pipeline to a listener of the broker.
func (k *secureKafka) pipe(t *testing.T, db *database, broker string, lines ...string) *pipe {
	t.Helper()
	p := newPipe(t, db, "orders", "e2e_mark")
	p.brokers = []string{broker}
	p.kafka = append(p.kafka, lines...)
	return p
}

func (k *secureKafka) sasl() string { return k.NamedAddr("sasl") }

// login is a key of the sink; the password comes from a variable.
func login(mechanism, variable string) string {
	return fmt.Sprintf("sasl: {mechanism: %s, user: %s, password: '${%s}'}", mechanism, kafkaUser, variable)
}

// TestSecureKafka: events, and in one pipeline offsets and table versions too,
// by every way to log in to a real broker, side by side in one process; then
// everything that can be wrong.
func TestSecureKafka(t *testing.T) {
	t.Setenv("KAFKA_SCRAM", kafkaPassword)
	t.Setenv("KAFKA_PLAIN", "plain-password")
	t.Setenv("KAFKA_WRONG", "verraten")
	secrets := []string{kafkaPassword, "plain-password", "verraten"}
	k := newSecureKafka(t)
	db := newDatabase(t, testdb.MySQL(t))
	db.exec(t, "create table orders (id int primary key)", "insert into orders values (1)")
	t.Run("verified", func(t *testing.T) {
		k.deliver(t, db, map[string]*pipe{
			"PLAIN":         k.pipe(t, db, k.sasl(), tlsVerified(k.Server, false), login(sink.Plain, "KAFKA_PLAIN")),
			"SCRAM-SHA-256": k.pipe(t, db, k.sasl(), tlsVerified(k.Server, false), login(sink.ScramSHA256, "KAFKA_SCRAM")),
			"SCRAM-SHA-512": k.storing(k.pipe(t, db, k.sasl(), tlsVerified(k.Server, false), login(sink.ScramSHA512, "KAFKA_SCRAM"))),
			"certificate":   k.pipe(t, db, k.NamedAddr("ssl"), tlsVerified(k.Server, true)),
		}, secrets)
	})
	t.Run("refused", func(t *testing.T) { refused(t, k.mistakes(t, db), secrets...) })
	t.Run("hung up", func(t *testing.T) {
		// A broker that goes down does the same, so the pipeline goes on trying.
		for _, p := range []*pipe{k.pipe(t, db, k.sasl(), tlsVerified(k.Server, false)), k.pipe(t, db, k.Addr(), tlsVerified(k.Server, false))} {
			newProject(t, p).run(t, "doctor").wants(t, 1, p.brokers[0], "expects another tls or sasl")
		}
	})
	t.Run("doctor", func(t *testing.T) {
		for p, texts := range k.mistakes(t, db) {
			p.store = nil // doctor looks at the broker, not at the store
			r := newProject(t, p).run(t, "doctor")
			r.wants(t, 1, append(texts, "mend: ")...)
		}
	})
}

// storing makes the pipeline keep its offset in the broker too.
func (k *secureKafka) storing(p *pipe) *pipe {
	p.store = []string{"kafka: {topic: " + p.name + "-offsets}"}
	return p
}

// deliver runs pipelines until they have delivered a snapshot and a change.
func (k *secureKafka) deliver(t *testing.T, db *database, pipelines map[string]*pipe, secrets []string) {
	t.Helper()
	var all []*pipe
	for _, p := range pipelines {
		all = append(all, p)
	}
	s := newProject(t, all...).start(t)
	for _, p := range all {
		s.streams(p.name)
	}
	db.exec(t, "insert into orders values (2)")
	plain := []string{k.Addr()}
	for _, p := range all {
		reader := *p
		reader.brokers = plain
		db.mark(s, &reader)
	}
	s.stop()
	for _, p := range pipelines {
		wantOps(t, plain, p.topic("orders"), "r1", "c2")
	}
	checkSecrets(t, s.out.String(), secrets)
}

// mistakes are configurations of the sink that can't work, and what the error
// says: broker, user where there is one, cause and mend.
func (k *secureKafka) mistakes(t *testing.T, db *database) map[*pipe][]string {
	t.Helper()
	verified, wrong := tlsVerified(k.Server, false), []string{k.sasl(), kafkaUser, "SASL_AUTHENTICATION_FAILED", "sasl.password"}
	moved := fmt.Sprintf("%s:%d", elsewhere, forward(t, k.sasl()))
	return map[*pipe][]string{
		k.pipe(t, db, k.sasl(), verified, login(sink.Plain, "KAFKA_WRONG")):                                                                     wrong,
		k.pipe(t, db, k.sasl(), verified, login(sink.ScramSHA256, "KAFKA_WRONG")):                                                               wrong,
		k.storing(k.pipe(t, db, k.sasl(), verified, login(sink.ScramSHA512, "KAFKA_WRONG"))):                                                    wrong,
		k.pipe(t, db, k.sasl(), fmt.Sprintf("tls: {mode: verify-full, ca: %s}", foreignCA(t)), login(sink.ScramSHA512, "KAFKA_SCRAM")):          {k.sasl(), "unknown authority", "tls.ca"},
		k.storing(k.pipe(t, db, k.sasl(), fmt.Sprintf("tls: {mode: verify-ca, ca: %s}", foreignCA(t)), login(sink.ScramSHA512, "KAFKA_SCRAM"))): {k.sasl(), "unknown authority", "tls.ca"},
		k.pipe(t, db, moved, verified, login(sink.ScramSHA512, "KAFKA_SCRAM")):                                                                  {moved, "127.0.0.1", "tls.mode: verify-ca"},
		k.pipe(t, db, k.sasl(), login(sink.Plain, "KAFKA_PLAIN")):                                                                               {k.sasl(), "tls.mode: verify-full"},
		k.pipe(t, db, k.Addr(), login(sink.Plain, "KAFKA_PLAIN")):                                                                               {k.Addr(), "ILLEGAL_SASL_STATE", "sasl"},
		k.pipe(t, db, k.NamedAddr("ssl"), verified):                                                                                             {k.NamedAddr("ssl"), "certificate", "tls.cert"},
	}
}
