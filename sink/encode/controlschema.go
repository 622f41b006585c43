package encode

import "cdc/sink/encode/connect"

// The schemas of records that don't come from a row.

func transactionKeySchema() *connect.Schema {
	return structure("io.debezium.connector.common.TransactionMetadataKey", field("id", connect.Of(connect.String)))
}

func transactionValueSchema() *connect.Schema {
	collection := structure("event.collection",
		field("data_collection", connect.Of(connect.String)), field("event_count", connect.Of(connect.Int64)))
	collection.Optional = true
	return structure("io.debezium.connector.common.TransactionMetadataValue",
		field("status", connect.Of(connect.String)), field("id", connect.Of(connect.String)), field("event_count", optional(connect.Int64)),
		field("data_collections", &connect.Schema{Type: connect.Array, Items: collection, Optional: true}),
		field("ts_ms", connect.Of(connect.Int64)))
}

func heartbeatKeySchema() *connect.Schema {
	return structure("io.debezium.connector.common.ServerNameKey", field("serverName", connect.Of(connect.String)))
}

func heartbeatValueSchema() *connect.Schema {
	return structure("io.debezium.connector.common.Heartbeat", field("ts_ms", connect.Of(connect.Int64)))
}

func messageKeySchema() *connect.Schema {
	return structure("io.debezium.connector.postgresql.MessageKey", field("prefix", optional(connect.String)))
}

// messageValueSchema describes a logical decoding message whose content is of
// the given type: bytes, or text that stands for them.
func messageValueSchema(source *connect.Schema, content connect.Type) *connect.Schema {
	message := structure("io.debezium.connector.postgresql.Message",
		field("prefix", optional(connect.String)), field("content", optional(content)))
	return structure("io.debezium.connector.postgresql.MessageValue",
		field("op", connect.Of(connect.String)), field("ts_ms", optional(connect.Int64)), field("source", source),
		field("transaction", transactionSchema()), field("message", message))
}

func schemaChangeKeySchema(connector string) *connect.Schema {
	return structure("io.debezium.connector."+connector+".SchemaChangeKey", field("databaseName", connect.Of(connect.String)))
}

func schemaChangeValueSchema(connector string, source *connect.Schema) *connect.Schema {
	change := structure("io.debezium.connector.schema.Change",
		field("type", connect.Of(connect.String)), field("id", connect.Of(connect.String)), field("table", tableInfoSchema()))
	return structure("io.debezium.connector."+connector+".SchemaChangeValue",
		field("source", source), field("ts_ms", connect.Of(connect.Int64)), field("databaseName", optional(connect.String)),
		field("schemaName", optional(connect.String)), field("ddl", optional(connect.String)),
		field("tableChanges", &connect.Schema{Type: connect.Array, Items: change}))
}

func tableInfoSchema() *connect.Schema {
	s := structure("io.debezium.connector.schema.Table",
		field("defaultCharsetName", optional(connect.String)), field("primaryKeyColumnNames", optionalTexts()),
		field("columns", &connect.Schema{Type: connect.Array, Items: columnInfoSchema()}), field("comment", optional(connect.String)))
	s.Optional = true
	return s
}

func columnInfoSchema() *connect.Schema {
	return structure("io.debezium.connector.schema.Column",
		field("name", connect.Of(connect.String)), field("jdbcType", connect.Of(connect.Int32)), field("nativeType", optional(connect.Int32)),
		field("typeName", connect.Of(connect.String)), field("typeExpression", optional(connect.String)), field("charsetName", optional(connect.String)),
		field("length", optional(connect.Int32)), field("scale", optional(connect.Int32)), field("position", connect.Of(connect.Int32)),
		field("optional", optional(connect.Boolean)), field("autoIncremented", optional(connect.Boolean)), field("generated", optional(connect.Boolean)),
		field("comment", optional(connect.String)), field("defaultValueExpression", optional(connect.String)), field("enumValues", optionalTexts()))
}

func optionalTexts() *connect.Schema {
	return &connect.Schema{Type: connect.Array, Items: connect.Of(connect.String), Optional: true}
}
