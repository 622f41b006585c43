package golden

import (
	"regexp"
	"strings"

	"cel.dev/cel-go/cel"
)

// The conditions of a script whose meaning for a tombstone can be said otherwise.
var (
	orNull        = regexp.MustCompile(`\Avalue == null \|\| (.*)\z`)
	andNotNull    = regexp.MustCompile(`\Avalue != null && (.*)\z`)
	noDeletes     = regexp.MustCompile(`\A\(?value\.op != ['"]d['"]\)?\z`)
	topicOfNull   = regexp.MustCompile(`\Avalue == null \? '[^']*' : (.*)\z`)
	nullKeepsIt   = regexp.MustCompile(`: null\z`)
	elvis         = regexp.MustCompile(`\(([\w.?]+) \?: ('[^']*')\)`)
	lowerCase     = regexp.MustCompile(`\.toLowerCase\(\)`)
	upperCase     = regexp.MustCompile(`\.toUpperCase\(\)`)
	inParentheses = regexp.MustCompile(`\([^()]*\)`)
	tableAsked    = regexp.MustCompile(`(?:\A|&& )value\.source\.table == '(\w+)'`)
	otherVariable = regexp.MustCompile(`\b(?:headers?|keySchema|valueSchema)\b`)
)

// filter: Debezium's, by a script, or Connect's, by a predicate.
func filter(d *draft, t *transform) string {
	condition := t.take("condition")
	if condition == "" {
		return d.filterPredicate(t)
	}
	nulls := t.take("null.handling.mode")
	if nulls == "evaluate" {
		condition, nulls = evaluated(condition)
	}
	expr, why := d.script(t, condition)
	switch {
	case why != "" || expr == "":
		return why
	case nulls == "drop":
		d.verbs.set("tombstone", "drop")
	case nulls != "" && nulls != "keep":
		return "null.handling.mode=" + nulls
	case noDeletes.MatchString(condition):
		d.verbs.set("tombstone", "from_delete")
		return ""
	case d.shape == shapeRow: // a delete is null by now, or its row
		expr = `op == "d" || ` + expr
	default:
		d.orphans = true
	}
	d.when = append(d.when, parenthesized(expr))
	return ""
}

// evaluated says for a condition that tombstones are asked, too, what it is for
// others and what becomes of tombstones.
func evaluated(condition string) (others, nulls string) {
	if m := orNull.FindStringSubmatch(condition); m != nil {
		return m[1], "keep"
	}
	if m := andNotNull.FindStringSubmatch(condition); m != nil {
		return m[1], "drop"
	}
	return condition, "evaluate"
}

func parenthesized(expr string) string {
	if strings.Contains(expr, "||") {
		return "(" + expr + ")"
	}
	return expr
}

// filterPredicate leaves out what the predicate takes.
func (d *draft) filterPredicate(t *transform) string {
	if t.predicate != nil && t.predicate.class == "RecordIsTombstone" {
		d.verbs.set("tombstone", "drop")
		return ""
	}
	d.when = append(d.when, "false")
	return ""
}

// contentRouter sends records to the topic that a script says. A tombstone has no
// content: there it stays where it is, here it goes where its delete went.
func contentRouter(d *draft, t *transform) string {
	text, nulls := t.take("topic.expression"), t.take("null.handling.mode")
	if m := topicOfNull.FindStringSubmatch(text); m != nil && nulls == "evaluate" {
		text, nulls = m[1], "keep"
	}
	expr, why := d.script(t, text)
	switch {
	case why != "" || expr == "":
		return why
	case nulls == "drop":
		d.verbs.set("tombstone", "drop")
	case nulls != "" && nulls != "keep":
		return "null.handling.mode=" + nulls
	}
	if expr != "topic" {
		d.route(object{{"cel", expr}})
	}
	return ""
}

// script returns an expression as one of ours; empty when it isn't for the
// topic of the table.
func (d *draft) script(t *transform, text string) (expr, why string) {
	t.take("language")
	if only := t.take("topic.regex"); only != "" {
		re, err := javaPattern(only)
		if err != nil {
			return "", "topic.regex=" + only
		}
		if !re.MatchString(d.topic) {
			return "", ""
		}
	}
	env, err := cel.NewEnv(cel.OptionalTypes())
	if err != nil {
		return "", err.Error()
	}
	expr = d.ofTable(fromGroovy(text))
	if _, issues := env.Parse(expr); issues.Err() != nil || otherVariable.MatchString(expr) || d.shape == shapeMessage {
		return "", text
	}
	if d.shape == shapeRow {
		expr = strings.ReplaceAll(expr, "value.", "row.")
	}
	return expr, ""
}

// ofTable folds what a script asks of the table: for another one, a conjunction is
// false and needs no column that this one may not have.
func (d *draft) ofTable(expr string) string {
	for _, m := range tableAsked.FindAllStringSubmatch(expr, -1) {
		condition, _, _ := strings.Cut(expr, " ? ")
		if strings.Contains(inParentheses.ReplaceAllString(condition, ""), "||") || m[1] == d.table.name {
			continue
		}
		if at := strings.Index(expr, " ? "); at >= 0 {
			_, otherwise, _ := strings.Cut(expr[at:], " : ")
			return otherwise
		}
		return "false"
	}
	return expr
}

// fromGroovy says what Groovy and CEL write otherwise, as a person would who
// carries a script over.
func fromGroovy(text string) string {
	text = elvis.ReplaceAllStringFunc(text, func(found string) string {
		m := elvis.FindStringSubmatch(found)
		return "(" + orElse(m[1], m[2]) + ")"
	})
	text = lowerCase.ReplaceAllString(text, ".lowerAscii()")
	text = upperCase.ReplaceAllString(text, ".upperAscii()")
	return nullKeepsIt.ReplaceAllString(text, ": topic")
}

// orElse is a path whose parts may be null, or something else where it is null or
// empty.
func orElse(path, otherwise string) string {
	var conditions []string
	parts := strings.Split(path, ".")
	for i, part := range parts {
		if plain, safe := strings.CutSuffix(part, "?"); safe {
			parts[i] = plain
			conditions = append(conditions, strings.Join(parts[:i+1], ".")+" == null")
		}
	}
	plain := strings.Join(parts, ".")
	conditions = append(conditions, plain+" == null", plain+` == ""`)
	return strings.Join(conditions, " || ") + " ? " + otherwise + " : " + plain
}
