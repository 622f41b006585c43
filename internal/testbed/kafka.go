package testbed

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// kafka runs one Apache Kafka node that is broker and controller.
type kafka struct{}

// kafkaProperties hold no topic made by itself, so that a client which forgets
// to make one is found out.
const kafkaProperties = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:%[2]d
listeners=PLAINTEXT://127.0.0.1:%[1]d,CONTROLLER://127.0.0.1:%[2]d
advertised.listeners=PLAINTEXT://127.0.0.1:%[1]d
controller.listener.names=CONTROLLER
log.dirs=%[3]s
auto.create.topics.enable=false
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
`

// prepare also picks the port that the controller half listens on.
func (kafka) prepare(ctx context.Context, s *Server) error {
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	s.controller = port
	return copyTree(ctx, filepath.Join(s.program, "template"), s.Data())
}

func (kafka) command(ctx context.Context, s *Server) (*exec.Cmd, error) {
	args, err := s.expand(ctx, strings.Join(s.Args, "\n"))
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf(kafkaProperties, s.Port, s.controller, s.Data()) + args + "\n"
	properties := filepath.Join(s.Dir, "server.properties")
	if err := os.WriteFile(properties, []byte(text), 0o644); err != nil {
		return nil, err
	}
	// The serial collector and the first compiler only: quick to start, and
	// two cores have more to do than to serve a test's few records.
	return exec.CommandContext(context.WithoutCancel(ctx), "java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", filepath.Join(s.program, "lib", "*"),
		"kafka.Kafka", properties), nil
}

var namedPort = regexp.MustCompile(`\{port:[a-z0-9_-]+\}`)

// expand puts values in the place of {port}, {controller}, {port:NAME} and
// {home} in further properties.
func (s *Server) expand(ctx context.Context, text string) (string, error) {
	text = strings.NewReplacer(
		"{port}", strconv.Itoa(s.Port), "{controller}", strconv.Itoa(s.controller), "{home}", s.home.dir,
	).Replace(text)
	for _, found := range namedPort.FindAllString(text, -1) {
		name := strings.TrimSuffix(strings.TrimPrefix(found, "{port:"), "}")
		if s.ports[name] == 0 {
			port, err := freePort(ctx)
			if err != nil {
				return "", err
			}
			if s.ports == nil {
				s.ports = map[string]int{}
			}
			s.ports[name] = port
		}
		text = strings.ReplaceAll(text, found, strconv.Itoa(s.ports[name]))
	}
	return text, nil
}

func (kafka) ready(ctx context.Context, s *Server) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // the client itself retries, longer than we want
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Addr()))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Ping(ctx)
}

func (kafka) signals() (stop, crash syscall.Signal) { return syscall.SIGTERM, syscall.SIGKILL }
