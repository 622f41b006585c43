package binlog

import (
	"bytes"

	"cdc/event"
)

// digits reads a short run of digits.
func digits(p []byte) (n int, ok bool) {
	if len(p) == 0 || len(p) > 9 || !allDigits(p) {
		return 0, false
	}
	for _, c := range p {
		n = 10*n + int(c-'0')
	}
	return n, true
}

// three reads "a-b-c" or "a:b:c".
func three(p []byte, separator string) (a, b, c int, ok bool) {
	first, rest, found1 := bytes.Cut(p, []byte(separator))
	second, third, found2 := bytes.Cut(rest, []byte(separator))
	a, ok1 := digits(first)
	b, ok2 := digits(second)
	c, ok3 := digits(third)
	return a, b, c, found1 && found2 && ok1 && ok2 && ok3
}

// clock reads "hh:mm:ss" with a fraction of up to six digits.
func clock(p []byte) (hour, minute, second, micros int, ok bool) {
	whole, fraction, dotted := bytes.Cut(p, []byte("."))
	hour, minute, second, ok = three(whole, ":")
	if !dotted {
		return hour, minute, second, 0, ok
	}
	micros, good := digits(fraction)
	if !good || len(fraction) > 6 {
		return 0, 0, 0, 0, false
	}
	for range 6 - len(fraction) {
		micros *= 10
	}
	return hour, minute, second, micros, ok
}

func (t *textReader) parseDate(_ *event.Batch, raw []byte) (event.Value, bool) {
	var at civil
	var ok bool
	if at.year, at.month, at.day, ok = three(raw, "-"); !ok {
		return event.Value{}, false
	}
	days, ok := at.days(t.plain)
	if !ok {
		return t.noDate(at.fault())
	}
	return event.Of(event.KindDate, days), true
}

func (t *textReader) parseDatetime(_ *event.Batch, raw []byte) (event.Value, bool) {
	var at civil
	var ok1, ok2 bool
	date, tod, _ := bytes.Cut(raw, []byte(" "))
	at.year, at.month, at.day, ok1 = three(date, "-")
	at.hour, at.minute, at.second, at.micros, ok2 = clock(tod)
	if !ok1 || !ok2 {
		return event.Value{}, false
	}
	micros, ok := at.epochMicros(t.plain)
	if !ok {
		return t.noDate(at.fault())
	}
	return event.Of(t.kind, micros), true
}

func parseTime(_ *event.Batch, raw []byte) (event.Value, bool) {
	body, negative := bytes.CutPrefix(raw, []byte("-"))
	hour, minute, second, micros, ok := clock(body)
	total := (int64(hour)*3600+int64(minute)*60+int64(second))*microsPerSecond + int64(micros)
	if negative {
		total = -total
	}
	return event.Of(event.KindTime, total), ok
}
