package golden

import (
	"encoding/base64"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

var numberText = regexp.MustCompile(`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`)

// numbersWritten reports whether every number of a value stands in a statement,
// so that ours can be no other where Debezium has none.
func (s *spot) numbersWritten(value string) bool {
	known := map[float64]bool{}
	for _, text := range numberText.FindAllString(s.scripts, -1) {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			known[n] = true
		}
	}
	for _, leaf := range leaves([]byte(value)) {
		if n, err := strconv.ParseFloat(leaf, 64); err == nil && !known[n] {
			return false
		}
	}
	return true
}

// bitsWritten is the same for strings of bits.
func (s *spot) bitsWritten(value string) bool {
	for _, leaf := range leaves([]byte(value)) {
		b, err := base64.StdEncoding.DecodeString(turnedText(leaf))
		if strings.HasPrefix(leaf, `"`) && (err != nil || !strings.Contains(s.scripts, new(big.Int).SetBytes(b).Text(2))) {
			return false
		}
	}
	return true
}

// turnedText is turned without the quotes.
func turnedText(leaf string) string { return strings.Trim(turned(leaf), `"`) }
