package admin

import (
	"encoding/json"
	"net/http"
	"time"

	"cdc/pipeline"
)

// described is a pipeline in JSON.
type described struct {
	Name  string         `json:"name"`
	Phase pipeline.Phase `json:"phase"`
	Ready bool           `json:"ready"`
	// Reason is why it isn't ready.
	Reason string         `json:"reason,omitempty"`
	Notes  []string       `json:"notes,omitempty"`
	Rules  describedRules `json:"rules"`
}

type describedRules struct {
	Hash       string     `json:"hash"`
	Generation uint32     `json:"generation"`
	Since      *time.Time `json:"since,omitempty"`
	// RefusedAt and Errors are of the last attempt to load others, if it was refused.
	RefusedAt *time.Time `json:"refused_at,omitempty"`
	Errors    []string   `json:"errors,omitempty"`
	// Counts are those of the rules in force, and then of others before.
	Counts []describedCounts `json:"counts,omitempty"`
}

// describedCounts are the counts of a rule.
type describedCounts struct {
	Rule     string            `json:"rule"`
	Taken    uint64            `json:"taken"`
	Filtered uint64            `json:"filtered"`
	Errors   map[string]uint64 `json:"errors,omitempty"` // by what became of the row
}

func describePipeline(s pipeline.Status) described {
	d := described{Name: s.Name, Phase: s.Phase, Notes: s.Source.Notes, Rules: describedRules{
		Hash: s.Rules.Hash, Generation: s.Rules.Generation, Since: moment(s.Rules.Since), Errors: s.Rules.Problems,
	}}
	d.Ready, d.Reason = s.Ready()
	if len(s.Rules.Problems) > 0 {
		d.Rules.RefusedAt = moment(s.Rules.Refused)
	}
	for _, c := range s.Rules.Counts {
		d.Rules.Counts = append(d.Rules.Counts, describedCounts(c))
	}
	return d
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

func describeAll(w http.ResponseWriter, all []pipeline.Status) {
	list := make([]described, len(all))
	for i, s := range all {
		list[i] = describePipeline(s)
	}
	answerJSON(w, http.StatusOK, map[string]any{"pipelines": list})
}

func describeOne(w http.ResponseWriter, r *http.Request, all []pipeline.Status) {
	for _, s := range all {
		if s.Name == r.PathValue("name") {
			answerJSON(w, http.StatusOK, describePipeline(s))
			return
		}
	}
	answerJSON(w, http.StatusNotFound, map[string]string{"error": ErrNoPipeline.Error()})
}

func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // fails only when nobody listens any more
}
