package encode

import "cdc/sink/encode/connect"

// optional returns a schema of a type whose value may be missing.
func optional(t connect.Type) *connect.Schema { return &connect.Schema{Type: t, Optional: true} }

func fields(list ...connect.Field) []connect.Field { return list }

func field(name string, s *connect.Schema) connect.Field {
	return connect.Field{Name: name, Schema: s}
}

// structure returns the schema of a named struct, version 1.
func structure(name string, list ...connect.Field) *connect.Schema {
	return &connect.Schema{Type: connect.Struct, Name: name, Version: 1, Fields: list}
}

// sourceSchema describes the source block of a connector.
func sourceSchema(connector string) *connect.Schema {
	text, long := connect.Of(connect.String), connect.Of(connect.Int64)
	list := fields(
		field("version", text), field("connector", text), field("name", text), field("ts_ms", long),
		field("snapshot", snapshotSchema()), field("db", text), field("sequence", optional(connect.String)),
		field("ts_us", optional(connect.Int64)), field("ts_ns", optional(connect.Int64)))
	if connector == connectorPostgres {
		list = append(list, field("schema", text), field("table", text), field("txId", optional(connect.Int64)),
			field("lsn", optional(connect.Int64)), field("xmin", optional(connect.Int64)),
			field("origin", optional(connect.String)), field("origin_lsn", optional(connect.Int64)))
	} else {
		list = append(list, field("table", optional(connect.String)), field("server_id", long), field("gtid", optional(connect.String)),
			field("file", text), field("pos", long), field("row", connect.Of(connect.Int32)),
			field("thread", optional(connect.Int64)), field("query", optional(connect.String)))
	}
	return structure("io.debezium.connector."+connector+".Source", list...)
}

const snapshotValues = "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"

// snapshotSchema describes the mark of a snapshot. A streamed row has none, so
// it shows the default.
func snapshotSchema() *connect.Schema {
	s := connect.Named(connect.String, "io.debezium.data.Enum", connect.Param{Key: "allowed", Value: snapshotValues})
	s.Optional = true
	s.Default = &connect.Value{Bytes: []byte("false"), JSON: []byte(`"false"`)}
	return s
}

// transactionSchema describes the transaction block of an envelope.
func transactionSchema() *connect.Schema {
	s := structure("event.block", field("id", connect.Of(connect.String)),
		field("total_order", connect.Of(connect.Int64)), field("data_collection_order", connect.Of(connect.Int64)))
	s.Optional = true
	return s
}
