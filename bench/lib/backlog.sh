# shellcheck shell=bash
# The tables and their backlogs. A row of t, s, v and l has about 250 bytes, one of orders about 190:
#
#   t  1,000,000 inserts and 600,000 updates in transactions of 10,000 rows
#   s  200,000 inserts in transactions of their own
#   v  1,000,000 changes of 200,000 keys, transactions of 1 to 8,000 rows; k is the version of a row
#   l  empty: what latency writes into
#   orders  600,000 orders, each inserted and changed three times, the last time its status; transactions
#      of 10,000 rows. PostgreSQL logs the rows before a change (replica identity FULL).
#
# Before a backlog is written its beginning is kept: as Debezium's offset in a file, and for
# PostgreSQL as a replication slot perf_TABLE_base that is never read. Each run reads a copy of it,
# so all runs read the same.

# dsn SOURCE
dsn() {
	case $1 in
	mysql) echo "root@tcp(127.0.0.1:$mysql_port)/perf" ;;
	mariadb) echo "root@tcp(127.0.0.1:$mariadb_port)/perf" ;;
	postgres) echo "postgres://postgres@127.0.0.1:$postgres_port/perf" ;;
	esac
}

# sql SOURCE STATEMENT ...
sql() {
	local source=$1
	shift
	"$tool" sql -db "$source" -dsn "$(dsn "$source")" "$@"
}

# schema SOURCE: the part of a topic's name between prefix and table.
schema() { [ "$1" = postgres ] && echo public || echo perf; }

beginning() { echo "$servers/$1/beginning-$2.json"; }

# expected TABLE: records of its backlog
expected() {
	case $1 in
	t) echo $((inserts + updates)) ;;
	s) echo "$small" ;;
	v) echo "$changes" ;;
	esac
}

load_arguments() {
	case $1 in
	t) echo "-rows $inserts -updates $updates -tx 10000" ;;
	s) echo "-rows $small -tx 1 -conns 8" ;;
	v) echo "-mixed $changes" ;;
	orders) echo "-orders $orders -tx 10000" ;;
	l) echo "" ;;
	esac
}

# backlog SOURCE TABLE: makes the table and its backlog, unless they are there.
backlog() {
	local source=$1 table=$2 arguments stamp=$servers/$1/backlog-$2 dsn
	arguments=$(load_arguments "$table")
	[ "$(cat "$stamp" 2>/dev/null)" = "backlog $arguments" ] && return
	rm -f "$stamp"
	empty_table "$source" "$table"
	dsn=$(dsn "$source")
	[ "$source" != postgres ] || dsn="$dsn?synchronous_commit=off"
	# shellcheck disable=SC2086 # one word an argument
	"$tool" load -db "$source" -dsn "$dsn" -table "$table" $arguments
	[ "$source" != postgres ] || sql postgres checkpoint analyze
	echo "backlog $arguments" >"$stamp"
}

# empty_table SOURCE TABLE: makes the table anew and keeps where its changes begin.
empty_table() {
	local source=$1 table=$2 slot=()
	if [ "$source" = postgres ]; then
		sql postgres "drop publication if exists perf_$table" \
			"select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'perf_${table}_base'" >"$work/log/slot.log"
	fi
	"$tool" load -db "$source" -dsn "$(dsn "$source")" -table "$table" -create
	if [ "$source" = postgres ]; then
		sql postgres "create publication perf_$table for table $table" \
			"select pg_create_logical_replication_slot('perf_${table}_base', 'pgoutput')" >"$work/log/slot.log"
		slot=(-slot "perf_${table}_base")
	fi
	"$tool" position -db "$source" -dsn "$(dsn "$source")" "${slot[@]}" >"$(beginning "$source" "$table")"
}

# copy_slot TABLE NAME
copy_slot() { sql postgres "select pg_copy_logical_replication_slot('perf_$1_base', '$2')" >"$work/log/slot.log"; }

# drop_stale_slots removes what a run that was cut short left behind.
drop_stale_slots() {
	sql postgres "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name ~ '^(dbz|cdc)_' and not active" >"$work/log/slot.log"
}

# drop_slot NAME: once its walsender has seen that its client is gone.
drop_slot() {
	local tries=0
	while [ "$(sql postgres "select count(*) from pg_replication_slots where slot_name = '$1' and active")" != 0 ]; do
		[ $((tries += 1)) -lt 50 ] || { say "slot $1 stays in use"; return; }
		sleep 0.2
	done
	sql postgres "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '$1'" >"$work/log/slot.log"
}
