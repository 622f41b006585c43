package golden

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// garbledArray: an item of an array of dates or times before Christ or without
// end.
func garbledArray(s *spot) bool {
	return s.postgres() && !s.inSchema && arrayItem.MatchString(s.path) && s.declared(s.scripts, `(?:date|timestamp\w*)[^,]*(?:\[|array\b)`) &&
		(strings.Contains(s.scripts, " bc") && lostEra(s.ours, s.theirs) || strings.Contains(s.scripts, "infinity") && lostEnd(s.ours, s.theirs))
}

var yearFirst = regexp.MustCompile(`\A"(-?\d{4,})(-.*)\z`)

// lostEra: theirs is ours in the year of the same number after Christ.
func lostEra(ours, theirs string) bool {
	if m := yearFirst.FindStringSubmatch(ours); m != nil {
		year, err := strconv.Atoi(m[1])
		return err == nil && year <= 0 && theirs == fmt.Sprintf(`"%04d%s`, 1-year, m[2])
	}
	a, err1 := strconv.ParseInt(ours, 10, 64)
	b, err2 := strconv.ParseInt(theirs, 10, 64)
	if err1 != nil || err2 != nil {
		return false
	}
	for _, read := range []func(int64) time.Time{
		func(n int64) time.Time { return time.Unix(n*24*60*60, 0) }, time.UnixMilli, time.UnixMicro,
		func(n int64) time.Time { return time.Unix(0, n) },
	} {
		x, y := read(a).UTC(), read(b).UTC()
		same := time.Date(1-x.Year(), x.Month(), x.Day(), x.Hour(), x.Minute(), x.Second(), x.Nanosecond(), time.UTC)
		if x.Year() <= 0 && y.Equal(same) {
			return true
		}
	}
	return false
}

// lostEnd: ours is what stands for an end of time outside of an array, theirs the
// day that a date without end has in one. What a timestamp has there was never
// recorded.
func lostEnd(ours, theirs string) bool {
	days := map[string]string{"-2147472692": "-622191234", "-2147472691": "-625821272"}
	return theirs != "" && days[ours] == theirs || theirs != "null" && slices.Contains([]string{"9223372036825200000", "-9223372036832400000"}, ours)
}
