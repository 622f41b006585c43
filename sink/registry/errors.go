package registry

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/twmb/franz-go/pkg/sr"

	"cdc/event"
	"cdc/security"
)

// Error is a schema that the registry has refused, or a registry that
// can't be asked as it is configured. To try again is of no use.
type Error struct {
	// Subject is that of the schema; empty when it isn't about one.
	Subject string
	// Incompatible: the schema doesn't suit the versions before it.
	Incompatible bool
	// Fix is what mends it.
	Fix string
	Err error
}

// Error names subject, reason and mend.
func (e *Error) Error() string {
	what := "refused"
	if e.Incompatible {
		what = "schema refused as incompatible with those before it"
	}
	if e.Subject != "" {
		what = fmt.Sprintf("subject %q: %s", e.Subject, what)
	}
	return fmt.Sprintf("schema registry: %s: %s; %s", what, shorten(e.Err.Error()), e.Fix)
}

// Unwrap tells the engine that it isn't a row's fault and that a person must
// act.
func (e *Error) Unwrap() []error {
	return []error{e.Err, event.ErrConfig, event.ErrDelivery}
}

// closedError is a request that Close has ended.
type closedError struct {
	subject string
	err     error
}

func (e *closedError) Error() string {
	return fmt.Sprintf("schema registry: subject %q: no answer: %v", e.subject, e.err)
}

func (e *closedError) Unwrap() []error { return []error{e.err, event.ErrDelivery} }

const maxReason = 2000

// shorten cuts a reason: some registries repeat whole schemas in theirs.
func shorten(reason string) string {
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	if len(reason) <= maxReason {
		return reason
	}
	return strings.ToValidUTF8(reason[:maxReason], "") + "..."
}

// passing reports whether an error may go away by itself: no connection, no
// answer in time, a registry that starts or elects a leader.
func passing(err error) bool {
	if answer, ok := errors.AsType[*sr.ResponseError](err); ok {
		return answer.StatusCode >= 500 || answer.StatusCode == http.StatusRequestTimeout || answer.StatusCode == http.StatusTooManyRequests
	}
	return security.Mend(err) == ""
}

// collides reports whether another schema of a subject that was new came in between:
// two writers at the same moment both take the subject for theirs to make, and
// Apicurio refuses the later one, for the artifact or the version that is there now.
// Asked again, it takes that schema as the next version.
func collides(err error) bool {
	answer, ok := errors.AsType[*sr.ResponseError](err)
	return ok && answer.StatusCode == http.StatusConflict &&
		strings.HasPrefix(answer.Message, "An artifact ") && strings.Contains(answer.Message, " already exists")
}

// explain adds to a refusal what a person can do about it.
func (r *Client) explain(subject string, err error) error {
	e := &Error{Subject: subject, Err: err, Fix: security.Mend(err)}
	answer, ok := errors.AsType[*sr.ResponseError](err)
	if !ok {
		return e
	}
	e.Err = fmt.Errorf("%d %s: %w", answer.StatusCode, http.StatusText(answer.StatusCode), err)
	switch {
	case collides(err):
		e.Fix = "another program goes on registering schemas under this subject: stop it, or give it another subject (registry.key_subject_name_strategy, value_subject_name_strategy)"
	case answer.StatusCode == http.StatusConflict, answer.ErrorCode == 40901:
		e.Incompatible, e.Fix = true, r.choices(subject)
	case answer.StatusCode == http.StatusUnauthorized:
		e.Fix = "check registry.username and registry.password, or registry.bearer_token"
	case answer.StatusCode == http.StatusForbidden:
		e.Fix = "give the user the right to read and write this subject"
	case answer.ErrorCode == sr.ErrSubjectNotFound.Code, answer.ErrorCode == sr.ErrSchemaNotFound.Code:
		e.Fix = "register the schema under this subject, or set registry.auto_register: true"
	case answer.StatusCode == http.StatusNotFound:
		e.Fix = "check registry.url: it must be the address of the API, for Apicurio one that ends in /apis/ccompat/v7"
	case answer.ErrorCode == sr.ErrOperationNotPermitted.Code:
		e.Fix = "the registry or the subject is in a mode that takes no new schema: set its mode to READWRITE"
	case answer.StatusCode == http.StatusRequestEntityTooLarge, answer.ErrorCode == sr.ErrSchemaTooLarge.Code:
		e.Fix = "the schema is larger than the registry takes: raise its limit, or capture fewer columns"
	default:
		e.Fix = "look into the log of the registry"
	}
	return e
}

// choices says what can be done when a table has changed in a way that the
// subject's compatibility forbids.
func (r *Client) choices(subject string) string {
	return fmt.Sprintf("either let the subject take any change (curl -X PUT -H 'Content-Type: application/vnd.schemaregistry.v1+json' -d '{\"compatibility\":\"NONE\"}' %s/config/%s), "+
		"or keep the registered schema by leaving the changed column out or giving it its old type in a rule, "+
		"or change the table so that it suits (a new column that is nullable or has a default)",
		strings.TrimSuffix(r.conf.URLs[0], "/"), url.PathEscape(subject))
}
