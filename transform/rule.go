package transform

import (
	"cdc/transform/expr"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// rule is what a file says, and what is made of it before any table is known.
type rule struct {
	*rulefile.Rule
	index  int // in the program, and in the counts of a batch
	hashes map[string]*values.Hashing
	topics topicNames
	notes  notes
	facts  *expr.Facts // of the condition; nil without one
}

// prepare makes the rules of a program from what its files say.
func prepare(list []*rulefile.Rule, s *secrets, rep *rulefile.Report) []*rule {
	rules := make([]*rule, len(list))
	for i, r := range list {
		rules[i] = &rule{Rule: r, index: i, topics: topicNames{limit: r.TopicLimit}}
		rules[i].hashes = s.hashings(r, rep)
	}
	return rules
}
