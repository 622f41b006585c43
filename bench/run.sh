#!/usr/bin/env bash
# Measures cdc, and the real Debezium beside it, on one backlog and one set of servers.
#
#   bench/run.sh                                      everything, then the report (what "make bench" calls)
#   bench/run.sh drain [mysql|mariadb|postgres] [t|s] both drain the same backlog, in turns
#   bench/run.sh latency [mysql|mariadb|postgres]     single-row transactions at a fixed rate
#   bench/run.sh kill9 [mysql|mariadb|postgres]       kill -9 in the middle of a drain; what arrived is checked
#   bench/run.sh rules [mysql|mariadb|postgres]       cdc with rules and without, and what they cost a row, into bench/RULES.md
#   bench/run.sh micro                                go test -bench of the row path
#   bench/run.sh values                               ns per value by type and format, into bench/VALUES.md
#   bench/run.sh check                                fail when Avro, json_schema or a rule costs more per row than it may
#   bench/run.sh report                               the tables, into bench/RESULTS.md
#   bench/run.sh up | down                            keep the servers running between runs | stop them
#   bench/run.sh clean                                stop them and remove all that the bench keeps
#
# PRODUCTS=cdc, ROUNDS=1, INSERTS=100000 ... narrow a run: lib/env.sh has them all.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/lib/env.sh"
. "$here/lib/fetch.sh"
. "$here/lib/servers.sh"
. "$here/lib/backlog.sh"
. "$here/lib/debezium.sh"
. "$here/lib/cdc.sh"
. "$here/lib/steps.sh"
. "$here/lib/rules.sh"

usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; }

build_tool() { (cd "$bench" && go build -o "$tool" ./benchtool); }

build() {
	build_tool
	local part
	for part in kafka mysql mariadb postgres-18; do
		[ -d "$bed/$part" ] || { "$root/scripts/testbed.sh" && break; }
	done
}

# for_sources STEP SOURCE|"" DEFAULT ...
for_sources() {
	local step=$1 source=$2
	shift 2
	[ -z "$source" ] || set -- "$source"
	for source in "$@"; do
		case $source in mysql | mariadb | postgres) ;; *) die "no source $source" ;; esac
		"$step" "$source" ${table:+"$table"}
	done
}

all() {
	for_sources drain "" mysql mariadb postgres
	for_sources latency "" mysql mariadb postgres
	for_sources kill9 "" mysql postgres
	rules ""
	report
}

# rules SOURCE|""
rules() {
	for_sources drain_rules "$1" mysql postgres
	rule_turns
	rules_report
}

step=${1:-all} source=${2:-} table=
exec 9>"$work/lock"
flock -n 9 || die "another run is under way"
case $step in
all | drain | latency | kill9 | rules)
	build
	trap '[ -e "$work/up" ] || stop_servers' EXIT # "up" said that they stay
	trap 'exit 130' INT TERM
	case $step in
	all) all ;;
	drain) table=${3:-} && for_sources drain "$source" mysql mariadb postgres ;;
	latency) for_sources latency "$source" mysql mariadb postgres ;;
	kill9) for_sources kill9 "$source" mysql postgres ;;
	rules) rules "$source" ;;
	esac
	;;
micro) micro ;;
values) build_tool && values ;;
check) build_tool && check ;;
report) build && report ;;
up)
	build
	touch "$work/up"
	for name in kafka mysql mariadb postgres; do start "$name"; done
	;;
down)
	rm -f "$work/up"
	stop_servers
	;;
clean)
	rm -f "$work/up"
	stop_servers
	rm -rf "$work"
	;;
*) usage && exit 2 ;;
esac
exit "$failed"
