package binlog

import (
	"context"
	"strings"

	"go.uber.org/zap"

	"cdc/event"
)

// checkTables looks at the tables that are captured as the server has them now:
// it refuses one that can't be, and warns of patterns that take none.
func (s *Source) checkTables(ctx context.Context, c *control) error {
	list, err := c.describeTables(ctx, s.match)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.versioned {
			return refuseVersioned(t.name)
		}
	}
	if idle := unmatched(s.config.Tables, list); len(idle) > 0 && !s.warned.Swap(true) {
		s.log.Warn(unmatchedDetail(idle), zap.String("fix", s.unmatchedFix()))
	}
	return nil
}

// unmatched are the patterns that take none of the tables.
func unmatched(patterns []string, list []described) []string {
	var idle []string
	for _, p := range patterns {
		if strings.HasPrefix(p, "!") {
			continue
		}
		one, err := event.ParseTables([]string{p})
		if err != nil {
			continue // refused before
		}
		if !takesAny(one, list) {
			idle = append(idle, p)
		}
	}
	return idle
}

func takesAny(one *event.Tables, list []described) bool {
	for _, t := range list {
		if one.Match(t.name.Database, t.name.Table) {
			return true
		}
	}
	return false
}

func unmatchedDetail(idle []string) string {
	return "no table is captured by the patterns " + strings.Join(idle, ", ") +
		": there is none of that name (yet), another pattern excludes it, or the user may not see it"
}

func (s *Source) unmatchedFix() string {
	return "check tables, whose patterns are database.table, or GRANT SELECT ON *.* TO " + s.account()
}

// account is the user as a statement names it.
func (s *Source) account() string { return literal(s.config.User) + "@'%'" }
