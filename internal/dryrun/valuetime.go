package dryrun

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"cdc/event"
	"cdc/transform/rulefile"
)

const (
	microsPerDay    = 86_400_000_000
	microsPerSecond = 1_000_000
	// daysPerEra are those of 400 years.
	daysPerEra = 146_097
)

// What Debezium writes for infinite times.
var infinities = map[event.Kind]map[int64]int64{
	event.KindDate:  {-2147472692: event.Infinity, -2147472691: event.NegInfinity},
	event.KindLocal: {9223372036825200000: event.Infinity, -9223372036832400000: event.NegInfinity},
}

// temporal reads a date, a time, a wall clock or a point in time: ISO text, or the
// number that Debezium writes.
func (r *reader) temporal(c *column, l *rulefile.Literal) (int64, error) {
	switch {
	case l.Kind == rulefile.LiteralText:
		return temporalText(c.typ.Kind, l.Text)
	case l.Kind != rulefile.LiteralNumber:
		return 0, wrongKind(l)
	case c.typ.Kind == event.KindInstant:
		return 0, errors.New("a number stands there; write the time as text, like 2026-01-01T00:00:00Z")
	}
	n, err := strconv.ParseInt(l.Text, 10, 64)
	if err != nil {
		return 0, errors.New("the number isn't an integer of 64 bits")
	}
	if special, ok := infinities[c.typ.Kind][n]; ok {
		return special, nil
	}
	if c.typ.Kind == event.KindDate {
		if n < math.MinInt32 || n > math.MaxInt32 {
			return 0, errors.New("the number of days is too large")
		}
		return n, nil
	}
	switch r.unitOf(c) {
	case unitMillis:
		return timesThousand(n), nil
	case unitNanos:
		return n / 1000, nil
	default:
		return n, nil
	}
}

// timesThousand makes microseconds of milliseconds; the infinities overflow.
func timesThousand(n int64) int64 {
	switch {
	case n > math.MaxInt64/1000:
		return event.Infinity
	case n < math.MinInt64/1000:
		return event.NegInfinity
	default:
		return n * 1000
	}
}

// unitOf is what a number counts.
func (r *reader) unitOf(c *column) unit {
	if c.unit != unitByType {
		return c.unit
	}
	coarse := c.typ.Precision <= 3
	if r.postgres {
		coarse = coarse && c.typ.Precision >= 0
	} else if c.typ.Kind == event.KindTime {
		coarse = false
	}
	if coarse {
		return unitMillis
	}
	return unitMicros
}

func temporalText(k event.Kind, text string) (int64, error) {
	switch text {
	case "infinity":
		return event.Infinity, nil
	case "-infinity":
		return event.NegInfinity, nil
	}
	switch k {
	case event.KindDate:
		day, err := parseClock(strings.TrimSuffix(text, "Z")+"T00:00:00Z", errors.New("the text isn't a date like 2026-01-31"))
		return event.FloorDiv(day, microsPerDay), err
	case event.KindTime:
		return parseTime(strings.TrimSuffix(text, "Z"))
	default:
		bad := errors.New("the text isn't a time like 2026-01-31T12:00:00Z")
		if len(text) > 10 && text[10] == ' ' {
			text = text[:10] + "T" + text[11:]
		}
		if at := strings.IndexByte(text, 'T'); at >= 0 && !strings.ContainsAny(text[at:], "Z+-") {
			text += "Z"
		}
		return parseClock(text, bad)
	}
}

// parseClock reads RFC 3339 with years of any size, in microseconds.
func parseClock(text string, bad error) (int64, error) {
	sign, rest := int64(1), text
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	year, rest, ok := strings.Cut(strings.TrimLeft(rest, "+-"), "-")
	n, err := strconv.ParseInt(year, 10, 32)
	if !ok || err != nil {
		return 0, bad
	}
	// A year of 2000 to 2399 has the same days.
	eras := event.FloorDiv(sign*n, 400) - 5
	at, err := time.Parse(time.RFC3339Nano, strconv.FormatInt(sign*n-400*eras, 10)+"-"+rest)
	if err != nil || eras > 700 || eras < -700 {
		return 0, bad
	}
	return at.UnixMicro() + eras*daysPerEra*microsPerDay, nil
}

// parseTime reads hh:mm:ss.ffffff, which may be negative or beyond a day.
func parseTime(text string) (int64, error) {
	bad := errors.New("the text isn't a time like 12:00:00")
	body, negative := strings.CutPrefix(text, "-")
	clock, fraction, _ := strings.Cut(body, ".")
	parts := strings.Split(clock, ":")
	if len(parts) < 2 || len(parts) > 3 || len(fraction) > 6 {
		return 0, bad
	}
	var n [3]int64
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 16)
		if err != nil || i > 0 && v > 59 {
			return 0, bad
		}
		n[i] = int64(v)
	}
	f, err := strconv.ParseUint((fraction + "000000")[:6], 10, 32)
	if err != nil {
		return 0, bad
	}
	micros := ((n[0]*60+n[1])*60+n[2])*microsPerSecond + int64(f)
	if negative {
		micros = -micros
	}
	return micros, nil
}
