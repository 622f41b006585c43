package encode

import "cdc/event"

// What Debezium prints for PostgreSQL's infinite dates and timestamps.
const (
	infinityDay       = -2147472692
	negInfinityDay    = -2147472691
	infinityMicros    = 9223372036825200000
	negInfinityMicros = -9223372036832400000
)

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86_400 * microsPerSecond
)

func finite(n, infinity, negInfinity int64) int64 {
	switch n {
	case event.Infinity:
		return infinity
	case event.NegInfinity:
		return negInfinity
	default:
		return n
	}
}

// appendInstant appends a point in time as appendInstantText does, quoted.
func appendInstant(b []byte, micros int64, digits int) []byte {
	return append(appendInstantText(append(b, '"'), micros, digits), '"')
}

// appendInstantText appends a point in time in UTC with exactly the given number
// of fraction digits.
func appendInstantText(b []byte, micros int64, digits int) []byte {
	switch micros {
	case event.Infinity:
		return append(b, "infinity"...)
	case event.NegInfinity:
		return append(b, "-infinity"...)
	}
	days := event.FloorDiv(micros, microsPerDay)
	rest := uint64(micros - days*microsPerDay)
	b = appendClock(append(appendDay(b, days), 'T'), rest/microsPerSecond)
	switch fraction := rest % microsPerSecond; {
	case digits == 6:
		b = appendPair(append(b, '.'), fraction/10_000)
		b = appendPair(appendPair(b, fraction/100%100), fraction%100)
	case digits > 0:
		for range 6 - digits {
			fraction /= 10
		}
		b = appendPadded(append(b, '.'), fraction, digits)
	}
	return append(b, 'Z')
}

// appendDay appends a date of the proleptic Gregorian calendar, given in days
// since 1970-01-01. Years have four digits at least, a plus sign above 9999 and a
// minus sign before year 0.
func appendDay(b []byte, days int64) []byte {
	year, month, day := civil(days)
	switch {
	case year > 9999:
		b = appendUint(append(b, '+'), uint64(year))
	case year < -9999:
		b = appendInt(b, year)
	case year < 0:
		b = appendPadded(append(b, '-'), uint64(-year), 4)
	default:
		b = appendPair(appendPair(b, uint64(year)/100), uint64(year)%100)
	}
	return append(b, '-', pairs[2*month], pairs[2*month+1], '-', pairs[2*day], pairs[2*day+1])
}

// appendClock appends hours, minutes and seconds.
func appendClock(b []byte, seconds uint64) []byte {
	h, m, s := seconds/3600, seconds/60%60, seconds%60
	return append(b, pairs[2*h], pairs[2*h+1], ':', pairs[2*m], pairs[2*m+1], ':', pairs[2*s], pairs[2*s+1])
}

// appendISOTime appends a time of day in UTC with as many fraction digits as it
// needs. 24:00 becomes 00:00, as in Debezium.
func appendISOTime(b []byte, micros int64) ([]byte, error) {
	if micros < 0 || micros > microsPerDay {
		return b, errTimeOfDay
	}
	rest := uint64(micros % microsPerDay)
	b = appendFraction(appendClock(b, rest/microsPerSecond), rest%microsPerSecond)
	return append(b, 'Z'), nil
}

// appendISOTimestamp appends a wall clock as one in UTC with as many fraction
// digits as it needs.
func appendISOTimestamp(b []byte, micros int64) []byte {
	days := event.FloorDiv(micros, microsPerDay)
	rest := uint64(micros - days*microsPerDay)
	b = appendClock(append(appendDay(b, days), 'T'), rest/microsPerSecond)
	return append(appendFraction(b, rest%microsPerSecond), 'Z')
}

func appendPair(b []byte, n uint64) []byte { return append(b, pairs[2*n:2*n+2]...) }

// civil turns days since 1970-01-01 into a date of the proleptic Gregorian
// calendar. Years begin in March here, so that the leap day comes last, and
// are counted in eras of 400.
func civil(days int64) (year int64, month, day uint64) {
	const daysPerEra = 146_097
	days += 719_468 // since 0000-03-01
	era := event.FloorDiv(days, daysPerEra)
	d := uint64(days - era*daysPerEra)
	y := (d - d/1_460 + d/36_524 - d/146_096) / 365
	d -= 365*y + y/4 - y/100
	m := (5*d + 2) / 153
	day = d - (153*m+2)/5 + 1
	year = int64(y) + era*400
	if m < 10 {
		return year, m + 3, day
	}
	return year + 1, m - 9, day
}
