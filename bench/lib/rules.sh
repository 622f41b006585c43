# shellcheck shell=bash
# What rules save in a drain, and cost a row: cdc alone, with and without them.

# What the backlog of orders is drained with: no rules; the projection of the order rule for every
# change; the order rule, which is the projection for new orders and changes of the status.
rule_sets="whole projection order"

# rule_file SOURCE: prints the rules of rule_set, made of the example that is shipped.
rule_file() {
	local table
	table=$(schema "$1").orders
	sed -e '/^tests:/,$d' -e "s/shop\.orders/$table/" -e "s/topic: .*/topic: $topic/" "$root/examples/rules/orders.yaml" |
		if [ "$rule_set" = projection ]; then sed '/^ *when:/d'; else cat; fi
}

# records_of SET: an order is inserted and changed three times; its status changes once.
records_of() { [ "$1" = order ] && echo $((orders * 2)) || echo $((orders * 4)); }

# drain_rules SOURCE: the same backlog with each set of rules, in turns.
drain_rules() {
	local source=$1 round file=$results/rules-$1.jsonl
	need "$source" cdc
	backlog "$source" orders
	rm -f "$file"
	for round in $(seq "$rounds"); do
		for rule_set in $rule_sets; do
			say "drain of $source, orders, round $round of $rounds: $rule_set"
			prepare_cdc "$source" orders drain
			# shellcheck disable=SC2046 # one word an argument
			"$tool" drain -b "$kafka" -product "$rule_set" -source "$source" -table orders -topic "$topic" \
				-expect "$(records_of "$rule_set")" -changes $((orders * 4)) -limit "$limit" -kafka-pid "$(pid_of kafka)" \
				$(database_arguments "$source") -log "$work/log/$id.log" -out "$file" -- "${command[@]}" || failed=1
			finish_cdc "$source"
			settle
		done
	done
	rule_set=whole
}

# rule_turns: the benchmarks of rules, from the decoders to what a rule leaves.
rule_turns() {
	turns '^Benchmark(Rules|Filtered|Verbs|Many|Conditions|Values)$' "$results/rulecosts.txt" binlog pgwal transform transform/expr
}

# rules_report: the tables of the drains and of the costs, kept in RULES.md.
rules_report() {
	{
		cat <<-TEXT
			# Rules: what they save and what they cost

			Written by \`bench/run.sh rules\`; see README.md for what is measured.

			- $(date -u '+%Y-%m-%d %H:%M') UTC, cdc ${VERSION:-$(git -C "$root" describe --tags --always --dirty)}, $(go env GOVERSION)
			- $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r)
			- costs: fastest of $((${COUNT:-20} * 4)) runs of ${BENCHTIME:-2ms}, in turns; load average $(cut -d' ' -f1 /proc/loadavg)
		TEXT
		"$tool" ruledrains -dir "$results" || failed=1
		printf '\n## Costs\n\n'
		"$tool" rulecosts -in "$results/rulecosts.txt" || failed=1
	} >"$work/rules.md"
	cat "$work/rules.md"
	mv "$work/rules.md" "$bench/RULES.md"
}
