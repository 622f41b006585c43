# shellcheck shell=bash
# The product: bin/cdc with a configuration that differs from the defaults only where it must. Its
# offset is stored before it starts, as after a restart in production.

rule_set=whole # what it does to rows: lib/rules.sh has others

# prepare_cdc SOURCE TABLE PURPOSE: sets id, topic, command and, for kill9, config and offset.
prepare_cdc() {
	local source=$1 table=$2 dir
	id=cdc_${source}_$(date +%H%M%S) dir=$runs/$id
	topic=$id.$(schema "$source").$table
	config=$dir/cdc.yaml offset=$dir/bench.json
	[ -x "$cdc" ] || die "no $cdc: make build"
	free_port "$admin_port" BENCH_ADMIN_PORT
	mkdir -p "$dir"
	rules=
	if [ "$rule_set" != whole ]; then
		rules=$dir/rules.yaml
		rule_file "$source" >"$rules"
	fi
	configuration "$source" "$table" >"$config"
	"$tool" topic -b "$kafka" create "$topic"
	[ "$source" != postgres ] || copy_slot "$table" "$id"
	"$cdc" offsets set bench --config "$config" <"$(beginning "$source" "$table")"
	command=("$cdc" run --config "$config")
}

# finish_cdc SOURCE
finish_cdc() {
	[ "$1" != postgres ] || drop_slot "$id"
	"$tool" topic -b "$kafka" delete "$topic"
}

configuration() {
	local source=$1 table=$2
	cat <<-YAML
		pipelines:
		  bench:
		    source:
		      $source:
		        host: 127.0.0.1
		        user: cdc
		        password: cdc
		        tables: ["$(schema "$source").$table"]
		        snapshot: {mode: no_data}
		$("configuration_$source" "$table")
		    rules: [$rules]
		    sink:
		      kafka:
		        brokers: ["$kafka"]
		        topic_prefix: $id
		        topics: {partitions: 1, replication: 1}
		    offsets: {file: {path: $offset}}
		admin: {listen: "127.0.0.1:$admin_port", pprof: true}
	YAML
}

configuration_mysql() { echo "        port: $mysql_port"; }
configuration_mariadb() { echo "        port: $mariadb_port"; }

configuration_postgres() {
	cat <<-YAML
		        port: $postgres_port
		        database: perf
		        slot: $id
		        publication: perf_$1
		        publication_autocreate: disabled
	YAML
}
