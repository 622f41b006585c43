package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cdc/pipeline"
)

// Result is what became of an attempt to load rules.
type Result string

// The results.
const (
	Changed   Result = "changed"   // others are in force
	Unchanged Result = "unchanged" // those in the files mean the same as those in force
	Refused   Result = "refused"   // nothing changes
)

// Reloaded tells about an attempt to load the rules of a pipeline anew.
type Reloaded struct {
	Pipeline string `json:"pipeline"`
	Result   Result `json:"result"`
	// Before and After are the hashes of the rules in force.
	Before     string `json:"before"`
	After      string `json:"after"`
	Generation uint32 `json:"generation"`
	// Restarted: the pipeline had failed, and was started again.
	Restarted bool `json:"restarted,omitempty"`
	// Errors are why it was refused, each with its place where it has one.
	Errors []string `json:"errors,omitempty"`
}

// Why rules are refused.
var (
	ErrNoPipeline = errors.New("there is no pipeline of that name")
	// ErrFiles: the files can't be used, or one of their tests fails.
	ErrFiles = errors.New("the rule files can't be used")
	// ErrTables: the rules don't fit the tables.
	ErrTables = errors.New("the rules don't fit the tables")
)

// Reload loads the rules of a pipeline anew, and runs the tests in the files first
// if test is set. The error wraps one of those above, or is one that may pass.
type Reload func(ctx context.Context, pipeline string, test bool) (Reloaded, error)

// serve answers a request to load rules.
func (reload Reload) serve(w http.ResponseWriter, r *http.Request) {
	test, err := testAsked(r)
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	done, err := reload(r.Context(), r.PathValue("name"), test)
	if errors.Is(err, ErrNoPipeline) {
		answerJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		return
	}
	answerJSON(w, reloadCode(err), done)
}

// testAsked reads the query of the request, which takes nothing but test.
func testAsked(r *http.Request) (test bool, err error) {
	for key, values := range r.URL.Query() {
		if key != "test" || len(values) != 1 {
			return false, fmt.Errorf("the query takes test=true or test=false only, not %q", r.URL.RawQuery)
		}
		if test, err = strconv.ParseBool(values[0]); err != nil {
			return false, fmt.Errorf("test: %q is neither true nor false", values[0])
		}
	}
	return test, nil
}

func reloadCode(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrFiles):
		return http.StatusUnprocessableEntity
	case errors.Is(err, ErrTables):
		return http.StatusConflict
	default:
		return http.StatusServiceUnavailable
	}
}

// refusal tells in one line that the last attempt to load rules was refused; empty
// when it wasn't.
func refusal(r pipeline.RulesStatus) string {
	if len(r.Problems) == 0 {
		return ""
	}
	first, _, _ := strings.Cut(r.Problems[0], "\n")
	more := ""
	if n := len(r.Problems) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Sprintf("rules were refused at %s, those with the hash %s stay in force: %s%s",
		r.Refused.UTC().Format(time.RFC3339), r.Hash, first, more)
}
