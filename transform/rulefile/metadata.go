package rulefile

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// defaultPrefix is what stands before the names of added fields and headers.
const defaultPrefix = "__"

// added are fields or headers whose prefix may be read later than they are.
type added struct {
	paths   []Name
	renames []string // as long as paths; empty for none
	prefix  *string
}

// metadata reads a list of paths, or a text with commas between them, as Debezium
// has it.
func (d *decoder) metadata(n *yaml.Node, what string, a *added) {
	for _, item := range d.texts(n, what) {
		s, ok := d.text(item, "a field of "+what)
		if !ok {
			continue
		}
		base := 0
		for piece := range strings.SplitSeq(s, ",") {
			at := d.src.Within(item, base+runes(piece)-runes(strings.TrimLeft(piece, " ")))
			d.metadatum(Name{Text: strings.TrimSpace(piece), At: at}, a)
			base += runes(piece) + 1
		}
	}
}

// metadatum adds one path, with the name behind its colon.
func (d *decoder) metadatum(field Name, a *added) {
	path, rename, renamed := strings.Cut(field.Text, ":")
	switch {
	case path == "" || renamed && (rename == "" || strings.Contains(rename, ":")):
		d.Add(field.At, `write op, source.ts_ms, or lsn:position for a name of your own`, "%q isn't a field of the event", Printable(field.Text))
		return
	case strings.Count(path, ".") > 1 || strings.Contains("."+path+".", ".."):
		d.Add(field.At, `write op, source.ts_ms or transaction.id`, "%q has more parts than a field of the event", Printable(path))
		return
	}
	a.paths = append(a.paths, Name{Text: path, At: field.At})
	a.renames = append(a.renames, rename)
}

// added puts the prefix before the names.
func (d *decoder) added(a *added) []Metadata {
	prefix := defaultPrefix
	if a.prefix != nil {
		prefix = *a.prefix
	}
	var list []Metadata
	seen := map[string]bool{}
	for i, path := range a.paths {
		name := a.renames[i]
		if name == "" {
			name = strings.ReplaceAll(path.Text, ".", "_")
		}
		if seen[prefix+name] {
			d.Add(path.At, "", "%q is added twice", Printable(prefix+name))
			continue
		}
		seen[prefix+name] = true
		list = append(list, Metadata{Path: path, Output: prefix + name})
	}
	return list
}

func (d *decoder) prefix(n *yaml.Node, what string) *string {
	s, ok := d.scalar(n, what)
	if !ok {
		return nil
	}
	return &s
}
