package check

import "fmt"

// maxVersion is the highest version of a key: one bit each in a word.
const maxVersion = 63

// maxExamples bounds what a report names of each kind of fault.
const maxExamples = 5

// Record is what the checker looks at in one record of the topic.
type Record struct {
	Key     int // from 1
	Version int // from 1, one more with each change of the key
	// At is where the change is in the source's log. Records of one event share
	// it; it grows in commit order.
	At uint64
}

// Mark is a place in the source's log: a stored position.
type Mark struct {
	At uint64 // changes before it are done
	// Skip more are done too: rows, or events when Events is set. Events of
	// other tables can't be told from it; a position counts none unless they
	// stand before ours in one transaction, which no load here writes.
	Skip   int
	Events bool
}

// Report is what a Checker found.
type Report struct {
	Records    int `json:"records"`    // in the topic
	Duplicates int `json:"duplicates"` // records that had been delivered before
	Missing    int `json:"missing"`    // versions that never came
	Disordered int `json:"disordered"` // first deliveries that don't follow the version before
	WrongLast  int `json:"wrong_last"` // keys whose last record isn't their last version
	Unknown    int `json:"unknown"`    // records of a key or version that the table never had
	// Examples name some of what is wrong.
	Examples []string `json:"examples,omitempty"`
}

// OK reports whether nothing is lost and everything is in order. Duplicates are
// counted, not judged: see Kill.
func (r Report) OK() bool {
	return r.Missing == 0 && r.Disordered == 0 && r.WrongLast == 0 && r.Unknown == 0
}

// Checker reads a topic from its first record to its last.
type Checker struct {
	want []int8   // by key: the last version that the table holds
	last []int8   // by key: version of the last record
	high []int8   // by key: highest version so far
	seen []uint64 // by key: a bit for each version
	at   []uint64 // of the first deliveries, in their order

	records, duplicates, disordered, unknown int
	examples                                 []string
}

// New makes a checker. want holds the last version of each key, from key 1 on;
// 0 for a key that the table doesn't have.
func New(want []int) (*Checker, error) {
	n := len(want) + 1
	c := &Checker{want: make([]int8, n), last: make([]int8, n), high: make([]int8, n), seen: make([]uint64, n)}
	for i, v := range want {
		if v < 0 || v > maxVersion {
			return nil, fmt.Errorf("key %d has version %d: up to %d can be checked", i+1, v, maxVersion)
		}
		c.want[i+1] = int8(v)
	}
	return c, nil
}

// Add takes the next record.
func (c *Checker) Add(r Record) {
	c.records++
	if r.Key < 1 || r.Key >= len(c.want) || r.Version < 1 || r.Version > int(c.want[r.Key]) {
		c.unknown++
		c.example("record %d: key %d never had version %d", c.records, r.Key, r.Version)
		return
	}
	v, bit := int8(r.Version), uint64(1)<<r.Version
	c.last[r.Key] = v
	if c.seen[r.Key]&bit != 0 {
		c.duplicates++
		return
	}
	c.seen[r.Key] |= bit
	c.at = append(c.at, r.At)
	if v != c.high[r.Key]+1 {
		c.disordered++
		c.example("record %d: key %d has version %d after version %d", c.records, r.Key, v, c.high[r.Key])
	}
	c.high[r.Key] = max(c.high[r.Key], v)
}

// Records is the number of records so far.
func (c *Checker) Records() int { return c.records }

// Duplicates is the number of repeated records so far.
func (c *Checker) Duplicates() int { return c.duplicates }

// Since is the number of different changes so far that a stored position
// doesn't cover: what a reader that starts there will deliver again.
func (c *Checker) Since(m Mark) int {
	covered, skipped, last := 0, 0, uint64(0)
	for _, at := range c.at {
		if at >= m.At {
			if !m.Events || at != last {
				skipped++
			}
			if skipped > m.Skip {
				break
			}
			last = at
		}
		covered++
	}
	return len(c.at) - covered
}

// Report says what was found, once the topic has been read to its end.
func (c *Checker) Report() Report {
	r := Report{Records: c.records, Duplicates: c.duplicates, Disordered: c.disordered, Unknown: c.unknown}
	for key, want := range c.want {
		for v := 1; v <= int(want); v++ {
			if c.seen[key]&(1<<v) == 0 {
				r.Missing++
				c.example("key %d: version %d of %d is missing", key, v, want)
			}
		}
		if c.last[key] != want {
			r.WrongLast++
			c.example("key %d: its last record has version %d of %d", key, c.last[key], want)
		}
	}
	r.Examples = c.examples
	return r
}

func (c *Checker) example(format string, args ...any) {
	if len(c.examples) < maxExamples {
		c.examples = append(c.examples, fmt.Sprintf(format, args...))
	}
}
