package encode

import (
	"math"

	"cdc/event"
)

// An interval is months, days and microseconds.
const intervalParts = 3

const (
	daysPerMonth   = 365.25 / 12
	microsPerHour  = 3600 * microsPerSecond
	microsPerMin   = 60 * microsPerSecond
	monthsPerYear  = 12
	secondsPerMin  = 60
	minutesPerHour = 60
	hoursPerDay    = 24
)

// interval reads the parts of an interval. An infinite one has the largest or
// the smallest number in all of them.
func interval(l event.List) (months, days, micros int64, err error) {
	if l.Len() != intervalParts {
		return 0, 0, 0, errKind
	}
	months, days, micros = l.At(0).Int(), l.At(1).Int(), l.At(2).Int()
	if months == math.MaxInt32 && days == math.MaxInt32 && micros == math.MaxInt64 ||
		months == math.MinInt32 && days == math.MinInt32 && micros == math.MinInt64 {
		return 0, 0, 0, errInfiniteInterval
	}
	return months, days, micros, nil
}

// intervalMicros is the length of an interval in microseconds, with months of
// equal length. It is computed in floating point and cut, as Debezium does: far
// from zero the last digits are those of that computation.
func intervalMicros(l event.List) (int64, error) {
	months, days, micros, err := interval(l)
	if err != nil {
		return 0, err
	}
	hours, minutes := micros/microsPerHour, micros/microsPerMin%minutesPerHour
	seconds := float64(micros/microsPerSecond%secondsPerMin) + float64(float64(micros%microsPerSecond)/microsPerSecond)
	// Each step is rounded by itself: the conversions forbid the compiler to
	// join a product and a sum.
	n := float64(float64(months)*daysPerMonth) + float64(days)
	n = float64(n*hoursPerDay) + float64(hours)
	n = float64(n*minutesPerHour) + float64(minutes)
	n = float64(n*secondsPerMin) + seconds
	return saturate(n * microsPerSecond), nil
}

// saturate cuts a float to an integer; what is too large becomes the largest.
func saturate(f float64) int64 {
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	default:
		return int64(f)
	}
}

// appendIntervalText appends an interval with all its parts, each with its sign.
func appendIntervalText(b []byte, l event.List) ([]byte, error) {
	months, days, micros, err := interval(l)
	if err != nil {
		return b, err
	}
	b = append(appendInt(append(b, 'P'), months/monthsPerYear), 'Y')
	b = append(appendInt(b, months%monthsPerYear), 'M')
	b = append(appendInt(b, days), 'D', 'T')
	b = append(appendInt(b, micros/microsPerHour), 'H')
	b = append(appendInt(b, micros/microsPerMin%minutesPerHour), 'M')
	rest := micros % microsPerMin
	if rest < 0 {
		b, rest = append(b, '-'), -rest
	}
	b = appendUint(b, uint64(rest/microsPerSecond))
	b = appendFraction(b, uint64(rest%microsPerSecond))
	return append(b, 'S'), nil
}

// appendFraction appends a point and microseconds without trailing zeros, or
// nothing when there are none.
func appendFraction(b []byte, micros uint64) []byte {
	if micros == 0 {
		return b
	}
	b = appendPadded(append(b, '.'), micros, 6)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}
