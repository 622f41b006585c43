package golden

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// compatibility is the page that tells of every difference.
const compatibility = "../../docs/compatibility.md"

// transformsPage tells what each transform is in a rule.
const transformsPage = "../../docs/smt.md"

func pageLines(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(compatibility)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// argued are the reasons of all differences that there are.
func argued() []string {
	reasons := []string{partialReason, rolledBackReason, tombstoneReason, halfReason, keyHeaderReason}
	for _, d := range differences {
		reasons = append(reasons, d.reason)
	}
	return reasons
}

// TestCompatibilityTellsEveryDifference wants each argued difference on the page,
// no other one, and a case of the corpus where it can be seen.
func TestCompatibilityTellsEveryDifference(t *testing.T) {
	told := map[string]string{}
	telling := false
	for _, line := range pageLines(t) {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			telling = false
		case strings.HasPrefix(line, "| Difference |"):
			telling = true
		case telling && len(cells) == 3 && !strings.HasPrefix(line, "|---"):
			told[strings.TrimSpace(cells[0])] = cells[2]
		}
	}
	reasons := argued()
	for _, reason := range reasons {
		if told[reason] == "" {
			t.Errorf("%s doesn't tell that %s", compatibility, reason)
		}
	}
	for reason, cases := range told {
		if !slices.Contains(reasons, reason) {
			t.Errorf("%s tells of a difference that isn't argued: %s", compatibility, reason)
		}
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cases, -1) {
			if _, err := os.Stat(filepath.Join(corpus, name[1], "case.json")); err != nil {
				t.Errorf("%s: %v", reason, err)
			}
		}
	}
}

// TestCompatibilityTellsEveryProperty wants each property that a case may have on
// the page, translated or not.
func TestCompatibilityTellsEveryProperty(t *testing.T) {
	text := strings.Join(pageLines(t), "\n")
	for property := range translations {
		if !strings.Contains(text, "`"+property+"`") && !inFamily(text, property) {
			t.Errorf("%s doesn't tell of %s", compatibility, property)
		}
	}
	for property := range columnLists {
		if !strings.Contains(text, "`"+property+"`") {
			t.Errorf("%s doesn't tell of %s", compatibility, property)
		}
	}
}

// inFamily reports whether the page has the family of the property: "driver.*",
// "openlineage.integration.*".
func inFamily(text, property string) bool {
	for at := len(property); at >= 0; at = strings.LastIndexByte(property[:at], '.') {
		if strings.Contains(text, "`"+property[:at]+".*`") {
			return true
		}
	}
	return false
}

// TestCompatibilityTellsEveryTransform wants each transform that is carried over
// on the page, and each that a case asks for and that there is nothing for.
func TestCompatibilityTellsEveryTransform(t *testing.T) {
	page, err := os.ReadFile(transformsPage)
	if err != nil {
		t.Fatal(err)
	}
	carried, nothing, _ := strings.Cut(string(page), "There is nothing for these")
	for class := range transformations {
		if class, _, _ = strings.Cut(class, "$"); !strings.Contains(carried, "`"+class) {
			t.Errorf("%s doesn't tell of %s", transformsPage, class)
		}
	}
	cases, err := Load(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, why := range c.Translate().Without {
			class, predicate, _ := strings.Cut(why, " predicate ")
			class, _, _ = strings.Cut(cmp.Or(predicate, class), " ")
			if !strings.Contains(nothing, "`"+class+"`") {
				t.Errorf("%s doesn't tell that there is nothing for %s (%s)", transformsPage, class, c.Name)
			}
		}
	}
}
