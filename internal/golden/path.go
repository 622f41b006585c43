package golden

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// paths are the volatile parts of a record.
type paths struct {
	timestamp  bool
	key, value [][]string // names of members, [*] or [3] for items of an array
	headers    []string   // by key
}

var headerPath = regexp.MustCompile(`\A\$\.headers\[\?\(@\.key\s*==\s*['"](.*)['"]\)\]\.value\z`)

// parsePaths reads the JSON paths that a case lists.
func parsePaths(list []string) (paths, error) {
	var p paths
	for _, text := range list {
		if m := headerPath.FindStringSubmatch(text); m != nil {
			p.headers = append(p.headers, m[1])
			continue
		}
		steps, err := splitPath(text)
		if err != nil {
			return paths{}, err
		}
		switch steps[0] {
		case "timestamp":
			p.timestamp = true
		case "key":
			p.key = append(p.key, steps[1:])
		case "value":
			p.value = append(p.value, steps[1:])
		default:
			return paths{}, fmt.Errorf("volatile path %q: a record has no %q", text, steps[0])
		}
	}
	return p, nil
}

var pathStep = regexp.MustCompile(`\A(?:\.([^.\[\]]+)|\['([^']*)'\]|(\[(?:\*|\d+)\]))`)

// splitPath reads $.a.b[*].c['d e'].
func splitPath(text string) ([]string, error) {
	rest, ok := strings.CutPrefix(text, "$")
	var steps []string
	for ok && rest != "" {
		m := pathStep.FindStringSubmatch(rest)
		if m == nil {
			break
		}
		steps = append(steps, m[1]+m[2]+m[3])
		rest = rest[len(m[0]):]
	}
	if !ok || rest != "" || len(steps) == 0 {
		return nil, fmt.Errorf("volatile path %q can't be understood", text)
	}
	return steps, nil
}

// withoutPayload takes the member that a converter with schemas adds out of the
// paths, for bytes that have none.
func withoutPayload(list [][]string) [][]string {
	out := slices.Clone(list)
	for i, p := range out {
		if len(p) > 1 && p[0] == "payload" {
			out[i] = p[1:]
		}
	}
	return out
}
