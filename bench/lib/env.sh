# shellcheck shell=bash
# Where things live and on which ports they listen. Sourced by run.sh; every value can be set by
# environment.
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(cd "$bench/.." && pwd)
bed=$root/.testbed                      # servers, fetched by scripts/testbed.sh
work=${BENCH_WORK:-$bench/.work}        # everything that the bench itself keeps
plugins=$work/debezium servers=$work/servers runs=$work/runs results=$work/results
tool=$work/bin/benchtool
cdc=${CDC:-$root/bin/cdc}

mysql_port=${BENCH_MYSQL_PORT:-23397}
mariadb_port=${BENCH_MARIADB_PORT:-23311}
postgres_port=${BENCH_POSTGRES_PORT:-25418}
kafka_port=${BENCH_KAFKA_PORT:-29092}
kafka_controller_port=${BENCH_KAFKA_CONTROLLER_PORT:-29093}
connect_port=${BENCH_CONNECT_PORT:-28083}
admin_port=${BENCH_ADMIN_PORT:-28183}
kafka=127.0.0.1:$kafka_port

# How much is measured.
rounds=${ROUNDS:-3}                     # of each drain and each latency run, in turns
inserts=${INSERTS:-1000000} updates=${UPDATES:-600000} # backlog t
small=${SMALL:-200000}                  # backlog s
changes=${CHANGES:-1000000}             # backlog v
orders=${ORDERS:-600000}                # backlog orders, of four changes each
rate=${RATE:-1000} warm=${WARM:-20s} for=${FOR:-40s} # latency
kills=${KILLS:-1} drains=${DRAINS:-5}   # kills in a drain, and such drains, of kill9
heap=${HEAP:-2g}                        # of Kafka Connect
limit=${LIMIT:-5m}                      # after which a drain has failed

say() { printf 'bench: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

mkdir -p "$work/bin" "$work/log" "$servers" "$runs" "$results"
