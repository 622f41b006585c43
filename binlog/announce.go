package binlog

import (
	"context"
	"fmt"
	"time"

	"cdc/binlog/ddl"
	"cdc/event"
)

// Announce tells the statements that make the tables of the view, in Debezium's
// order: first what takes the old ones away, then one database after the other.
func (v *view) Announce(ctx context.Context, out event.Emitter) error {
	b := out.Batch()
	for _, c := range v.announced {
		v.announce(b, c)
		if b.Size() < event.MaxBatchBytes {
			continue
		}
		var err error
		if b, err = event.Emit(ctx, out, b); err != nil {
			return err
		}
	}
	if len(b.Marks) == 0 {
		return nil
	}
	_, err := event.Emit(ctx, out, b)
	return err
}

// announce puts one statement into the batch.
func (v *view) announce(b *event.Batch, c *event.SchemaChange) {
	if len(b.Txs) == 0 {
		b.Txs = append(b.Txs, event.Tx{GTID: event.Null, File: v.at.file, Pos: v.at.pos})
	}
	b.Gen = v.gen
	b.Origins = append(b.Origins, event.Origin{Micros: time.Now().UnixMilli() * 1000})
	b.Marks = append(b.Marks, event.Mark{Kind: event.MarkSchemaChange, Origin: int32(len(b.Origins) - 1), Off: v.at.pos, Change: c})
}

// statements collects what Announce tells of the tables.
func (s *Source) statements(ctx context.Context, c *control, srv *server, list []tableAndSchema) ([]*event.SchemaChange, error) {
	told := []*event.SchemaChange{{
		DDL: fmt.Sprintf("SET character_set_server=%s, collation_server=%s", srv.vars["character_set_server"], srv.vars["collation_server"]), Snapshot: true,
	}}
	byDatabase := map[string][]tableAndSchema{}
	var order []string
	for _, d := range list {
		n := d.facts.Name()
		if byDatabase[n.Database] == nil {
			order = append(order, n.Database)
		}
		byDatabase[n.Database] = append(byDatabase[n.Database], d)
		told = append(told, &event.SchemaChange{
			Database: n.Database, Table: n.Table, DDL: "DROP TABLE IF EXISTS " + n.SQL(), Snapshot: true,
			Changes: []event.TableChange{{Type: "DROP", ID: n.QuotedID()}},
		})
	}
	for _, database := range order {
		made, err := c.databaseStatements(ctx, database)
		if err != nil {
			return nil, err
		}
		told = append(told, made...)
		creates, err := s.creates(ctx, c, byDatabase[database])
		if err != nil {
			return nil, err
		}
		told = append(told, creates...)
	}
	return told, nil
}

// databaseStatements make a database anew.
func (c *control) databaseStatements(ctx context.Context, database string) ([]*event.SchemaChange, error) {
	r, err := c.rows(ctx, "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME="+literal(database))
	if err != nil {
		return nil, fmt.Errorf("read the character set of database %s: %w", database, err)
	}
	name, options := ddl.Identifier(database), ""
	if r.RowNumber() > 0 {
		options = " CHARSET " + text(r, 0, 0) + " COLLATE " + text(r, 0, 1)
	}
	var list []*event.SchemaChange
	for _, ddl := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + options, "USE " + name} {
		list = append(list, &event.SchemaChange{Database: database, DDL: ddl, Snapshot: true})
	}
	return list, nil
}

// creates are the statements that make the tables of one database.
func (s *Source) creates(ctx context.Context, c *control, list []tableAndSchema) ([]*event.SchemaChange, error) {
	byID := map[string]*event.SchemaChange{}
	ids := make([]string, 0, len(list))
	for _, d := range list {
		n := d.facts.Name()
		r, err := c.rows(ctx, "SHOW CREATE TABLE "+n.SQL())
		if err != nil {
			return nil, fmt.Errorf("read the statement that makes %s: %w", n, err)
		}
		if r.RowNumber() == 0 {
			continue
		}
		ids = append(ids, n.String())
		st := ddl.Parse([]byte(text(r, 0, 1)), n.Database, 0) // its session has no SQL mode
		byID[n.String()] = &event.SchemaChange{
			Database: n.Database, Table: n.Table, DDL: st.Written(), Snapshot: true,
			Changes: []event.TableChange{{Type: "CREATE", ID: n.QuotedID(), Table: d.facts.Info(s.flavor, s.comments())}},
		}
	}
	told := make([]*event.SchemaChange, 0, len(ids))
	for _, id := range hashOrder(ids, mapOfSingles) {
		told = append(told, byID[id])
	}
	return told, nil
}

// comments reports whether schema changes have the comments of tables and columns.
func (s *Source) comments() bool { return s.flavor == MariaDB || s.config.Capture.SchemaComments }
