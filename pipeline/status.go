package pipeline

import (
	"fmt"
	"time"

	"cdc/event"
)

// Status is what can be said of a pipeline at one moment.
type Status struct {
	Name   string
	Phase  Phase
	Err    error // why it failed or is retried; nil otherwise
	Sink   error // why a running pipeline's sink can't deliver; nil otherwise
	Source event.SourceStats
	Stats  *Stats // live counters
	Rules  RulesStatus
}

// RulesStatus says which rules a pipeline has, and what became of attempts to
// load others.
type RulesStatus struct {
	Hash       string
	Generation uint32    // 0 where nobody says
	Since      time.Time // when they came into force
	// Problems are why the last attempt to load others was refused, and Refused is
	// when that was; none when it wasn't.
	Problems []string
	Refused  time.Time
	// Reloads counts attempts by what became of them.
	Reloads Reloads
	// Counts are what the rules have done since the process was started: those that
	// hold, in their order, and those that have held.
	Counts []RuleCounts
}

// RuleCounts are the counts of the rules of one name.
type RuleCounts struct {
	Rule string // empty for rules of long ago together
	// Taken rows are those that the rule took; Filtered were offered to it, and its
	// condition didn't hold. A row that comes again is counted again.
	Taken, Filtered uint64
	// Errors counts failures by what became of them: fail, drop, keep, dead_letter.
	// What the rule says now has an entry in any case.
	Errors map[string]uint64
}

// Reloads counts attempts to load rules while a pipeline runs.
type Reloads struct {
	Changed   uint64 // others hold since
	Unchanged uint64 // they are the ones that hold already
	Refused   uint64
}

// Ready reports whether changes flow, or would if there were any, or why not.
func (s Status) Ready() (bool, string) {
	switch s.Phase {
	case PhaseCompleted:
		return true, ""
	case PhaseSnapshot, PhaseStreaming:
		if s.Phase == PhaseStreaming && !s.Source.Connected {
			return false, "connecting to the source"
		}
		if s.Sink != nil {
			return false, fmt.Sprintf("sink: %v", s.Sink)
		}
		return true, ""
	default:
		if s.Err != nil {
			return false, fmt.Sprintf("%s: %v", s.Phase, s.Err)
		}
		return false, string(s.Phase)
	}
}
