package expr

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"cdc/internal/cdctest"
)

// However an expression multiplies what a row holds, it takes little memory and time.
func TestNothingBlowsUp(t *testing.T) {
	const most, longest = 250 << 20, 30 * time.Second
	double := func(first, more string, n int) string { return first + strings.Repeat(more, n) }
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	text := strings.Repeat("a", 1<<20)
	items := "[" + strings.Repeat("1,", 9000) + "1]"
	b := cdctest.NewBatch().Insert(s, 7, text, text[:1000], uint64(5), 0.5, 2.5, "1."+strings.Repeat("9", 16_000), true,
		text+text+text+text+text+text+text, 0, 0, items).Batch()
	expressions := []string{
		`row.status.split("").map(a, row.status).join("")`,
		`string(row.status.split("").map(a, row.status).size())`,
		`string(LOOP.map(a, row.status + "x").size())`,
		`string(LOOP.map(a, row.status).map(a, a + a).size())`,
		`string(LOOP.map(a, LOOP.map(b, row.note + b)).size())`,
		`string(LOOP.map(a, LOOP).size())`,
		`string(LOOP.exists(a, (row.status + row.status).size() < 3))`,
		`string(LOOP.map(a, row.status.lowerAscii()).size())`,
		`string(LOOP.map(a, row.status.reverse()).size())`,
		`string(LOOP.map(a, row.status.replace("a", "b")).size())`,
		`string(LOOP.map(a, sha256(row.status)).size())`,
		`string(LOOP.map(a, base64.encode(row.raw)).size())`,
		`string(LOOP.map(a, row.raw + row.raw).size())`,
		`string(LOOP.map(a, string(row.raw)).size())`,
		`string(LOOP.map(a, bytes(row.status)).size())`,
		`string(LOOP.map(a, strings.quote(row.status)).size())`,
		`string(LOOP.map(a, mask(row.status, 1)).size())`,
		`string(LOOP.map(a, to_json([row.note, row.note])).size())`,
		`string(LOOP.map(a, json(row.doc)).size())`,
		`string(LOOP.map(a, row.total * row.total).size())`,
		`string(LOOP.map(a, string(row.total)).size())`,
		`string(LOOP.map(a, row.total == decimal(1)).size())`,
		`string(LOOP.map(a, decimal(string(row.total))).size())`,
		`string(LOOP.map(a, row.status.size()).size())`,
		`string(LOOP.map(a, row.status.charAt(5)).size())`,
		`string(LOOP.map(a, row.status.indexOf("b")).size())`,
		`string(LOOP.map(a, row.status.lastIndexOf("ab")).size())`,
		`string(LOOP.map(a, row.status.matches("a*b")).size())`,
		`string(LOOP.map(a, row.status.contains("ab")).size())`,
		`string(LOOP.map(a, row.status in [row.note, row.note]).size())`,
		`string(LOOP.map(a, "x" in LOOP).size())`,
		`string(LOOP.map(a, [row.status, row.status, row.status]).size())`,
		`string(LOOP.map(a, {row.status: row.status}).size())`,
		`string(LOOP.map(a, format_time(row.at, "%Y")).size())`,
		`string(LOOP.map(a, uuid5("dns", row.status)).size())`,
		`string(json(row.doc).map(a, row.status).size())`,
		`string(json(row.doc).map(a, row.note + row.note).size())`,
		`string(json(row.doc).map(a, string(row.raw)).size())`,
		`to_json(json(row.doc).map(a, row.status))`,
		`row.status.replace("", row.status)`,
		`row.note.replace("a", row.status)`,
		`row.status.replace("a", "bb").replace("b", "cc").replace("c", "dd")`,
		`"` + strings.Repeat("%s", 500) + `".format([` + strings.Repeat("string(row.raw),", 100) + `"x"])`,
		`"` + strings.Repeat("%x", 100) + `".format([` + strings.Repeat("row.raw,", 100) + `"x"])`,
		`"%s".format([[` + strings.Repeat("row.status,", 100) + `"x"]])`,
		`"` + strings.Repeat("%.999999f", 200) + `".format([` + strings.Repeat("row.g,", 200) + `row.g])`,
		`row.status.replace("a", "%.99f").format(json(row.doc))`,
		`to_json([` + strings.Repeat("row.status,", 300) + `"x"])`,
		`to_json(row.raw)`,
		`string([` + strings.Repeat("string(row.raw),", 200) + `"x"].size())`,
		`string([` + strings.Repeat("json(row.doc),", 200) + `"x"].size())`,
		`string([` + strings.Repeat("row.status,", 300) + `"x"] == [` + "row.status" + `])`,
		double(`row.status`, ` + row.status`, 40),
		double(`row.status`, ` + row.status`, 40) + `.reverse()`,
		double(`string(row.raw)`, ` + string(row.raw)`, 40),
		`string((` + double(`row.raw`, ` + row.raw`, 40) + `).size())`,
		double(`optional.of(row.status)`, `.optMap(a, a + a)`, 9) + `.orValue("")`,
		double(`row.?status`, `.optMap(a, a + a)`, 9) + `.orValue("")`,
		double(`optional.of(row.status.split(""))`, `.optMap(a, a + a)`, 9) + `.orValue([]).join("")`,
		`string("x" in ` + double(`row.status.split("")`, ` + row.status.split("")`, 40) + `)`,
		double(`optional.of(row.status.split("a"))`, `.optMap(a, a + a)`, 9) + `.orValue([]).join("")`,
		double(`[row.status]`, `.map(a, a + a)`, 9) + `[0]`,
		double(`[[row.status]]`, `.map(a, a + a)`, 9) + `[0][0]`,
		double(`row.status`, `.lowerAscii()`, 40),
		double(`row.status`, `.reverse()`, 40),
		`base64.encode(bytes(` + double(`base64.encode(row.raw)`, ` + base64.encode(row.raw)`, 40) + `))`,
		double(`row.total`, ` * row.total`, 40),
		`string(` + double(`row.total`, ` * row.total`, 40) + `)`,
		double(`optional.of(row.total)`, `.optMap(a, a * a)`, 9) + `.orValue(decimal(1))`,
		`string(row.status in [` + strings.Repeat("row.status + 'x',", 150) + `"x"])`,
	}
	loops := []string{"json(row.doc)", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]", `row.note.split("", 100)`}
	var all []string
	for _, e := range expressions {
		if !strings.Contains(e, "LOOP") {
			all = append(all, e)
			continue
		}
		for _, loop := range loops {
			all = append(all, strings.ReplaceAll(e, "LOOP", loop))
		}
	}
	for _, expression := range all {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		got, _ := result(t, l, tab, expression, b, &b.Rows[0])
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		made := after.TotalAlloc - before.TotalAlloc
		name := expression[:min(len(expression), 140)]
		if made > most || took > longest {
			t.Errorf("%s: made %d MiB in %s: %.100s", name, made>>20, took, got)
		}
	}
}

// Texts that are put together are measured before.
func TestLongTextsAreNotCopied(t *testing.T) {
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	b := cdctest.NewBatch().Insert(s, 7, strings.Repeat("a", 32<<20), "x", uint64(5), 0.5, 2.5, "1", true, "x", 0, 0, "1").Batch()
	for _, expression := range []string{
		`row.note + row.status + row.status + row.status`, `row.note + row.status.lowerAscii()`, `row.status + string(row.id)`,
	} {
		n := len(b.Arena)
		b.Arena = b.Arena[:n:n]
		got, simple := result(t, l, tab, expression, b, &b.Rows[0])
		if !simple || !strings.Contains(got, "larger than 1 MiB") {
			t.Errorf("%s: got %.100s, simple: %t", expression, got, simple)
		}
		if grown := cap(b.Arena) - n; grown > 64<<20 {
			t.Errorf("%s: the arena has grown by %d MiB", expression, grown>>20)
		}
		b.Arena = b.Arena[:n:n]
	}
}

// A text that is read often is copied once, also where it is optional.
func TestTextsAreCopiedOnce(t *testing.T) {
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	b := cdctest.NewBatch().Insert(s, 7, strings.Repeat("a", 1<<20), "x", uint64(5), 0.5, 2.5, "1", true, strings.Repeat("b", 1<<20), 0, 0, "1").Batch()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got, _ := result(t, l, tab, `to_json([1, 2, 3, 4, 5, 6, 7].map(i, [row.status, after.status, row.?status.orValue("")].size() + row.raw.size()))`, b, &b.Rows[0]); !strings.HasPrefix(got, `"[1048579,`) {
		t.Error(got)
	}
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; made > 6<<20 {
		t.Errorf("%d MiB for a text of 1 MiB and bytes of 1 MiB", made>>20)
	}
}
