package transform

import (
	"slices"

	"cdc/transform/rulefile"
)

// Topics lists the topics that rules name as such, sorted, and the dead-letter topic
// where a rule may use it. Others follow from the names of tables, or from rows.
func (p *Program) Topics() []string {
	var list []string
	for _, r := range p.rules {
		if r.OnError == rulefile.OnErrorDeadLetter {
			list = append(list, p.opts.DeadLetterTopic)
		}
		if topic, ok := r.constantTopic(); ok {
			list = append(list, rulefile.SanitizeTopic(topic))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
