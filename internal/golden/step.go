package golden

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Direction is what the recorder was told to do between statements.
type Direction string

// The directions. Settle waits until everything is delivered.
const (
	Go      Direction = ""
	Settle  Direction = "settle"
	Stop    Direction = "stop"
	Start   Direction = "start"
	Restart Direction = "restart"
	// Signal is one that we can't follow yet.
	Signal Direction = "signal"
)

// Step is a run of statements and the direction before it.
type Step struct {
	Direction  Direction
	Statements string
	// Wait is how long the recorder waited, for a Settle.
	Wait time.Duration
}

// Steps cuts the statements that run while changes are captured.
func (c *Case) Steps() ([]Step, error) {
	text, err := c.file("changes.sql")
	if err != nil {
		return nil, err
	}
	steps := []Step{{}}
	for line := range strings.Lines(text) {
		direction, ok := strings.CutPrefix(line, "-- @")
		if !ok {
			steps[len(steps)-1].Statements += line
			continue
		}
		step, err := parseStep(strings.TrimSpace(direction))
		if err != nil {
			return nil, fmt.Errorf("%s/changes.sql: %w", c.dir, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func parseStep(text string) (Step, error) {
	word, argument, _ := strings.Cut(text, " ")
	switch d := Direction(word); d {
	case "wait":
		seconds, err := strconv.ParseFloat(strings.TrimSpace(argument), 64)
		if err != nil {
			return Step{}, fmt.Errorf("direction %q: %w", text, err)
		}
		return Step{Direction: Settle, Wait: time.Duration(seconds * float64(time.Second))}, nil
	case "quiet":
		return Step{Direction: Settle}, nil
	case Stop, Start, Restart, Signal:
		return Step{Direction: d}, nil
	default:
		return Step{}, fmt.Errorf("direction %q is none that we know", text)
	}
}
