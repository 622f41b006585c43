package encode

import (
	"cdc/event"
	"cdc/sink/encode/connect"
)

const timeNames = "io.debezium.time."

func timeSchema(t connect.Type, name string) *connect.Schema { return connect.Named(t, timeNames+name) }

// temporal is the form of a date, a time, a wall clock or a point in time.
func (c *forms) temporal(t *event.Type) *form {
	var f *form
	digits := fractionDigits(t, c.postgres)
	switch t.Kind {
	case event.KindDate:
		f = c.date()
	case event.KindTime:
		f = c.timeOfDay(digits)
	case event.KindLocal:
		f = c.local(digits)
	default:
		f = newForm(timeSchema(connect.String, "ZonedTimestamp"), asInstant, 0).zeroText("1970-01-01T00:00:00Z")
	}
	f.digits = digits
	f.kinds = bit(t.Kind)
	if f.zero.by == nil {
		f.zeroValue(event.Of(t.Kind, 0), nil)
	}
	return f
}

// fractionDigits is the number of fraction digits of a temporal column. Without
// a precision MySQL keeps none, PostgreSQL six.
func fractionDigits(t *event.Type, postgres bool) int {
	if t.Precision < 0 && postgres {
		return 6
	}
	return min(max(int(t.Precision), 0), 6)
}

func (c *forms) date() *form {
	switch c.o.TimePrecision {
	case modeConnect:
		return newForm(connect.Named(connect.Int32, connect.DateName), asDays, 0)
	case modeISO:
		return newForm(timeSchema(connect.String, "IsoDate"), asISODate, 0)
	default:
		return newForm(timeSchema(connect.Int32, "Date"), asDays, 0)
	}
}

func (c *forms) timeOfDay(digits int) *form {
	switch c.o.TimePrecision {
	case modeConnect:
		return newForm(connect.Named(connect.Int32, connect.TimeName), asMillis, 0)
	case modeISO:
		return newForm(timeSchema(connect.String, "IsoTime"), asISOTime, 0)
	case modeNanos:
		return newForm(timeSchema(connect.Int64, "NanoTime"), asNanos, 0)
	case modeAdaptive:
		if digits <= 3 {
			return newForm(timeSchema(connect.Int32, "Time"), asMillis, 0)
		}
	}
	return newForm(timeSchema(connect.Int64, "MicroTime"), asMicros, 0)
}

func (c *forms) local(digits int) *form {
	switch c.o.TimePrecision {
	case modeConnect:
		return newForm(connect.Named(connect.Int64, connect.TimestampName), asMillis, 0)
	case modeISO:
		return newForm(timeSchema(connect.String, "IsoTimestamp"), asISOTimestamp, 0)
	case modeNanos:
		return newForm(timeSchema(connect.Int64, "NanoTimestamp"), asNanos, 0)
	case modeAdaptive, modeAdaptiveMicros:
		if digits <= 3 {
			return newForm(timeSchema(connect.Int64, "Timestamp"), asMillis, 0)
		}
	}
	return newForm(timeSchema(connect.Int64, "MicroTimestamp"), asMicros, 0)
}

// interval is the form of PostgreSQL's interval.
func (c *forms) interval() *form {
	if c.o.IntervalHandling == modeString {
		return newForm(timeSchema(connect.String, "Interval"), asIntervalText, listKinds).zeroText("P0Y0M0DT0H0M0S")
	}
	f := newForm(timeSchema(connect.Int64, "MicroDuration"), asIntervalMicros, listKinds)
	f.zero = zero{value: event.Int(0), by: intForm(connect.Of(connect.Int64))}
	return f
}
