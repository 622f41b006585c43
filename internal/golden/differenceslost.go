package golden

import (
	"strconv"
	"strings"
	"time"
)

// lostNumbers: theirs is null where ours is an array of numbers, of which some
// statement has one that isn't finite.
func lostNumbers(s *spot) bool {
	if !s.postgres() || s.inSchema || !strings.EqualFold(s.Config["decimal.handling.mode"], "double") ||
		!strings.Contains(s.scripts, "nan") && !strings.Contains(s.scripts, "infinity") || !s.declared(s.scripts, `numeric\s*(?:\([^)]*\))?\s*\[`) {
		return false
	}
	column := strings.TrimSuffix(s.path, arrayItem.FindString(s.path))
	return s.value[column] == "null" && s.numbersWritten(s.ours) && (s.theirs == "" || s.path == column)
}

// firstSecond: theirs is null where ours lies within the first whole second that
// an int64 has nanoseconds for.
func firstSecond(s *spot) bool {
	n, err := strconv.ParseInt(s.ours, 10, 64)
	const first = -9223372036 * int64(time.Second)
	return err == nil && s.theirs == "null" && strings.EqualFold(s.Config["time.precision.mode"], "nanoseconds") && n >= first && n < first+int64(time.Second)
}

// staleRow: a TRUNCATE has the number of a row where rows are skipped.
func staleRow(s *spot) bool {
	skipped := s.Config["skipped.operations"]
	return s.mysqlLike() && s.op == "t" && strings.HasSuffix(s.path, "source.row") && s.ours == "0" && skipped != "" && skipped != "none"
}
