package golden

import (
	"maps"
	"slices"
	"strings"
)

// transform is one of the transforms of a connector, with what it was told.
type transform struct {
	name, class string // the class without its package
	connect     bool   // one of Kafka Connect's own
	options     map[string]string
	predicate   *predicate
	negate      bool
}

// predicate says which records a transform is for.
type predicate struct {
	class   string
	options map[string]string
}

// chain reads the transforms in their order.
func (s *Settings) chain() []*transform {
	var list []*transform
	for name := range strings.SplitSeq(s.config["transforms"], ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		t := &transform{name: name, options: s.below("transforms." + name + ".")}
		t.class = shortClass(t.options["type"])
		t.connect = strings.HasPrefix(t.options["type"], "org.apache.kafka.connect.")
		delete(t.options, "type")
		if of := t.options["predicate"]; of != "" {
			options := s.below("predicates." + of + ".")
			t.predicate = &predicate{class: shortClass(options["type"]), options: options}
			t.negate = strings.EqualFold(t.options["negate"], "true")
		}
		delete(t.options, "predicate")
		delete(t.options, "negate")
		list = append(list, t)
	}
	return list
}

func shortClass(class string) string { return class[strings.LastIndexByte(class, '.')+1:] }

// below are the properties below a prefix, without it.
func (s *Settings) below(prefix string) map[string]string {
	all := map[string]string{}
	for name, value := range s.config {
		if option, ok := strings.CutPrefix(name, prefix); ok {
			all[option] = value
		}
	}
	return all
}

// take returns an option and takes it out: what remains isn't understood.
func (t *transform) take(option string) string {
	value := strings.TrimSpace(t.options[option])
	delete(t.options, option)
	return value
}

// list is take for a list with commas.
func (t *transform) list(option string) []string {
	var all []string
	for item := range strings.SplitSeq(t.take(option), ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	return all
}

// transforms writes the rule file that stands for the transforms.
func (s *Settings) transforms(c *Case) {
	if len(s.chain()) == 0 {
		return
	}
	tables, err := c.tablesOf()
	if err != nil {
		s.notYet("scripts that can't be read: "+err.Error(), "")
		return
	}
	var drafts []*draft
	for _, table := range tables {
		d := newDraft(s, c, table)
		for _, t := range s.chain() {
			d.apply(t)
		}
		drafts = append(drafts, d)
	}
	if len(drafts) == 0 {
		s.notYet("transforms without a table", "")
		return
	}
	all := append(slices.Clone(s.Tables), `!/zz_`+Mark+`[^.]*\..*/`)
	if s.Rules, err = ruleFile(drafts, all); err != nil {
		s.notYet("transforms: "+err.Error(), "")
	}
}

// apply lets a transform work on what the rules say so far.
func (d *draft) apply(t *transform) {
	step, known := transformations[t.class]
	if !known {
		d.cannot(t, "")
		return
	}
	if takes, ok := d.taken(t); !ok {
		d.cannot(t, "predicate "+t.predicate.class)
		return
	} else if !takes {
		return
	}
	if why := step(d, t); why != "" {
		d.cannot(t, why)
	}
	for _, option := range slices.Sorted(maps.Keys(t.options)) {
		d.cannot(t, option+"="+t.options[option])
	}
}

// withoutCounterpart are transforms of Debezium that there is nothing for, as for
// those of Kafka Connect that can't be said.
var withoutCounterpart = []string{"ReadToInsertEvent", "DecodeLogicalDecodingMessageContent"}

// cannot notes what can't be said: it is not there yet, or there is nothing for it.
func (d *draft) cannot(t *transform, why string) {
	text := strings.TrimSpace(t.class + " " + why)
	if t.connect || slices.Contains(withoutCounterpart, t.class) {
		d.s.Without = append(d.s.Without, text)
	} else {
		d.s.notYet("transform "+text, "")
	}
}

// taken reports whether the predicate takes records of the table. Tombstones that
// a transform of values leaves alone anyway make no difference.
func (d *draft) taken(t *transform) (takes, ok bool) {
	if t.predicate == nil {
		return true, true
	}
	switch p := t.predicate; p.class {
	case "TopicNameMatches":
		re, err := javaPattern(p.options["pattern"])
		return err == nil && re.MatchString(d.topic) != t.negate, err == nil
	case "RecordIsTombstone":
		return true, t.negate && ofValues[t.class] || !t.negate && t.class == "Filter"
	case "HasHeaderKey":
		known := strings.HasPrefix(p.options["name"], "__debezium.context.")
		return (d.s.config["extended.headers.enabled"] != "false") != t.negate, known
	default:
		return false, false
	}
}

// transformation changes what the rules of a table say; it returns what it can't
// say.
type transformation func(d *draft, t *transform) (why string)

var transformations = map[string]transformation{
	"ExtractNewRecordState":     unwrap,
	"EventRouter":               outbox,
	"ByLogicalTableRouter":      reroute,
	"ToLogicalTopicRouter":      reroute,
	"ExtractChangedRecordState": changedHeaders,
	"PartitionRouting":          partitionRouting,
	"Filter":                    filter,
	"ContentBasedRouter":        contentRouter,
	"RegexRouter":               regexRouter,
	"ReplaceField$Value":        replaceField,
	"ReplaceField$Key":          replaceKeyField,
	"InsertField$Value":         insertField,
	"Cast$Value":                castFields,
	"MaskField$Value":           maskField,
	"TimestampConverter$Value":  timestampConverter,
	"HeaderFrom$Value":          headerFrom,
	"HeaderFrom$Key":            keyHeaderFrom,
	"HeaderToValue":             headerToValue,
	"InsertField$Key":           insertKeyField,
	"InsertHeader":              insertHeader,
	"DropHeaders":               dropHeaders,
	"ValueToKey":                valueToKey,
	"ExtractField$Key":          extractKey,
}

// ofValues are the transforms that let a tombstone through.
var ofValues = map[string]bool{
	"ReplaceField$Value": true, "InsertField$Value": true, "Cast$Value": true, "MaskField$Value": true,
}
