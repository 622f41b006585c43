# shellcheck shell=bash
# The servers of the test bed, with the settings of a server that has work to do and data that
# stays from run to run. Each is started when a step needs it; stop_servers ends those that run.

# One statement a line: MariaDB reads an init file so.
user_sql="create user if not exists 'root'@'%';
grant all privileges on *.* to 'root'@'%' with grant option;
create user if not exists 'cdc'@'%' identified by 'cdc';
grant select, reload, show databases, lock tables, replication slave, replication client on *.* to 'cdc'@'%';"

pid_of() { cat "$servers/$1.pid" 2>/dev/null || echo 0; }

# running NAME: is the process of the pid file this server?
running() { tr '\0' ' ' 2>/dev/null <"/proc/$(pid_of "$1")/cmdline" | grep -q "$servers/$1/"; }

# launch NAME COMMAND ...: out of our process group, since Ctrl-C must not end it before its clients,
# and without the lock of run.sh.
launch() {
	local name=$1
	shift
	setsid nohup "$@" >>"$work/log/$name.log" 2>&1 </dev/null 9>&- &
	echo $! >"$servers/$name.pid"
}

free_port() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null || die "port $1 is taken: set $2"
}

# start NAME
start() {
	running "$1" && return
	say "starting $1"
	mkdir -p "$servers/$1"
	"start_$1"
	local tries=0
	until "ready_$1" >/dev/null 2>&1; do
		running "$1" || die "$1 has ended, see $work/log/$1.log"
		[ $((tries += 1)) -lt 300 ] || die "$1 does not answer, see $work/log/$1.log"
		sleep 0.2
	done
}

start_mysql() {
	free_port "$mysql_port" BENCH_MYSQL_PORT
	[ -d "$servers/mysql/data" ] || cp -a "$bed/mysql/template" "$servers/mysql/data"
	mysql_family mysql "$mysql_port" "$bed/mysql/bin/mysqld" --mysqlx=OFF --secure-file-priv=NULL \
		--gtid-mode=ON --enforce-gtid-consistency=ON --innodb-redo-log-capacity=1G
}

start_mariadb() {
	free_port "$mariadb_port" BENCH_MARIADB_PORT
	[ -d "$servers/mariadb/data" ] || cp -a "$bed/mariadb/template" "$servers/mariadb/data"
	mysql_family mariadb "$mariadb_port" "$bed/mariadb/bin/mariadbd" --no-defaults --basedir="$bed/mariadb" \
		--lc-messages-dir="$bed/mariadb/share" --gtid-strict-mode=ON --innodb-log-file-size=1G
}

# mysql_family NAME PORT PROGRAM ARGUMENTS ...
mysql_family() {
	local name=$1 port=$2 dir=$servers/$1
	shift 2
	printf 'set sql_log_bin=0;\n%s\n' "$user_sql" >"$dir/init.sql"
	launch "$name" "$@" --user="$(id -un)" --datadir="$dir/data" --port="$port" --bind-address=127.0.0.1 \
		--socket="$dir/sock" --pid-file="$dir/pid" --init-file="$dir/init.sql" --skip-name-resolve \
		--server-id="$port" --log-bin=bin --max-binlog-size=1G \
		--binlog-format=ROW --binlog-row-image=FULL --binlog-row-metadata=FULL \
		--sync-binlog=0 --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=512M
}

ready_mysql() { "$tool" sql -db mysql -dsn "root@tcp(127.0.0.1:$mysql_port)/" 'create database if not exists perf'; }
ready_mariadb() { "$tool" sql -db mariadb -dsn "root@tcp(127.0.0.1:$mariadb_port)/" 'create database if not exists perf'; }

# as_postgres COMMAND ...: PostgreSQL refuses to run as root.
as_postgres() {
	if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}

start_postgres() {
	free_port "$postgres_port" BENCH_POSTGRES_PORT
	local bin=$bed/postgres-18/bin data=$servers/postgres/data
	as_postgres test -x "$bin/postgres" ||
		die "user nobody, who runs PostgreSQL when we are root, can't reach $bin: run the bench as another user, or from a checkout that is open to others"
	if [ ! -d "$data" ]; then
		[ "$(id -u)" != 0 ] || chown nobody "$servers/postgres"
		(cd / && as_postgres "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --no-locale) >"$work/log/initdb.log" 2>&1 ||
			die "initdb did not work, see $work/log/initdb.log"
	fi
	# fsync and synchronous_commit stay on: a walsender sends what is flushed, which is what latency
	# is about. The loads switch synchronous_commit off for themselves.
	local as=()
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	launch postgres "${as[@]}" "$bin/postgres" -D "$data/" -p "$postgres_port" -c listen_addresses=127.0.0.1 \
		-c unix_socket_directories= -c wal_level=logical -c max_wal_senders=20 -c max_replication_slots=20 \
		-c shared_buffers=512MB -c max_wal_size=8GB
}

ready_postgres() {
	local server="postgres://postgres@127.0.0.1:$postgres_port/postgres"
	"$tool" sql -db postgres -dsn "$server" 'select 1' || return
	[ "$("$tool" sql -db postgres -dsn "$server" "select count(*) from pg_database where datname = 'perf'")" = 1 ] && return
	"$tool" sql -db postgres -dsn "$server" "create role cdc login replication password 'cdc'" \
		'grant pg_read_all_data to cdc' 'create database perf'
}

start_kafka() {
	free_port "$kafka_port" BENCH_KAFKA_PORT
	free_port "$kafka_controller_port" BENCH_KAFKA_CONTROLLER_PORT
	local file=$servers/kafka/server.properties
	cat >"$file" <<-PROPERTIES
		process.roles=broker,controller
		node.id=1
		controller.quorum.voters=1@127.0.0.1:$kafka_controller_port
		listeners=PLAINTEXT://$kafka,CONTROLLER://127.0.0.1:$kafka_controller_port
		advertised.listeners=PLAINTEXT://$kafka
		controller.listener.names=CONTROLLER
		log.dirs=$servers/kafka/data
		offsets.topic.replication.factor=1
		transaction.state.log.replication.factor=1
		transaction.state.log.min.isr=1
		share.coordinator.state.topic.replication.factor=1
		share.coordinator.state.topic.min.isr=1
		group.initial.rebalance.delay.ms=0
		message.max.bytes=20971520
		log.segment.delete.delay.ms=1000
	PROPERTIES
	[ -d "$servers/kafka/data" ] || java -cp "$bed/kafka/lib/*" kafka.tools.StorageTool format \
		-t Y2RjLWJlbmNoLTAwMDAwMQ -c "$file" >"$work/log/kafka-format.log" 2>&1 || die "see $work/log/kafka-format.log"
	launch kafka java -Xms512m -Xmx1g -cp "$bed/kafka/lib/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn kafka.Kafka "$file"
}

ready_kafka() { "$tool" topic -b "$kafka" ping; }

stop_servers() {
	local name signal tries
	for name in mysql mariadb postgres kafka; do
		running "$name" || continue
		say "stopping $name"
		signal=TERM
		[ "$name" != postgres ] || signal=INT
		kill -s "$signal" "$(pid_of "$name")"
		tries=0
		while running "$name" && [ $((tries += 1)) -lt 300 ]; do sleep 0.2; done
		rm -f "$servers/$name.pid"
	done
}
