package pgwal

import (
	"math"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// unlimited is the length that Debezium's model has for types without one.
const unlimited = math.MaxInt32

// declared is the column's type in Debezium's model: the name of the type itself,
// be it a domain's, and the precision and scale that PostgreSQL's JDBC driver
// knows of the type it is made of; of an array, those of its elements.
func (c *columnFact) declared() event.Declared {
	oid := c.BaseOID
	if element := elementOf(oid); element != 0 {
		oid = element
	}
	return event.Declared{
		Name:   strings.ToUpper(c.ownName()),
		Length: declaredLength(oid, c.BaseMod),
		Scale:  declaredScale(oid, c.BaseMod),
	}
}

// ownName is the name in pg_type of the column's own type.
func (c *columnFact) ownName() string {
	switch {
	case c.OwnName != "":
		return c.OwnName
	case c.TypeOID < firstUserOID:
		if name := nameOf(c.TypeOID); name != "" {
			return name
		}
	case c.TypeOID == c.BaseOID && c.BaseName != "":
		return c.BaseName
	}
	return c.TypeName
}

func declaredLength(oid uint32, mod int32) int32 {
	switch oid {
	case pgtype.BoolOID, pgtype.QCharOID:
		return 1
	case pgtype.Int2OID:
		return 5
	case pgtype.Int4OID, pgtype.OIDOID:
		return 10
	case pgtype.Int8OID:
		return 19
	case pgtype.Float4OID:
		return 8
	case pgtype.Float8OID:
		return 17
	case pgtype.NumericOID:
		if mod < 4 {
			return 131089 // the longest text of a number without its digits behind the point
		}
		precision, _ := numericModifier(mod)
		return precision
	case pgtype.VarcharOID, pgtype.BPCharOID:
		if mod >= 4 {
			return mod - 4
		}
	case pgtype.BitOID, pgtype.VarbitOID:
		if mod > 0 {
			return mod
		}
	case pgtype.DateOID:
		return 13
	case pgtype.IntervalOID:
		return 49
	case pgtype.TimeOID, pgtype.TimetzOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		return declaredTime(oid, mod)
	}
	return unlimited
}

// declaredTime counts the characters of the longest text.
func declaredTime(oid uint32, mod int32) int32 {
	const date, clock, zone = 14, 8, 6
	fraction := mod + 1
	switch mod {
	case -1:
		fraction = 7
	case 0:
		fraction = 0
	case 1:
		fraction = 3 // so the driver has it
	}
	length := clock + fraction
	if oid == pgtype.TimestampOID || oid == pgtype.TimestamptzOID {
		length += date
	}
	if oid == pgtype.TimetzOID || oid == pgtype.TimestamptzOID {
		length += zone
	}
	return length
}

func declaredScale(oid uint32, mod int32) int32 {
	switch oid {
	case pgtype.Float4OID:
		return 8
	case pgtype.Float8OID:
		return 17
	case pgtype.NumericOID:
		if mod < 4 {
			return 0
		}
		_, scale := numericModifier(mod)
		return scale
	case pgtype.TimeOID, pgtype.TimetzOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		if mod < 0 {
			return 6
		}
		return mod
	case pgtype.IntervalOID:
		if mod < 0 {
			return 6
		}
		return mod & 0xffff
	default:
		return 0
	}
}
