package pgwal

import "cdc/event"

// What the texts of the temporal types aren't, and what doesn't fit.
const (
	errDate      textError = "the text is not a date (DateStyle must be ISO)"
	errTime      textError = "the text is not a time of day"
	errTimestamp textError = "the text is not a timestamp (DateStyle must be ISO)"
	errTooLate   textError = "the timestamp is too far away for microseconds in 64 bits (after the year 294246)"
)

const (
	secondMicros = 1_000_000
	minuteMicros = 60 * secondMicros
	hourMicros   = 60 * minuteMicros
	dayMicros    = 24 * hourMicros
	// maxDays leaves room for a day and an offset in an int64 of microseconds.
	maxDays = 106_751_989
)

// Debezium takes the raw day numbers that PostgreSQL has for the two ends of
// time and adds the days between 1970 and 2000 to them in 32 bits.
const (
	dateInfinity    = -2147472692
	dateNegInfinity = -2147472691
)

func dateCell(_ *event.Batch, raw []byte) (event.Value, error) {
	switch string(raw) {
	case "infinity":
		return event.Of(event.KindDate, dateInfinity), nil
	case "-infinity":
		return event.Of(event.KindDate, dateNegInfinity), nil
	}
	body, bc := cutBC(raw)
	days, rest, ok := parseDate(body, bc)
	if !ok || len(rest) != 0 {
		return event.Value{}, errDate
	}
	return event.Of(event.KindDate, days), nil
}

func timeCell(_ *event.Batch, raw []byte) (event.Value, error) {
	micros, rest, ok := parseClock(raw)
	if !ok || len(rest) != 0 {
		return event.Value{}, errTime
	}
	return event.Of(event.KindTime, micros), nil
}

// timetzCell moves the time to UTC and prints it as Debezium does: seconds
// always, their fraction without trailing zeros.
func timetzCell(b *event.Batch, raw []byte) (event.Value, error) {
	micros, rest, ok := parseClock(raw)
	if !ok {
		return event.Value{}, errTime
	}
	offset, rest, ok := parseOffset(rest)
	if !ok || len(rest) != 0 {
		return event.Value{}, errTime
	}
	micros = (micros - offset + 2*dayMicros) % dayMicros
	at := len(b.Arena)
	b.Arena = appendClock(b.Arena, micros)
	return event.Text(event.KindString, at, len(b.Arena)-at), nil
}

func appendClock(p []byte, micros int64) []byte {
	two := func(n int64, after byte) { p = append(p, byte('0'+n/10), byte('0'+n%10), after) }
	two(micros/hourMicros, ':')
	two(micros/minuteMicros%60, ':')
	two(micros/secondMicros%60, '.')
	if fraction := micros % secondMicros; fraction != 0 {
		for ; fraction != 0; fraction = fraction * 10 % secondMicros {
			p = append(p, byte('0'+fraction*10/secondMicros))
		}
		return append(p, 'Z')
	}
	p[len(p)-1] = 'Z'
	return p
}

func localCell(_ *event.Batch, raw []byte) (event.Value, error) {
	micros, rest, err := parseTimestamp(raw)
	if err != nil {
		return event.Value{}, err
	}
	if len(rest) != 0 {
		return event.Value{}, errTimestamp
	}
	return event.Of(event.KindLocal, micros), nil
}

func instantCell(_ *event.Batch, raw []byte) (event.Value, error) {
	micros, rest, err := parseTimestamp(raw)
	if err != nil {
		return event.Value{}, err
	}
	if micros == event.Infinity || micros == event.NegInfinity {
		return event.Of(event.KindInstant, micros), nil
	}
	offset, rest, ok := parseOffset(rest)
	if !ok || len(rest) != 0 {
		return event.Value{}, errTimestamp
	}
	return event.Of(event.KindInstant, micros-offset), nil
}

// parseTimestamp reads date and time of day; rest is what stands between them
// and the era. The two ends of time have no rest.
func parseTimestamp(raw []byte) (micros int64, rest []byte, err error) {
	switch string(raw) {
	case "infinity":
		return event.Infinity, nil, nil
	case "-infinity":
		return event.NegInfinity, nil, nil
	}
	body, bc := cutBC(raw)
	days, rest, ok := parseDate(body, bc)
	if !ok || len(rest) == 0 || rest[0] != ' ' {
		return 0, nil, errTimestamp
	}
	clock, rest, ok := parseClock(rest[1:])
	if !ok {
		return 0, nil, errTimestamp
	}
	if days > maxDays || days < -maxDays {
		return 0, nil, errTooLate
	}
	return days*dayMicros + clock, rest, nil
}

// cutBC takes off the era that PostgreSQL prints behind years before 1.
func cutBC(p []byte) (body []byte, bc bool) {
	if n := len(p) - 3; n > 0 && p[n+2] == 'C' && p[n+1] == 'B' && p[n] == ' ' {
		return p[:n], true
	}
	return p, false
}

// parseDate reads year-month-day with a year of four to seven digits and
// returns the days since 1970-01-01.
func parseDate(p []byte, bc bool) (days int64, rest []byte, ok bool) {
	i, year := 0, int64(0)
	for ; i < len(p) && i < 7 && p[i]-'0' <= 9; i++ {
		year = year*10 + int64(p[i]-'0')
	}
	if i < 4 || len(p) < i+6 || p[i] != '-' || p[i+3] != '-' {
		return 0, nil, false
	}
	month, ok1 := twoDigits(p[i+1:])
	day, ok2 := twoDigits(p[i+4:])
	if bc {
		year = 1 - year
	}
	if !ok1 || !ok2 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, nil, false
	}
	return daysSinceEpoch(year, month, day), p[i+6:], true
}

func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// daysSinceEpoch counts days of the proleptic Gregorian calendar. The year is
// taken to begin in March, so that the leap day is its last, and the count to
// begin 400 * 25000 years before, so that nothing is negative.
func daysSinceEpoch(year, month, day int64) int64 {
	const (
		shift    = 25_000
		perEra   = 146_097 // days in 400 years
		toEpoch  = 719_468 // from 0000-03-01 to 1970-01-01
		startYrs = 400 * shift
	)
	m := month - 3
	if m < 0 {
		m += 12
		year--
	}
	y := year + startYrs
	return y*365 + y/4 - y/100 + y/400 + (153*m+2)/5 + day - 1 - shift*perEra - toEpoch
}

// parseClock reads hours:minutes:seconds with a fraction of up to six digits;
// 24:00:00 is a time of day, too.
func parseClock(p []byte) (micros int64, rest []byte, ok bool) {
	if len(p) < 8 || p[2] != ':' || p[5] != ':' {
		return 0, nil, false
	}
	h, ok1 := twoDigits(p)
	m, ok2 := twoDigits(p[3:])
	s, ok3 := twoDigits(p[6:])
	if !ok1 || !ok2 || !ok3 || m > 59 || s > 59 {
		return 0, nil, false
	}
	micros = h*hourMicros + m*minuteMicros + s*secondMicros
	fraction, rest, ok := parseFraction(p[8:])
	micros += fraction
	return micros, rest, ok && micros <= dayMicros
}

// parseFraction reads a point and one to six digits, or nothing, and returns
// microseconds.
func parseFraction(p []byte) (micros int64, rest []byte, ok bool) {
	if len(p) == 0 || p[0] != '.' {
		return 0, p, true
	}
	i, unit := 1, int64(secondMicros)
	for ; i < len(p) && i < 7 && p[i]-'0' <= 9; i++ {
		unit /= 10
		micros += int64(p[i]-'0') * unit
	}
	return micros, p[i:], i > 1
}

// parseOffset reads +hh, +hh:mm or +hh:mm:ss and returns microseconds east of
// Greenwich.
func parseOffset(p []byte) (micros int64, rest []byte, ok bool) {
	if len(p) < 3 || p[0] != '+' && p[0] != '-' {
		return 0, nil, false
	}
	neg := p[0] == '-'
	p = p[1:]
	for unit := int64(hourMicros); ; unit /= 60 {
		n, ok := twoDigits(p)
		if !ok || n > 59 || unit == hourMicros && n > 23 {
			return 0, nil, false
		}
		micros += n * unit
		if p = p[2:]; unit == secondMicros || len(p) < 3 || p[0] != ':' {
			break
		}
		p = p[1:]
	}
	if neg {
		micros = -micros
	}
	return micros, p, true
}

func twoDigits(p []byte) (int64, bool) {
	if len(p) < 2 {
		return 0, false
	}
	a, b := p[0]-'0', p[1]-'0'
	return int64(a)*10 + int64(b), a <= 9 && b <= 9
}
