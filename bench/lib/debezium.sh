# shellcheck shell=bash
# Debezium in a Kafka Connect worker of its own (distributed mode, own group and topics). The topics
# that hold the worker's configuration and offsets are filled before the process starts, as after a
# restart in production, so the time to the first event is: process start to first record.

# prepare_debezium SOURCE TABLE PURPOSE: sets id, topic and command. PURPOSE is drain or latency.
prepare_debezium() {
	local source=$1 table=$2 purpose=$3 dir
	id=dbz_${source}_$(date +%H%M%S) dir=$runs/$id
	topic=$id.$(schema "$source").$table
	mkdir -p "$dir"
	worker_properties "$source" >"$dir/worker.properties"
	"$tool" topic -b "$kafka" create "$id-offsets:compact" "$id-configs:compact" "$id-status:compact" "$topic"
	if [ "$source" = postgres ]; then
		copy_slot "$table" "$id"
	else
		"$tool" topic -b "$kafka" put "$id-offsets" "[\"$id\",{\"server\":\"$id\"}]" "$(cat "$(beginning "$source" "$table")")"
	fi
	connector_properties "$source" "$table" "$purpose" | as_json >"$dir/connector.json"
	"$tool" topic -b "$kafka" put "$id-configs" "connector-$id" "$(cat "$dir/connector.json")"
	command=(java "-Xmx$heap" -cp "$bed/kafka/lib/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=info
		org.apache.kafka.connect.cli.ConnectDistributed "$dir/worker.properties")
}

# finish_debezium SOURCE
finish_debezium() {
	[ "$1" != postgres ] || drop_slot "$id"
	"$tool" topic -b "$kafka" delete "$topic" "$id-offsets" "$id-configs" "$id-status" "$id-history"
}

# The worker: JSON without schemas; one plugin, found by its manifest, for the quickest start.
worker_properties() {
	free_port "$connect_port" BENCH_CONNECT_PORT
	cat <<-PROPERTIES
		bootstrap.servers=$kafka
		group.id=$id
		key.converter=org.apache.kafka.connect.json.JsonConverter
		value.converter=org.apache.kafka.connect.json.JsonConverter
		key.converter.schemas.enable=false
		value.converter.schemas.enable=false
		offset.storage.topic=$id-offsets
		config.storage.topic=$id-configs
		status.storage.topic=$id-status
		offset.storage.replication.factor=1
		config.storage.replication.factor=1
		status.storage.replication.factor=1
		offset.flush.interval.ms=5000
		listeners=http://127.0.0.1:$connect_port
		plugin.path=$plugins/$1
		plugin.discovery=service_load
		connector.client.config.override.policy=All
	PROPERTIES
}

# Tuned: large batches and queues, an idempotent producer that compresses; for latency no waiting.
connector_properties() {
	local source=$1 table=$2 linger=20 interval=10
	[ "$3" != latency ] || linger=1 interval=5
	cat <<-PROPERTIES
		name=$id
		tasks.max=1
		topic.prefix=$id
		database.hostname=127.0.0.1
		database.user=cdc
		database.password=cdc
		table.include.list=$(schema "$source").$table
		max.batch.size=16384
		max.queue.size=65536
		poll.interval.ms=$interval
		producer.override.acks=all
		producer.override.enable.idempotence=true
		producer.override.max.in.flight.requests.per.connection=5
		producer.override.compression.type=lz4
		producer.override.batch.size=1048576
		producer.override.linger.ms=$linger
		producer.override.buffer.memory=134217728
		producer.override.max.request.size=10485760
	PROPERTIES
	"connector_$source" "$table"
}

connector_postgres() {
	cat <<-PROPERTIES
		connector.class=io.debezium.connector.postgresql.PostgresConnector
		database.port=$postgres_port
		database.dbname=perf
		plugin.name=pgoutput
		slot.name=$id
		publication.name=perf_$1
		publication.autocreate.mode=disabled
		snapshot.mode=no_data
	PROPERTIES
}

connector_mysql() {
	echo connector.class=io.debezium.connector.mysql.MySqlConnector
	echo "database.port=$mysql_port"
	connector_binlog
}

connector_mariadb() {
	echo connector.class=io.debezium.connector.mariadb.MariaDbConnector
	echo "database.port=$mariadb_port"
	connector_binlog
}

# "recovery" reads the structure of the tables again and then streams from the stored position.
connector_binlog() {
	cat <<-PROPERTIES
		database.server.id=$((50000 + RANDOM % 9000))
		database.include.list=perf
		include.schema.changes=false
		schema.history.internal.kafka.bootstrap.servers=$kafka
		schema.history.internal.kafka.topic=$id-history
		snapshot.mode=recovery
	PROPERTIES
}

# as_json turns lines key=value into what Connect keeps of a connector.
as_json() {
	sed 's/^\([^=]*\)=\(.*\)$/"\1":"\2"/' | paste -sd, | sed 's/.*/{"properties":{&}}/'
}
