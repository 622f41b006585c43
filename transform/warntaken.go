package transform

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// warnTaken finds rules that name a topic which is that of another table, as far as rules
// name tables, or that of dead letters.
func (p *Program) warnTaken(rep *rulefile.Report) {
	defaults := p.defaults()
	if p.buries() {
		if table := defaults[p.opts.DeadLetterTopic]; table != nil {
			p.warnBuried(p.opts.DeadLetterTopic, table.name(), rep)
		}
	}
	for _, r := range p.rules {
		text, ok := r.constantTopic()
		if !ok || r.Reroute != nil {
			continue
		}
		topic := rulefile.SanitizeTopic(text)
		if p.buries() && topic == p.opts.DeadLetterTopic {
			rep.Add(r.Topic.At, `give one of them another topic; that of dead letters says "dead_letter"`,
				"rule %q writes to topic %q, which takes the rows for which rules fail", r.Name, topic)
		}
		if table := defaults[topic]; table != nil && !r.Tables.Match(table.first, table.table) {
			tellTaken(r, topic, table.name(), rep)
		}
	}
}

// tellTaken tells of a rule that writes to the topic of another table.
func tellTaken(r *rule, topic, table string, rep *rulefile.Report) {
	rep.Add(r.Topic.At, "give the rule another topic", "rule %q writes to topic %q, which is that of table %s", r.Name, topic, table)
}

// buries reports whether any rule sends rows to the topic of dead letters.
func (p *Program) buries() bool {
	return slices.ContainsFunc(p.rules, func(r *rule) bool { return r.OnError == rulefile.OnErrorDeadLetter })
}

// warnBuried tells that the topic of dead letters is that of a table.
func (p *Program) warnBuried(topic, table string, rep *rulefile.Report) {
	i := slices.IndexFunc(p.rules, func(r *rule) bool { return r.OnError == rulefile.OnErrorDeadLetter })
	rep.Add(p.rules[i].At, `give dead letters another topic: "dead_letter"`, "topic %q, which takes the rows for which rules fail, is that of table %s", topic, table)
}

// namedTable is a table that a rule names, without a wildcard.
type namedTable struct{ first, table string }

func (t *namedTable) name() string { return t.first + "." + t.table }

// defaults are the tables that rules name whose rows go to their default topics.
func (p *Program) defaults() map[string]*namedTable {
	all := map[string]*namedTable{}
	for _, r := range p.rules {
		routed := r.Topic != nil || r.Outbox != nil || r.Reroute != nil
		if routed && !r.PassesRest() {
			continue
		}
		for _, pattern := range r.Tables.Patterns() {
			first, table, _ := strings.Cut(pattern, ".")
			if isWild(pattern) || strings.HasPrefix(pattern, "!") || !r.Tables.Match(first, table) {
				continue
			}
			all[p.opts.defaultTopic(&event.Schema{Database: first, Table: table})] = &namedTable{first, table}
		}
	}
	return all
}
