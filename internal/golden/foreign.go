package golden

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Mark is the name of the table that a replay writes to in order to see how far
// the program is. No case may have one of that name.
const Mark = "e2e_mark"

// payloadOf returns the value without its schema.
func payloadOf(text []byte) []byte {
	var v struct{ Payload json.RawMessage }
	if json.Unmarshal(text, &v) == nil && v.Payload != nil {
		return v.Payload
	}
	return text
}

// foreign reports whether a schema change is of somebody else on the server,
// much as the recorder saw it, or of the table of marks.
func (k *comparison) foreign(r visible) bool {
	var v struct{ DatabaseName, DDL string }
	if k.postgres() || r.Topic != k.Prefix() || json.Unmarshal(payloadOf(r.value), &v) != nil {
		return false
	}
	if strings.Contains(v.DDL, Mark) || strings.Contains(v.DatabaseName, Mark) {
		return true
	}
	return !slices.Contains(k.Databases, v.DatabaseName) && !strings.HasPrefix(v.DDL, "SET ") &&
		!slices.ContainsFunc(k.Databases, func(d string) bool {
			return regexp.MustCompile(`(\A|\W)` + regexp.QuoteMeta(d) + `(\W|\z)`).MatchString(v.DDL)
		})
}

// withoutMarks takes the transactions of marks out of the transaction topic: the
// end that counts rows of that table alone, and the begin before it.
func withoutMarks(records []visible) []visible {
	var kept []visible
	for _, r := range records {
		var v struct {
			Status      string
			Collections []struct {
				Table string `json:"data_collection"`
			} `json:"data_collections"`
		}
		ofMark := json.Unmarshal(payloadOf(r.value), &v) == nil && v.Status == "END" && len(v.Collections) == 1 &&
			strings.HasSuffix(v.Collections[0].Table, "."+Mark)
		if ofMark && len(kept) > 0 {
			kept = kept[:len(kept)-1]
			continue
		}
		kept = append(kept, r)
	}
	return kept
}
