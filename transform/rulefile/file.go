package rulefile

import "go.yaml.in/yaml/v3"

// File is a rule file as it was read.
type File struct {
	Rules []*Rule
	// Default is what "default" says, nil when the file doesn't.
	Default *Choice
	// DeadLetter is the dead-letter topic, nil when the file doesn't say.
	DeadLetter *Name
	Tests      []*Test
	// TestTables say of tables what the tests need to know (test_tables).
	TestTables []TestTable
	// TestEnv are values for variables that hold secrets, used by nothing that runs
	// with a server.
	TestEnv map[string]string
}

// Choice is a "pass" or "drop" and where it stands.
type Choice struct {
	Pass bool
	At   Place
}

// Parse reads one rule file. What is wrong goes to r; the file that comes
// back then lacks it.
func Parse(src *Source, r *Report) *File {
	f := &File{}
	root := document(src, r)
	if root == nil {
		return f
	}
	d := &decoder{src: src, Report: r, fileNames: keyNames(fileKeys), ruleNames: keyNames(ruleKeys)}
	there := readKeys(d, root, "a rule file", fileKeys, f)
	if there != nil && !there.has("version") {
		r.Add(src.At(root), `write "version: 1" at the top`, "the version of the rule language is missing")
	}
	return f
}

var fileKeys = []key[File]{
	{
		"version",
		form{"const": 1},
		"The version of the rule language.",
		func(d *decoder, _ *File, n *yaml.Node) { d.version(n) },
	},
	{
		"default", oneOfForm(passWords), "What happens to rows of tables that no rule names: pass sends them whole, drop doesn't send them.",
		func(d *decoder, f *File, n *yaml.Node) { f.Default = d.choice(n, "default") },
	},
	{
		"dead_letter", objectForm(deadLetterKeys), "Where rows go for which a rule with \"on_error: dead_letter\" fails.",
		func(d *decoder, f *File, n *yaml.Node) { f.DeadLetter = d.deadLetter(n) },
	},
	{
		"rules", listForm(ref("rule")), "The rules. A row is offered to those that name its table, in order; the first that matches takes it, unless it says \"continue: true\".",
		func(d *decoder, f *File, n *yaml.Node) { f.Rules = d.rules(n) },
	},
	{
		"tests", listForm(ref("test")), "Changes and the records that must come of them; run by \"cdc test\".",
		func(d *decoder, f *File, n *yaml.Node) { f.Tests = d.tests(n) },
	},
	{
		"test_tables", mapForm(mapForm(textForm)), "Of what SQL types the columns in the tests are: table, column, type. Types of other columns follow from their values.",
		func(d *decoder, f *File, n *yaml.Node) { f.TestTables = d.testTables(n) },
	},
	{
		"test_env", mapForm(textForm), "Values for the variables that hold secrets, for tests and other commands without a server. A pipeline reads its environment.",
		func(d *decoder, f *File, n *yaml.Node) { f.TestEnv = d.testEnv(n) },
	},
}

func (d *decoder) version(n *yaml.Node) {
	switch {
	case n.ShortTag() == "!!str" && n.Value == "1":
		d.Add(d.src.At(n), "write version: 1, without quotes", "the version must be a number, not text")
	case n.ShortTag() != "!!int" || n.Value != "1":
		d.Add(d.src.At(n), `write "version: 1"`, "version %q of the rule language isn't known", Printable(n.Value))
	}
}

// deadLetter is the value of "dead_letter".
type deadLetter struct{ topic *Name }

var deadLetterKeys = []key[deadLetter]{
	{
		"topic", topicForm, "The name of the topic. When missing: <prefix>.dead-letter.",
		func(d *decoder, dl *deadLetter, n *yaml.Node) {
			if s, ok := d.topicName(n, "the dead-letter topic"); ok {
				dl.topic = &Name{Text: s, At: d.src.At(n)}
			}
		},
	},
}

func (d *decoder) deadLetter(n *yaml.Node) *Name {
	var dl deadLetter
	if there := readKeys(d, n, "dead_letter", deadLetterKeys, &dl); there != nil && !there.has("topic") {
		d.Add(d.src.At(n), "write dead_letter: {topic: name}", "dead_letter says no topic")
	}
	return dl.topic
}
