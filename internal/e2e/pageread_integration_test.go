//go:build integration

package e2e

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is a reference page of column types.
type page struct {
	path     string
	lines    []string
	rows     []*pageRow
	defaults []*pageDefault
	large    []*pageLargeValue
	refusals []*pageRefusal
	// setup are the statements of the page: they make what its types need.
	setup []string
	// records are the definitions that cells call by their names, in Avro.
	records []string
}

// pageLine is a row of a table.
type pageLine struct {
	line   int // from 1
	header []string
	cells  []string
}

// pageRow tells of a type: tables with a column "Column type" hold them.
type pageRow struct {
	pageLine
	number  int
	types   []string
	literal string
	// property is what the table is about, when it is a mode, and mode is its
	// value in this row.
	property, mode string
}

// pageDefault tells of a default: tables with a column "Declaration" hold them.
type pageDefault struct {
	pageLine
	declaration string
}

// pageLargeValue tells of an update that doesn't touch a large value: tables with
// a column "Placeholder" hold them.
type pageLargeValue struct {
	pageLine
	number int
	types  []string
	value  string
}

// column names the column of a type.
func (l *pageLargeValue) column(i int) string { return fmt.Sprintf("x%d_%d", l.number, i) }

// pageRefusal tells of a value that stops a pipeline: tables with a column "The
// log says" hold them.
type pageRefusal struct {
	pageLine
	typ, literal string
	events       string // keys of events
	text         string
}

var (
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	ruler     = regexp.MustCompile(`\A\|[-:| ]+\|\z`)
	cellLimit = regexp.MustCompile(`(?:[^|\\]|\\.)*`)
)

func readPage(t testing.TB, path string) *page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{path: path, lines: strings.Split(string(text), "\n")}
	var header []string
	fence := ""
	var body []string
	for i, line := range p.lines {
		switch {
		case strings.HasPrefix(line, "```"):
			p.block(fence, body)
			body = nil
			if fence == "" {
				fence = line
			} else {
				fence = ""
			}
		case fence != "":
			body = append(body, line)
		case !strings.HasPrefix(line, "|"):
			header = nil
		case header == nil:
			header = split(line)
		case !ruler.MatchString(line):
			p.take(pageLine{i + 1, header, split(line)})
		}
	}
	if len(p.rows) == 0 {
		t.Fatalf("%s holds no types", path)
	}
	return p
}

// block takes what stands between fences.
func (p *page) block(fence string, body []string) {
	switch fence {
	case "```sql":
		p.setup = append(p.setup, body...)
	case "```json":
		p.records = append(p.records, strings.Join(body, ""))
	}
}

// split cuts a line of a table into cells.
func split(line string) []string {
	var cells []string
	for _, cell := range cellLimit.FindAllString(strings.Trim(line, "|"), -1) {
		if cell != "" {
			cells = append(cells, strings.TrimSpace(cell))
		}
	}
	return cells
}

func (p *page) take(l pageLine) {
	switch {
	case l.has("The log says"):
		p.refusals = append(p.refusals, &pageRefusal{l, l.first("Column type"), l.first("Value"), l.first("Events"), l.first("The log says")})
	case l.has("Placeholder"):
		p.large = append(p.large, &pageLargeValue{l, len(p.large), spans(l.cell("Column type")), l.first("Large value")})
	case l.has("Declaration"):
		p.defaults = append(p.defaults, &pageDefault{l, l.first("Declaration")})
	case l.has("Column type"):
		r := &pageRow{pageLine: l, number: len(p.rows), types: spans(l.cell("Column type")), literal: l.first("Value")}
		if name := spans(l.header[0]); len(name) == 1 {
			r.property, r.mode = name[0], spans(l.cells[0])[0]
		}
		p.rows = append(p.rows, r)
	}
}

// column names the column of a type of the row.
func (r *pageRow) column(i int) string { return fmt.Sprintf("c%d_%d", r.number, i) }

func (l *pageLine) has(name string) bool { return slices.Contains(l.header, name) }

func (l *pageLine) cell(name string) string {
	if i := slices.Index(l.header, name); i >= 0 && i < len(l.cells) {
		return l.cells[i]
	}
	return ""
}

// first is the text of the first code span of a cell.
func (l *pageLine) first(name string) string {
	if all := spans(l.cell(name)); len(all) > 0 {
		return all[0]
	}
	return ""
}

func spans(cell string) []string {
	var all []string
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		all = append(all, strings.ReplaceAll(m[1], `\|`, "|"))
	}
	return all
}

// code is a text as a cell has it.
func code(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }

// take compares cells with what they should be, or puts that there.
func (l *pageLine) take(got map[string]string, p *page) string {
	var faults []string
	for name, text := range got {
		i := slices.Index(l.header, name)
		if i < 0 {
			continue
		}
		text = p.called(text)
		if os.Getenv(updatePages) != "" && l.cells[i] == "" {
			l.cells[i] = text
			p.lines[l.line-1] = "| " + strings.Join(l.cells, " | ") + " |"
		}
		if l.cells[i] != text {
			faults = append(faults, fmt.Sprintf("%s is %s, the page says %s", name, text, l.cells[i]))
		}
	}
	slices.Sort(faults)
	return strings.Join(faults, "; ")
}

// called puts the names of records in the place of their definitions.
func (p *page) called(text string) string {
	for _, record := range p.records {
		name := regexp.MustCompile(`"connect.name":"([^"]+)"}\z`).FindStringSubmatch(record)
		if name != nil {
			text = strings.ReplaceAll(text, record, `"`+name[1]+`"`)
			text = strings.ReplaceAll(text, "`\""+name[1]+"\"`", code(name[1]))
		}
	}
	return text
}

func (p *page) write(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(p.path, []byte(strings.Join(p.lines, "\n")), 0o644); err != nil { //nolint:gosec // a document
		t.Fatal(err)
	}
}

// modes are keys of events with their values.
type modes map[string]string

func (m modes) yaml() []string {
	lines := []string{}
	for key, value := range m {
		lines = append(lines, key+": "+value)
	}
	slices.Sort(lines)
	return lines
}

// modes gives as many sets of modes as it takes for every row to have its own:
// first the defaults, then set n has the n-th value of each property that has
// several. The others are in the last set, whose neighbours are few.
func (p *page) modes() []modes {
	values := map[string][]string{}
	longest := 0
	for _, r := range p.rows {
		if r.property != "" && !slices.Contains(values[r.property], r.mode) {
			values[r.property] = append(values[r.property], r.mode)
			longest = max(longest, len(values[r.property]))
		}
	}
	sets := make([]modes, 1+longest)
	for i := range sets {
		sets[i] = modes{}
	}
	for property, list := range values {
		if len(list) == 1 {
			sets[longest][property] = list[0]
			continue
		}
		for i, value := range list {
			sets[i+1][property] = value
		}
	}
	return sets
}
