package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/twmb/franz-go/pkg/sr"
	"go.uber.org/zap"

	"cdc/event"
)

// Client gives schemas their ids. Each pair of a subject and a schema is asked
// for once and then remembered. It is safe for concurrent use.
type Client struct {
	conf      Config
	client    *sr.Client
	transport *http.Transport
	log       *zap.Logger
	ids       event.Cache[schemaKey, uint32]
	// life ends the requests: encoders ask without a context of their own.
	life context.Context //nolint:containedctx // the lifetime of the value, not of a call
	end  context.CancelCauseFunc

	mu    sync.Mutex
	down  error     // why there is no answer; nil while there is. Guarded by mu
	since time.Time // of the first failure in a row; guarded by mu
}

type schemaKey struct{ subject, schema string }

// errClosed is why a request ends unanswered at Close.
var errClosed = errors.New("the client of the schema registry was closed")

// New returns a client of the registry. It asks nothing yet. Close it.
func New(c Config, log *zap.Logger) (*Client, error) {
	c = c.Complete()
	client, transport, err := c.client()
	if err != nil {
		return nil, err
	}
	r := &Client{conf: c, client: client, transport: transport, log: log}
	r.life, r.end = context.WithCancelCause(context.Background()) //nolint:forbidigo // ended by Close
	r.ids.Compile = r.ask
	return r, nil
}

// Close ends every request that waits and the connections.
func (r *Client) Close() {
	r.end(errClosed)
	r.transport.CloseIdleConnections()
}

// Healthy returns why the registry gives no answer, as far as the last request
// tells; nil when it gave one. It never blocks on the network.
func (r *Client) Healthy() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == nil {
		return nil
	}
	return fmt.Errorf("schema registry out of reach since %s: %w", r.since.UTC().Format(time.RFC3339), r.down)
}

// ID returns the id of an Avro schema under a subject. While the registry can't
// be reached it waits, until Close. An error wraps event.ErrDelivery; when the
// registry has refused the schema it is a [*Error].
func (r *Client) ID(subject, schema string) (uint32, error) {
	return r.ids.Get(schemaKey{subject, schema})
}

// Register is ID without a memory, for schemas of which there may be any number:
// it asks the registry every time.
func (r *Client) Register(subject, schema string) (uint32, error) {
	return r.ask(schemaKey{subject, schema})
}

// Subject returns the name of the subject for the key ("key") or the value ("value")
// of a topic's records, whose schema has this full name.
func (r *Client) Subject(topic, part, record string) string {
	strategy := r.conf.ValueSubject
	if part == "key" {
		strategy = r.conf.KeySubject
	}
	return strategy.Subject(topic, part, record)
}

const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
	// collisions is how often in a row another schema may come in between.
	collisions = 8
)

// ask asks until there is an answer.
func (r *Client) ask(k schemaKey) (uint32, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = firstRetry, lastRetry
	met := 0
	id, err := backoff.Retry(r.life, func() (uint32, error) {
		id, err := r.request(r.life, k)
		if err == nil || passing(err) {
			return id, err
		}
		if met++; collides(err) && met < collisions {
			return 0, err
		}
		return 0, backoff.Permanent(err)
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) {
		if !collides(err) { // else it has answered
			r.lost(k, err)
		}
	}))
	if err == nil {
		r.found()
		return id, nil
	}
	if closed := context.Cause(r.life); closed != nil {
		return 0, &closedError{k.subject, errors.Join(closed, r.Healthy())}
	}
	r.found()
	return 0, r.explain(k.subject, err)
}

// request asks once.
func (r *Client) request(ctx context.Context, k schemaKey) (uint32, error) {
	schema := sr.Schema{Schema: k.schema, Type: sr.TypeAvro}
	var id int
	var err error
	if *r.conf.AutoRegister {
		id, err = r.client.RegisterSchema(ctx, k.subject, schema, -1, -1)
	} else {
		var found sr.SubjectSchema
		found, err = r.client.LookupSchema(ctx, k.subject, schema)
		id = found.ID
	}
	switch {
	case err != nil:
		return 0, err
	case id <= 0 || id > maxSchemaID:
		return 0, fmt.Errorf("the answer holds no id of a schema: %d", id)
	}
	return uint32(id), nil
}

// maxSchemaID is what four bytes hold for readers that take them as signed.
const maxSchemaID = 1<<31 - 1

// lost notes a request that was not answered, and logs the first in a row.
func (r *Client) lost(k schemaKey, err error) {
	r.mu.Lock()
	first := r.down == nil
	r.down = err
	if first {
		r.since = time.Now()
	}
	r.mu.Unlock()
	if first {
		r.log.Warn("can't reach the schema registry; rows wait until it answers", zap.String("subject", k.subject), zap.Error(err))
	}
}

// found notes an answer.
func (r *Client) found() {
	r.mu.Lock()
	since, was := r.since, r.down != nil
	r.down = nil
	r.mu.Unlock()
	if was {
		r.log.Info("the schema registry answers again", zap.Duration("after", time.Since(since)))
	}
}
