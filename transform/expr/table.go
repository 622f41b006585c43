package expr

import (
	"time"

	"cdc/event"
)

// Options are what the expressions of a pipeline need from outside.
type Options struct {
	// Now is the clock of the envelope's ts_ms; nil: time.Now. Nothing else of an
	// expression depends on when it is evaluated.
	Now func() time.Time
	// Secret gives the secret that a rule names, and false when there is none of
	// that name; nil: there are none.
	Secret func(env string) (secret []byte, ok bool)
}

// Table is what is constant for a table version where rules are bound. It isn't
// changed once an expression has been checked for it.
type Table struct {
	// Schema has the columns as expressions see them: their kinds after the value
	// verbs for what makes output, Ord into the image at hand.
	Schema *event.Schema
	// Gone says of columns of the table that Schema lacks why expressions don't see
	// them: what a rule has done, and what to do; nil: there are none.
	Gone func(name string) (why, mend string, ok bool)
	// Topic is the default topic of the table.
	Topic string
	// Connector, Name and Version are those of the source block. An empty
	// Connector is that of the kind of table: postgresql, or else mysql.
	Connector, Name, Version string
}

// The connectors that differ in their source blocks.
const (
	connectorMySQL    = "mysql"
	connectorPostgres = "postgresql"
)

func (t *Table) connector() string {
	switch {
	case t.Connector != "":
		return t.Connector
	case t.Schema.Namespace != "":
		return connectorPostgres
	default:
		return connectorMySQL
	}
}

func (t *Table) postgres() bool { return t.connector() == connectorPostgres }
