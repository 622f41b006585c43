package dryrun

import (
	"strings"
	"time"

	"cdc/event"
	"cdc/sink/encode"
	"cdc/transform"
)

// Debezium's names of the connectors.
const (
	connectorMySQL    = "mysql"
	connectorMariaDB  = "mariadb"
	connectorPostgres = "postgresql"
)

// Setup says from where changes would come and how records are made.
type Setup struct {
	// Connector is mysql, mariadb or postgresql; mysql when empty.
	Connector string
	// Database is that of PostgreSQL's tables.
	Database string
	// Rules are what the rules take of the pipeline; Prefix stands in topics.
	Rules transform.Options
	// Encoding says how records are written. Avro, which needs a registry, is
	// written as JSON.
	Encoding encode.Config
	// Tables are those of a schema dump; a table that isn't there is inferred.
	Tables []*event.Schema
}

// epoch is the clock of a dry run: 2026-01-01 00:00:00 UTC.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// defaultPrefix is the topic prefix where nobody says one.
const defaultPrefix = "cdc"

// Complete fills in what is empty.
func (s Setup) Complete() Setup {
	if s.Connector == "" {
		s.Connector = connectorMySQL
	}
	if s.Rules.Prefix == "" {
		s.Rules.Prefix = defaultPrefix
	}
	e := &s.Encoding
	e.Connector, e.Name = s.Connector, s.Rules.Prefix
	s.Encoding = WithoutRegistry(s.Encoding)
	s.Rules.Connector, s.Rules.TestEnv, s.Rules.Now = s.Connector, true, func() time.Time { return epoch }
	return s
}

// withoutRegistry writes as JSON what would be Avro.
func withoutRegistry(f encode.Format) encode.Format {
	for _, format := range []*string{&f.Key, &f.Value} {
		if strings.EqualFold(*format, encode.FormatAvro) {
			*format = encode.FormatJSON
		}
	}
	return f
}

func (s *Setup) database() string {
	if s.Database != "" {
		return s.Database
	}
	return "app"
}

// WithoutRegistry writes as JSON what would be Avro, which needs a registry.
func WithoutRegistry(c encode.Config) encode.Config {
	c.Format, c.Registry, c.Limit = withoutRegistry(c.Format), nil, nil
	return c
}
