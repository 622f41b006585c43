package sink

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/event"
	"cdc/security"
)

// ErrClosed is what is left undelivered when the sink is closed.
var ErrClosed = errors.New("sink closed")

// TopicError is a failure that concerns one topic.
type TopicError struct {
	Topic string
	// Fix is the command or setting that mends it; empty when nothing is known.
	Fix string
	Err error
	// permanent is event.ErrConfig or event.ErrUnsupported, nil when another
	// try may succeed.
	permanent error
	// starting: it passes when the brokers have started.
	starting bool
}

// Error names topic, cause and mend.
func (e *TopicError) Error() string {
	s := fmt.Sprintf("topic %q: %v", e.Topic, e.Err)
	if e.Fix != "" {
		s += "; " + e.Fix
	}
	return s
}

// Unwrap returns the cause, and event.ErrConfig or event.ErrUnsupported when
// trying again is of no use.
func (e *TopicError) Unwrap() []error {
	if e.permanent == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.permanent}
}

// explain adds to a broker's refusal what a person can do about it.
func explain(topic string, err error) error {
	e := &TopicError{Topic: topic, Err: err}
	switch {
	case errors.Is(err, kerr.MessageTooLarge), errors.Is(err, kerr.RecordListTooLarge):
		e.permanent = event.ErrUnsupported
		e.Fix = "raise the limit: kafka-configs --alter --entity-type topics --entity-name " + topic + " --add-config max.message.bytes=<bytes>"
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		e.permanent = event.ErrConfig
		e.Fix = "grant it: kafka-acls --add --allow-principal User:<user> --operation Create --operation Describe --operation Write --topic " + topic
	case errors.Is(err, kerr.ClusterAuthorizationFailed):
		e.permanent = event.ErrConfig
		e.Fix = "grant it: kafka-acls --add --allow-principal User:<user> --operation IdempotentWrite --cluster"
	case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, kerr.UnknownTopicID):
		e.Err = fmt.Errorf("the topic was deleted (or deleted and made again) while it was written to: %w", err)
	case errors.Is(err, kerr.InvalidRecord):
		e.permanent = event.ErrConfig
		e.Fix = "a compacted topic takes no record without a key: give the table a key, or kafka-configs --alter --entity-type topics --entity-name " + topic + " --add-config cleanup.policy=delete"
	case errors.Is(err, kerr.InvalidTimestamp):
		e.permanent = event.ErrConfig
		e.Fix = "a rule gives records times (timestamp) that the topic doesn't take: let it choose another column, or kafka-configs --alter --entity-type topics --entity-name " +
			topic + " --add-config message.timestamp.after.max.ms=<ms>,message.timestamp.before.max.ms=<ms>"
	case errors.Is(err, kerr.InvalidReplicationFactor) && strings.Contains(err.Error(), "fenced"):
		e.starting = true
		e.Fix = "a broker is fenced until it has started"
	case errors.Is(err, kerr.InvalidReplicationFactor):
		e.permanent = event.ErrConfig
		e.Fix = "set topics.replication to at most the number of brokers"
	case errors.Is(err, kerr.InvalidTopicException):
		e.permanent = event.ErrConfig
		e.Fix = "a topic's name has at most 249 letters, digits, '.', '_' and '-'"
	case errors.Is(err, kerr.InvalidConfig):
		e.permanent = event.ErrConfig
		e.Fix = "correct the settings under topics"
	case errors.Is(err, kerr.PolicyViolation), errors.Is(err, kerr.InvalidPartitions):
		e.permanent = event.ErrConfig
		e.Fix = "make the topic by hand, or change the settings under topics"
	}
	return e
}

// ConnectionError is a connection that can't be made as it is configured.
type ConnectionError struct {
	Brokers []string
	// User is who was refused; empty when it isn't about that.
	User string
	Fix  string
	Err  error
	// mayPass says that another try may succeed.
	mayPass bool
}

// Error names brokers, user, cause and mend.
func (e *ConnectionError) Error() string {
	who := "can't connect as configured"
	if e.User != "" {
		who = fmt.Sprintf("user %q refused", e.User)
	}
	return fmt.Sprintf("broker %s: %s: %v; %s", strings.Join(e.Brokers, ", "), who, e.Err, e.Fix)
}

// Unwrap returns the cause, and event.ErrConfig when trying again is of no use.
func (e *ConnectionError) Unwrap() []error {
	if e.mayPass {
		return []error{e.Err}
	}
	return []error{e.Err, event.ErrConfig}
}

// Explain returns a [ConnectionError] when err says that the configuration
// keeps a client of this cluster from connecting, or looks so, else err itself.
func (c Config) Explain(err error) error {
	e := &ConnectionError{Brokers: c.Brokers, Err: err}
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		e.User, e.Fix = c.SASL.User, "check sasl.user and sasl.password, and that the broker has this user for "+c.SASL.Mechanism
	case errors.Is(err, kerr.UnsupportedSaslMechanism):
		e.User, e.Fix = c.SASL.User, "set sasl.mechanism to one that the broker offers"
	case errors.Is(err, kerr.IllegalSaslState):
		e.Fix = "the broker asks for no SASL there: leave sasl out, or connect to the port where it does"
	case err != nil && strings.Contains(err.Error(), "tls alert record"):
		e.Fix = "the broker encrypts there: set tls.mode: " + security.VerifyFull
	case hungUp(err):
		// A broker that is just going down does so too.
		e.mayPass, e.Fix = true, "if it stays so, the broker expects another tls or sasl there"
	default:
		e.Fix = security.Mend(err)
	}
	if e.Fix == "" {
		return err
	}
	return e
}

// hungUp: the broker closed the connection in place of its first answer.
func hungUp(err error) bool {
	_, ok := errors.AsType[*kgo.ErrFirstReadEOF](err)
	return ok
}

// passes reports whether an error of a request may go away by itself: the
// broker can't be reached, starts, elects a leader, or answers late.
func passes(err error) bool {
	if errors.Is(err, event.ErrConfig) || errors.Is(err, event.ErrUnsupported) {
		return false
	}
	if t, ok := errors.AsType[*TopicError](err); ok && t.starting {
		return true
	}
	if broker, ok := errors.AsType[*kerr.Error](err); ok {
		return broker.Retriable
	}
	return !errors.Is(err, kgo.ErrClientClosed) && !errors.Is(err, context.Canceled)
}
