# shellcheck shell=bash
# The measurements. Each writes one file per source into the results, anew.

products=${PRODUCTS:-debezium cdc}
failed=0 # 1 when a run went wrong; the others still run

# database_arguments SOURCE: whose CPU is the database's.
database_arguments() {
	echo "-database-pid $(pid_of "$1")"
	[ "$1" != postgres ] || echo -walsender
}

# settle lets what the last run left behind (deleted files, dirty pages) go by.
settle() { sleep "${SETTLE:-5}"; }

# need SOURCE PRODUCTS ...: servers and programs for a step.
need() {
	local source=$1 product
	shift
	start kafka
	start "$source"
	[ "$source" != postgres ] || drop_stale_slots
	for product in "$@"; do
		[ "$product" != debezium ] || fetch_debezium "$source"
	done
}

# drain SOURCE [TABLE]: the products drain the same backlog, in turns.
drain() {
	local source=$1 table=${2:-t} round product file=$results/drain-$1.jsonl
	[ "$table" = t ] || file=$results/drain-$source-$table.jsonl
	# shellcheck disable=SC2086 # one word a product
	need "$source" $products
	backlog "$source" "$table"
	rm -f "$file"
	for round in $(seq "$rounds"); do
		for product in $products; do
			say "drain of $source, table $table, round $round of $rounds: $product"
			"prepare_$product" "$source" "$table" drain
			# shellcheck disable=SC2046 # one word an argument
			"$tool" drain -b "$kafka" -product "$product" -source "$source" -table "$table" -topic "$topic" \
				-expect "$(expected "$table")" -limit "$limit" -kafka-pid "$(pid_of kafka)" \
				$(database_arguments "$source") -log "$work/log/$id.log" -out "$file" -- "${command[@]}" || failed=1
			"finish_$product" "$source"
			settle
		done
	done
}

# latency SOURCE: each product carries single-row transactions at a fixed rate, in turns.
latency() {
	local source=$1 round product file=$results/latency-$1.jsonl
	# shellcheck disable=SC2086
	need "$source" $products
	rm -f "$file"
	for round in $(seq "$rounds"); do
		for product in $products; do
			say "latency of $source, round $round of $rounds: $product"
			empty_table "$source" l
			"prepare_$product" "$source" l latency
			"$tool" latency -b "$kafka" -db "$source" -dsn "$(dsn "$source")" -product "$product" -topic "$topic" \
				-table l -rate "$rate" -warm "$warm" -for "$for" -log "$work/log/$id.log" -out "$file" -- "${command[@]}" || failed=1
			"finish_$product" "$source"
			settle
		done
	done
}

# kill9 SOURCE: cdc is killed in the middle of a drain; the topic is compared with the table.
kill9() {
	local source=$1 round file=$results/kill9-$1.jsonl
	need "$source" cdc
	backlog "$source" v
	rm -f "$file"
	for round in $(seq "$drains"); do
		say "kill -9 of $source, drain $round of $drains"
		prepare_cdc "$source" v drain
		"$tool" kill9 -b "$kafka" -db "$source" -dsn "$(dsn "$source")" -topic "$topic" -table v -kills "$kills" \
			-limit "$limit" -metrics "127.0.0.1:$admin_port" -cdc "$cdc" -config "$config" -offset "$offset" \
			-log "$work/log/$id.log" -out "$file" || failed=1
		finish_cdc "$source"
		settle
	done
}

# micro: the in-process benchmarks of the row path, in the form that benchstat reads.
micro() {
	(cd "$root" && go test -run '^$' -bench "${BENCH:-.}" -benchmem -benchtime "${BENCHTIME:-1s}" -count "${COUNT:-10}" \
		./binlog ./pgwal ./transform/... ./sink/encode) | tee "$results/micro.txt"
}

# turns BENCHMARKS FILE PACKAGE ...: short runs of benchmarks in turns, so that what disturbs the
# machine for a while falls on all of them; benchtool takes the fastest of each. A run is shorter
# than what the scheduler gives to one process, so that some run of each is undisturbed.
turns() {
	local benchmarks=$1 file=$2 turn package
	shift 2
	for package in "$@"; do
		(cd "$root/$package" && go test -c -o "$work/bin/${package//\//-}.test" .)
	done
	: >"$file"
	for turn in $(seq "${COUNT:-20}"); do
		say "turn $turn of ${COUNT:-20}"
		for package in "$@"; do
			(cd "$root/$package" && "$work/bin/${package//\//-}.test" -test.run '^$' -test.bench "$benchmarks" \
				-test.benchtime "${BENCHTIME:-2ms}" -test.count 4) >>"$file"
		done
	done
}

# check: what a row costs in each format and with rules, and whether it may.
check() {
	turns '^BenchmarkRow$' "$results/rows.txt" binlog pgwal
	"$tool" rows -in "$results/rows.txt" || failed=1
	rule_turns
	"$tool" rulecosts -in "$results/rulecosts.txt" || failed=1
}

# values: the tables of what a value and a row cost, kept in VALUES.md.
values() {
	turns '^Benchmark(DecodeValue|Value|Row)$' "$results/values.txt" binlog pgwal sink/encode
	{
		cat <<-TEXT
			# Nanoseconds per value and per row

			Written by \`bench/run.sh values\`; see README.md for what is measured.

			- $(date -u '+%Y-%m-%d %H:%M') UTC, cdc ${VERSION:-$(git -C "$root" describe --tags --always --dirty)}, $(go env GOVERSION)
			- $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r)
			- fastest of $((${COUNT:-20} * 4)) runs of ${BENCHTIME:-2ms}, in turns; load average $(cut -d' ' -f1 /proc/loadavg)

			## Decode and encode of a row

		TEXT
		"$tool" rows -in "$results/values.txt" || failed=1
		printf '\n## A value\n\n'
		"$tool" values -in "$results/values.txt"
	} >"$work/values.md"
	mv "$work/values.md" "$bench/VALUES.md"
}

# report: prints the tables of the results that are there, and keeps them in RESULTS.md.
report() {
	{
		cat <<-TEXT
			# Results

			Written by \`bench/run.sh\`; see README.md for what each figure means.

			- $(date -u '+%Y-%m-%d %H:%M') UTC, $("$cdc" version 2>/dev/null | head -1 || echo "cdc of unknown version")
			- $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r)
			- Debezium $DEBEZIUM (MariaDB: $DEBEZIUM_MARIADB), tuned, heap $heap, $(java -version 2>&1 | sed -n '2p')
		TEXT
		"$tool" report -dir "$results"
	} | tee "$bench/RESULTS.md"
}
