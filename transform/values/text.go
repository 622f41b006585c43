package values

import (
	"encoding/base64"
	"strconv"
	"time"

	"cdc/event"
	"cdc/internal/javafloat"
)

// AppendText prints a value that isn't NULL as a cast to string does: numbers in
// plain notation but for floats, which are printed as Java does, times as ISO 8601 has them, bytes in base64.
func AppendText(dst, arena []byte, v event.Value, t *event.Type) ([]byte, error) {
	switch v.Kind() {
	case event.KindBool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case event.KindInt:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case event.KindUint:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case event.KindFloat32:
		return javafloat.Append(dst, v.Float(), 32), nil
	case event.KindFloat64:
		return javafloat.Append(dst, v.Float(), 64), nil
	case event.KindDecimal:
		return appendDecimal(dst, v.Int(), v.Scale()), nil
	case event.KindBytes, event.KindBits:
		return base64.StdEncoding.AppendEncode(dst, v.Bytes(arena)), nil
	case event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		return AppendTime(dst, v, int(t.Precision)), nil
	case event.KindList:
		return dst, errListText
	default:
		return append(dst, v.Bytes(arena)...), nil
	}
}

// appendDecimal prints unscaled * 10^-scale in plain notation.
func appendDecimal(dst []byte, unscaled int64, scale int) []byte {
	u := uint64(unscaled)
	if unscaled < 0 {
		dst, u = append(dst, '-'), -u
	}
	var digits [20]byte
	d := strconv.AppendUint(digits[:0], u, 10)
	if scale <= 0 {
		return append(dst, d...)
	}
	if len(d) <= scale {
		dst = append(dst, '0', '.')
		for range scale - len(d) {
			dst = append(dst, '0')
		}
		return append(dst, d...)
	}
	dst = append(dst, d[:len(d)-scale]...)
	dst = append(dst, '.')
	return append(dst, d[len(d)-scale:]...)
}

const microsPerSecond = 1_000_000

// SecondsPerDay is the length of a day.
const SecondsPerDay = 86_400

// AppendTime prints a date, a time of day, a wall clock or a point in time.
func AppendTime(dst []byte, v event.Value, digits int) []byte {
	n := v.Int()
	if v.Kind() != event.KindTime && (n == event.Infinity || n == event.NegInfinity) {
		return appendInfinity(dst, n)
	}
	switch v.Kind() {
	case event.KindDate:
		return time.Unix(n*SecondsPerDay, 0).UTC().AppendFormat(dst, time.DateOnly)
	case event.KindTime:
		return appendTimeOfDay(dst, n, digits)
	case event.KindLocal:
		return appendFraction(Clock(n).AppendFormat(dst, "2006-01-02T15:04:05"), n, digits)
	default:
		return append(appendFraction(Clock(n).AppendFormat(dst, "2006-01-02T15:04:05"), n, digits), 'Z')
	}
}

func appendInfinity(dst []byte, n int64) []byte {
	if n < 0 {
		dst = append(dst, '-')
	}
	return append(dst, "infinity"...)
}

// Clock is the second in which a moment lies, in UTC. It may be long ago: what the
// fraction is, [AppendTime] tells.
func Clock(micros int64) time.Time {
	seconds := event.FloorDiv(micros, microsPerSecond)
	return time.Unix(seconds, 0).UTC()
}

// appendTimeOfDay prints hours (more than 23 for MySQL's TIME), minutes and
// seconds.
func appendTimeOfDay(dst []byte, n int64, digits int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	seconds := n / microsPerSecond
	dst = appendTwo(dst, seconds/3600)
	dst = appendTwo(append(dst, ':'), seconds/60%60)
	dst = appendTwo(append(dst, ':'), seconds%60)
	return appendFraction(dst, n, digits)
}

func appendTwo(dst []byte, n int64) []byte {
	if n < 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, n, 10)
}

// appendFraction prints the fraction of a second: as many digits as the column has,
// and all six where it doesn't say.
func appendFraction(dst []byte, micros int64, digits int) []byte {
	if digits < 0 || digits > 6 {
		digits = 6
	}
	f := micros - event.FloorDiv(micros, microsPerSecond)*microsPerSecond
	if digits == 0 {
		return dst
	}
	at := len(dst)
	dst = append(dst, ".000000"...)
	for i := 6; i > 0; i-- {
		dst[at+i] = byte('0' + f%10)
		f /= 10
	}
	return dst[:at+1+digits]
}

var errListText = NewFault("a list has no text", "")
