package pgwal

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

const otherRel = 16501

// relationFor describes a table of one integer column, which is its key.
func relationFor(oid uint32, table string) msg {
	return msg{'R'}.u32(oid).text("public").text(table).u8('d').u16(1).u8(1).text("id").u32(23).u32(1<<32 - 1)
}

func rowOf(kind byte, oid uint32) msg { return msg{kind}.u32(oid) }

func messageOf(flags byte, at uint64, prefix, content string) msg {
	return msg{'M'}.u8(flags).u64(at).text(prefix).bytes(content)
}

func marksOf(b *event.Batch) []string {
	var list []string
	for i := range b.Marks {
		list = append(list, markText(b, &b.Marks[i]))
	}
	return list
}

func ordersOf(b *event.Batch) string {
	var list []string
	for i := range b.Rows {
		r := &b.Rows[i]
		list = append(list, fmt.Sprintf("%c%d/%d", r.Op, r.Order, r.TableOrder))
	}
	return strings.Join(list, " ")
}

const (
	microsOfTests = epochMicros + 1_000_000
	lsnOfFeed     = 0x1000
)

func TestTransactionMarks(t *testing.T) {
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	d.capture.Transactions = true
	feed(t, d, b,
		relationFor(testRel, "a"), relationFor(otherRel, "b"),
		beginOf(7), // at 0x1002
		rowOf('I', testRel).tuple('N', "1"),
		rowOf('I', otherRel).tuple('N', "1"),
		rowOf('U', testRel).tuple('K', "1").tuple('N', "2"), // two events
		messageOf(1, 0, "p", "in it"),
		rowOf('D', testRel).tuple('K', "2"),
		msg{'T'}.u32(2).u8(0).u32(testRel).u32(otherRel),
		commitOf(), // at 0x1009
		beginOf(8), commitOf(),
		beginOf(9), rowOf('I', otherRel).tuple('N', "3"), commitOf())
	if diff := cmp.Diff([]string{
		fmt.Sprintf("0 @%d: tx 7 at 0x1002 begin", microsOfTests),
		fmt.Sprintf(`3 @%d: tx 7 at 0x1006 message "p" "in it" true 5/1`, microsOfTests),
		fmt.Sprintf("6 @%d: tx 7 at 0x1009 end 8 public.a=5 public.b=2 LOGICAL_DECODING_MESSAGE=1", microsOfTests),
		fmt.Sprintf("6 @%d: tx 9 at 0x100c begin", microsOfTests),
		fmt.Sprintf("7 @%d: tx 9 at 0x100e end 1 public.b=1", microsOfTests),
	}, marksOf(b)); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if got, want := ordersOf(b), "c1/1 c2/1 u3/2 d6/4 t7/5 t8/2 c1/1"; got != want {
		t.Errorf("rows %s, want %s", got, want)
	}
}

func TestMarksOfWhatIsCaptured(t *testing.T) {
	d, b := newDecoder("app", selectFunc(func(s *event.Schema) ([]bool, bool, error) {
		return []bool{true}, s.Table == "a", nil
	}), noFacts), new(event.Batch)
	d.capture.Transactions, d.capture.Skipped = true, []event.Op{event.OpTruncate, event.OpDelete}
	feed(t, d, b,
		relationFor(testRel, "a"), relationFor(otherRel, "b"),
		beginOf(7), rowOf('I', otherRel).tuple('N', "1"), msg{'T'}.u32(2).u8(0).u32(testRel).u32(otherRel), commitOf(),
		beginOf(8), rowOf('I', otherRel).tuple('N', "2"), rowOf('U', testRel).tuple('K', "1").tuple('N', "2"), rowOf('D', testRel).tuple('K', "2"), commitOf())
	if got := marksOf(b); len(got) != 2 || !strings.HasSuffix(got[0], "begin") || !strings.HasSuffix(got[1], "end 1 public.a=1") {
		t.Errorf("marks %q", got)
	}
	if got, want := ordersOf(b), "t0/0 u1/1 d0/0"; got != want {
		t.Errorf("rows %s, want %s", got, want)
	}
}

func TestNoMarksUnlessAsked(t *testing.T) {
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	feed(t, d, b, relationFor(testRel, "a"), beginOf(7), rowOf('I', testRel).tuple('N', "1"), commitOf())
	if len(b.Marks) != 0 || ordersOf(b) != "c0/0" {
		t.Errorf("marks %q, rows %s", marksOf(b), ordersOf(b))
	}
}

func TestLogicalMessages(t *testing.T) {
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	feed(t, d, b,
		relationFor(testRel, "a"),
		beginOf(7), messageOf(1, 0, "", "\x00\xff"), rowOf('I', testRel).tuple('N', "1"), commitOf(),
		messageOf(0, 0, "audit", "outside"), // at 0x1005
		beginOf(8), rowOf('I', testRel).tuple('N', "2"), commitOf())
	if diff := cmp.Diff([]string{
		fmt.Sprintf(`0 @%d: tx 7 at 0x1002 message "" "\x00\xff" true 0/0`, microsOfTests),
		fmt.Sprintf(`1 @%d: tx 0 at 0x1005 message "audit" "outside" false 0/0`, microsOfTests),
	}, marksOf(b)); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if got := b.Txs[b.Origins[b.Rows[1].Origin].Tx].PrevCommit; got != 0x1005 {
		t.Errorf("the row behind it follows a commit at %#x", got)
	}
	for name, bad := range map[string]msg{
		"outside":       messageOf(1, 0, "p", "x"),
		"not UTF-8":     messageOf(0, 0, "\xff", "x"),
		"without end":   {'M', 0, 0, 0, 0, 0, 0, 0, 0, 0, 'p'},
		"trailing byte": append(messageOf(0, 0, "p", "x"), 0),
	} {
		if _, err := d.message(bad, lsnOfFeed, b); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestPrefixes(t *testing.T) {
	for _, c := range []struct {
		include, exclude []string
		prefix           string
		want             bool
	}{
		{nil, nil, "any", true},
		{[]string{"audit.*", "x"}, nil, "Audit.log", true},
		{[]string{"audit"}, nil, "audit.log", false},
		{[]string{"audit"}, nil, "", false},
		{nil, []string{"tmp_.*"}, "tmp_1", false},
		{nil, []string{"tmp_.*"}, "kept", true},
	} {
		p, err := parsePrefixes(c.include, c.exclude)
		if err != nil || p.take([]byte(c.prefix)) != c.want {
			t.Errorf("%q %q, prefix %q: %v, want %v", c.include, c.exclude, c.prefix, err, c.want)
		}
	}
	for path, c := range map[string]Config{
		"message_prefix_include_list[1]: ": {MessagePrefixInclude: []string{"a", "("}},
		"message_prefix_exclude_list[0]: ": {MessagePrefixExclude: []string{"["}},
		"message_prefix_exclude_list: ":    {MessagePrefixInclude: []string{"a"}, MessagePrefixExclude: []string{"b"}},
	} {
		good := goodConfig()
		good.MessagePrefixInclude, good.MessagePrefixExclude = c.MessagePrefixInclude, c.MessagePrefixExclude
		if err := good.Validate(); err == nil || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("got %v, want %s", err, path)
		}
	}
}

// A cut transaction goes on with its numbers where it was cut, and begins once.
func TestMarksOfACutTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut := position{Start: 0x1000, Commit: 0x2000, Skip: 3}
		sc := startCapture(t, cut, event.Capture{Transactions: true})
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, relationFor(testRel, "a")),
			wal(0x1100, rowOf('I', testRel).tuple('N', "1")),
			wal(0x1110, rowOf('U', testRel).tuple('K', "1").tuple('N', "2")),
			wal(0x1120, messageOf(1, 0, "p", "x")),
			wal(0x1130, rowOf('I', testRel).tuple('N', "3")),
			wal(0x2030, commitAt(0x2000, 0x2030)))
		sc.want(t, "c public.a 3")
		if r := sc.raw[0]; r.Order != 5 || r.TableOrder != 4 {
			t.Errorf("the row is number %d, %d of its table", r.Order, r.TableOrder)
		}
		want := fmt.Sprintf("1 @%d: tx 7 at 0x2030 end 5 public.a=4 LOGICAL_DECODING_MESSAGE=1", microsOfTests)
		if len(sc.marks) != 1 || sc.marks[0] != want {
			t.Errorf("marks %q, want %q", sc.marks, want)
		}
	})
}

// Messages leave also where nothing else does, and move the position.
func TestStreamEmitsMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		sc.send(wal(0x1200, messageOf(0, 0x1200, "audit", "outside")))
		if p, _, err := parsePosition(sc.stored()); err != nil || p.Start != 0x1200 || p.PrevCommit != 0x1200 || len(sc.marks) != 1 {
			t.Errorf("stored %s, %v, marks %q", sc.stored(), err, sc.marks)
		}
		sc.send(wal(0x1300, beginAt(0x2000, 7)), wal(0x1300, messageOf(1, 0x1300, "p", "inside")))
		if len(sc.marks) != 1 {
			t.Errorf("a message left before its commit: %q", sc.marks)
		}
		sc.send(wal(0x2030, commitAt(0x2000, 0x2030)))
		if p, _, err := parsePosition(sc.stored()); err != nil || p.Start != 0x2030 || len(sc.marks) != 2 {
			t.Errorf("stored %s, %v, marks %q", sc.stored(), err, sc.marks)
		}
	})
}

// With keys of its own, a table needs a full replica identity.
func TestKeysOfTheConfiguration(t *testing.T) {
	keys, err := event.ParseKeys([]string{"public.orders:note,id"})
	if err != nil {
		t.Fatal(err)
	}
	for identity, want := range map[byte]string{
		'f': "u orders v1 -<id>=1 <note>=a +<id>=1 <note>=b keychanged\nd orders v1 -<id>=1 <note>=b",
		'd': "d orders v1 -<id>=1 <note>=null keyonly",
	} {
		d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
		d.capture.Keys, d.capture.Unfit = keys, &event.Unfit{}
		var notes []string
		d.note = func(text string) { notes = append(notes, text) }
		rows := []msg{rowMsg('U').tuple('O', "1", "a").tuple('N', "1", "b"), rowMsg('D').tuple('O', "1", "b")}
		if identity == 'd' {
			rows = []msg{rowMsg('D').tuple('K', "1", nil)}
		}
		feed(t, d, b, append([]msg{beginOf(1), twoColumns(identity)}, rows...)...)
		sameLines(t, lines(t, b), want)
		if full := identity == 'f'; (len(notes) == 0) != full || (d.capture.Unfit.Count() == 0) != full {
			t.Errorf("identity %c: notes %q, %d unfit", identity, notes, d.capture.Unfit.Count())
		}
		if keyNames(d.relations[testRel].schema) != "note,id" {
			t.Errorf("key %s", keyNames(d.relations[testRel].schema))
		}
	}
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	d.capture.Keys, d.capture.Unfit = keys, &event.Unfit{Policy: event.PolicyFail}
	feed(t, d, b, beginOf(1), twoColumns('d'))
	if _, err := d.message(rowMsg('D').tuple('K', "1", nil), 1, b); err == nil || !strings.Contains(err.Error(), `ALTER TABLE "public"."orders" REPLICA IDENTITY FULL`) || len(b.Rows) != 0 {
		t.Errorf("got %v and %d rows", err, len(b.Rows))
	}
}

// A transaction from another server says so, and the next one of our own doesn't.
func TestReplicationOrigin(t *testing.T) {
	d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
	origin := func(lsn uint64, name string) msg { return msg{'O'}.u64(lsn).text(name) }
	feed(t, d, b,
		relationFor(testRel, "a"),
		beginOf(7), origin(0x1234, "elsewhere"), rowOf('I', testRel).tuple('N', "1"), commitOf(),
		beginOf(8), origin(0, "elsewhere"), rowOf('I', testRel).tuple('N', "2"), commitOf(),
		beginOf(9), rowOf('I', testRel).tuple('N', "3"), commitOf())
	var got []string
	for _, tx := range b.Txs {
		got = append(got, fmt.Sprintf("%d %s %#x", tx.XID, tx.ReplicationOrigin, tx.OriginLSN))
	}
	if diff := cmp.Diff([]string{"7 elsewhere 0x1234", "8 elsewhere 0x0", "9  0x0"}, got); diff != "" {
		t.Errorf("transactions (-want +got):\n%s", diff)
	}
	for name, bad := range map[string]msg{
		"outside of a transaction": origin(1, "elsewhere"),
		"without end":              {'O', 0, 0, 0, 0, 0, 0, 0, 1, 'x'},
	} {
		if _, err := d.message(bad, lsnOfFeed, b); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
