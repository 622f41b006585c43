package transform

import (
	"crypto/sha256"
	"slices"

	"cdc/transform/rulefile"
)

// secretFile is a file that a secret was read from. The sum of the secret stays in
// memory: whoever got hold of it could try secrets out.
type secretFile struct {
	name string
	sum  [sha256.Size]byte
}

// Same reports whether other rules make the same of every row: they mean the same, and
// the files that their secrets come from hold the same.
func (p *Program) Same(other Compiled) bool {
	o, ok := other.(*Program)
	return ok && p.hash == o.hash && slices.Equal(p.secrets.read(), o.secrets.read())
}

// read are the files that secrets were read from; none for nil.
func (s *secrets) read() []secretFile {
	if s == nil {
		return nil
	}
	return s.files
}

// SecretFiles lists the files that rule files take secrets from, as far as the rule
// files can be read.
func SecretFiles(ruleFiles []string) []string {
	var list []string
	for _, name := range ruleFiles {
		src, err := rulefile.ReadSource(name)
		if err != nil {
			continue
		}
		var rep rulefile.Report // whoever loads the rules is told
		for _, r := range rulefile.Parse(src, &rep).Rules {
			for i := range r.Changes {
				if ref := r.Changes[i].Secret; ref != nil && ref.File != "" {
					list = append(list, ref.File)
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
