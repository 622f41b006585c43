package binlog

import (
	"encoding/binary"

	"cdc/event"
)

// Packed temporal values of MySQL 5.6 and later are big-endian bit fields,
// followed by the fraction in as many bytes as its digits need.
// https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html

const (
	microsPerSecond = 1_000_000
	secondsPerDay   = 86_400
)

// civil is a date and time of day as MySQL keeps it: any part may be zero.
type civil struct {
	year, month, day     int
	hour, minute, second int
	micros               int
}

// adjustedYear reads a year of one or two digits as MySQL reads such a literal;
// Debezium does this to every date.
func adjustedYear(y int) int {
	switch {
	case y >= 100:
		return y
	case y >= 70:
		return 1900 + y
	default:
		return 2000 + y
	}
}

// days returns the days since 1970-01-01; ok is false for a zero date (any part
// is zero) and for a day that no calendar has. plain leaves years of one or two
// digits as they are.
func (c *civil) days(plain bool) (days int64, ok bool) {
	if c.year == 0 || c.month < 1 || c.month > 12 || c.day < 1 {
		return 0, false
	}
	year := c.year
	if !plain {
		year = adjustedYear(year)
	}
	if c.day > 28 && c.day > daysIn(year, c.month) {
		return 0, false
	}
	return civilDays(year, c.month, c.day), true
}

// micros returns the microseconds since 1970-01-01; plain and ok as for days.
func (c *civil) epochMicros(plain bool) (micros int64, ok bool) {
	days, ok := c.days(plain)
	if !ok || c.hour > 23 || c.minute > 59 || c.second > 59 {
		return 0, false
	}
	seconds := days*secondsPerDay + int64(c.hour)*3600 + int64(c.minute)*60 + int64(c.second)
	return seconds*microsPerSecond + int64(c.micros), true
}

// fault says why there are no days or micros.
func (c *civil) fault() fault {
	if c.year == 0 || c.month == 0 || c.day == 0 {
		return faultZeroDate
	}
	return faultNoDay
}

// civilDays counts the days from 1970-01-01 to a date of the proleptic Gregorian
// calendar. Years begin in March here, so that the leap day is the last one.
func civilDays(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	const daysTo1970 = 719_468 // from 0000-03-01
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day-1) - daysTo1970
}

func daysIn(year, month int) int {
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

// fraction reads the fraction behind a packed time, as microseconds.
func fraction(p []byte) int64 {
	switch len(p) {
	case 1:
		return int64(p[0]) * 10_000
	case 2:
		return int64(binary.BigEndian.Uint16(p)) * 100
	case 3:
		return int64(bigUint(p))
	default:
		return 0
	}
}

// noDate stands for a date that there isn't.
func (c *cell) noDate(f fault) (event.Value, bool) {
	c.fault = f
	return c.zero, false
}

func readDate(c *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	u := int(p[0]) | int(p[1])<<8 | int(p[2])<<16
	date := civil{year: u >> 9, month: u >> 5 & 15, day: u & 31}
	days, ok := date.days(c.plain)
	if !ok {
		return c.noDate(date.fault())
	}
	return event.Of(event.KindDate, days), true
}

// readTime reads a packed TIME: a number that grows with the time, so that the
// fraction of a negative one is borrowed from its seconds.
func readTime(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	packed := int64(bigUint(p)) - 1<<(8*len(p)-1)
	negative := packed < 0
	if negative {
		packed = -packed
	}
	bits := 8 * (len(p) - 3) // of the fraction
	hms := packed >> bits
	micros := (hms>>12)*3600 + (hms>>6&63)*60 + hms&63
	micros *= microsPerSecond
	switch tail := packed & (1<<bits - 1); len(p) {
	case 4:
		micros += tail * 10_000
	case 5:
		micros += tail * 100
	case 6:
		micros += tail
	}
	if negative {
		micros = -micros
	}
	return event.Of(event.KindTime, micros), true
}

func readDatetime(c *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	u := uint64(p[0])<<32 | uint64(binary.BigEndian.Uint32(p[1:]))
	u &= 1<<39 - 1 // without the sign
	months := int(u >> 22)
	at := civil{
		year: months / 13, month: months % 13, day: int(u >> 17 & 31),
		hour: int(u >> 12 & 31), minute: int(u >> 6 & 63), second: int(u & 63),
	}
	micros, ok := at.epochMicros(c.plain)
	if !ok {
		return c.noDate(at.fault())
	}
	return event.Of(event.KindLocal, micros+fraction(p[5:])), true
}

func readTimestamp(c *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	seconds := int64(binary.BigEndian.Uint32(p))
	micros := seconds*microsPerSecond + fraction(p[4:])
	if micros == 0 {
		return c.noDate(faultZeroDate)
	}
	return event.Of(event.KindInstant, micros), true
}

// The types from before MySQL 5.6, little-endian; columns that were never
// rebuilt still have them.

func readOldTime(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	u := int64(p[0]) | int64(p[1])<<8 | int64(int8(p[2]))<<16
	seconds := u/10_000*3600 + u/100%100*60 + u%100 // each part has the sign of u
	return event.Of(event.KindTime, seconds*microsPerSecond), true
}

func readOldDatetime(c *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	u := binary.LittleEndian.Uint64(p)
	if u > 99991231235959 {
		return event.Value{}, false
	}
	date, tod := int(u/1_000_000), int(u%1_000_000)
	at := civil{
		year: date / 10_000, month: date / 100 % 100, day: date % 100,
		hour: tod / 10_000, minute: tod / 100 % 100, second: tod % 100,
	}
	micros, ok := at.epochMicros(c.plain)
	if !ok {
		return c.noDate(at.fault())
	}
	return event.Of(event.KindLocal, micros), true
}

func readOldTimestamp(c *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	seconds := int64(binary.LittleEndian.Uint32(p))
	if seconds == 0 {
		return c.noDate(faultZeroDate)
	}
	return event.Of(event.KindInstant, seconds*microsPerSecond), true
}

// readYear reads a year, where the byte of 0000 is 1900, as in Debezium's stream.
func readYear(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
	return event.Int(1900 + int64(p[0])), true
}

// zeroDate is what stands for a zero date in a column: NULL where it may be,
// else the column's default, else the epoch. MariaDB's zero TIMESTAMP is always
// the epoch. All of this is as Debezium has it.
func zeroDate(t *event.Type, fl Flavor) event.Value {
	switch {
	case fl == MariaDB && t.Kind == event.KindInstant:
	case t.Nullable():
		return event.Null
	case t.Default != nil:
		return t.Default.Value
	}
	return event.Of(t.Kind, 0)
}
