package pgwal

import (
	"bytes"
	"math"

	"cdc/event"
)

const errInterval textError = "the text is not an interval (IntervalStyle must be postgres)"

// endless is what is wrong with the interval that has no end.
const endless = "an endless interval (infinity) has no form"

// intervalCell makes the reader of intervals: months, days and microseconds,
// which PostgreSQL keeps apart, since a month or a day has no fixed length. For
// an endless one, which Debezium takes for 0, unfit decides.
func intervalCell(unfit unfitFunc) textCell {
	return func(b *event.Batch, raw []byte) (event.Value, error) {
		var months, days, micros int64
		switch string(raw) {
		case "infinity", "-infinity":
			if err := unfit.take(endless); err != nil {
				return event.Value{}, err
			}
		default:
			var ok bool
			if months, days, micros, ok = parseInterval(raw); !ok {
				return event.Value{}, errInterval
			}
		}
		parts := [...]event.Value{event.Int(months), event.Int(days), event.Int(micros)}
		return b.PutList(len(b.Arena), parts[:]), nil
	}
}

// parseInterval reads "1 year -2 mons +3 days -04:05:06.789"; every part may be
// missing.
func parseInterval(p []byte) (months, days, micros int64, ok bool) {
	for len(p) > 0 {
		word, rest, more := bytes.Cut(p, []byte{' '})
		if bytes.IndexByte(word, ':') >= 0 {
			micros, ok = parseSpan(word)
			return months, days, micros, ok && !more
		}
		n, ok := parseCount(word)
		unit, after, _ := bytes.Cut(rest, []byte{' '})
		if !ok {
			return 0, 0, 0, false
		}
		switch string(unit) {
		case "year", "years":
			months += 12 * n
		case "mon", "mons":
			months += n
		case "day", "days":
			days += n
		default:
			return 0, 0, 0, false
		}
		p = after
	}
	return months, days, 0, true
}

// parseCount reads a number of 32 bits that may have a plus sign.
func parseCount(p []byte) (int64, bool) {
	if len(p) > 1 && p[0] == '+' && p[1] != '-' {
		p = p[1:]
	}
	n, ok := parseInt(p)
	return n, ok && n >= math.MinInt32 && n <= math.MaxInt32
}

// parseSpan reads hours:minutes:seconds with a sign and any number of hours.
func parseSpan(p []byte) (micros int64, ok bool) {
	neg := len(p) > 0 && p[0] == '-'
	if neg || len(p) > 0 && p[0] == '+' {
		p = p[1:]
	}
	colon := bytes.IndexByte(p, ':')
	if colon < 2 || len(p) < colon+6 || p[colon+3] != ':' {
		return 0, false
	}
	h, ok1 := parseInt(p[:colon])
	m, ok2 := twoDigits(p[colon+1:])
	s, ok3 := twoDigits(p[colon+4:])
	fraction, rest, ok4 := parseFraction(p[colon+6:])
	if !ok1 || !ok2 || !ok3 || !ok4 || len(rest) != 0 || h < 0 || h > math.MaxInt64/hourMicros || m > 59 || s > 59 {
		return 0, false
	}
	span := uint64(h)*hourMicros + uint64(m*minuteMicros+s*secondMicros+fraction)
	if neg {
		return -int64(span), span <= 1<<63
	}
	return int64(span), span < 1<<63
}
