package binlog

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"

	"cdc/binlog/gtid"
	"cdc/event"
)

const (
	uuidA = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
	uuidB = "4e11fa47-71ca-11e1-9e33-c80aa9429562"
)

func mustSet(t *testing.T, fl Flavor, text string) *gtid.Set {
	t.Helper()
	s, err := gtid.ParseSet(fl, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPositionText(t *testing.T) {
	p := position{
		file: "binlog.000003", pos: 1 << 33, gtids: mustSet(t, MySQL, uuidA+":1-5"), skip: 7, inside: uuidA + ":6",
		server: uuidB, seconds: 1700000000, serverID: 3,
	}
	text, err := p.text()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ts_sec":1700000000,"file":"binlog.000003","pos":8589934592,"gtids":"` + uuidA + `:1-5","server_id":3,` +
		`"cdc":"{\"server\":\"` + uuidB + `\",\"skip\":7,\"inside\":\"` + uuidA + `:6\"}"}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	q, err := parsePosition(MySQL, text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := q.text()
	if err != nil || again != text {
		t.Errorf("reads back as %s, %v", again, err)
	}
}

func TestPositionFromDebezium(t *testing.T) {
	p, err := parsePosition(MySQL, `{"transaction_id":null,"ts_sec":5,"file":"b.000001","pos":154,"gtids":"`+uuidA+`:1-2","row":1,"server_id":1,"event":2}`)
	if err != nil {
		t.Fatal(err)
	}
	if p.file != "b.000001" || p.pos != 154 || p.gtids.String() != uuidA+":1-2" || p.skip != 0 {
		t.Errorf("got %+v", p)
	}
}

// A snapshot of Debezium that is over, only nothing has changed since.
func TestPositionBehindDebeziumsSnapshot(t *testing.T) {
	p, err := parsePosition(MySQL, `{"ts_sec":5,"file":"b.000001","pos":154,"snapshot":"INITIAL","snapshot_completed":true}`)
	if err != nil || p.pos != 154 {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestPositionRefused(t *testing.T) {
	for _, text := range []event.Position{
		"", "{", `{}`, `{"lsn":5}`, `{"file":"b.1","pos":-1}`, `{"file":"b.1","pos":4,"gtids":"x"}`,
		`{"file":"b.1","pos":4,"cdc":"x"}`, `{"file":"b.1","pos":4,"snapshot":"INITIAL"}`,
		`{"file":"b.1","pos":4,"snapshot":"INITIAL","snapshot_completed":false}`,
	} {
		if p, err := parsePosition(MySQL, text); err == nil {
			t.Errorf("%s: no error, but %+v", text, p)
		}
	}
}

func TestCompareFiles(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"b.000001", "b.000002", -1},
		{"b.999999", "b.1000000", -1},
		{"b.000010", "b.000009", 1},
		{"b.000010", "b.10", 0},
	}
	for _, tt := range tests {
		if got := compareFiles(tt.a, tt.b); got < 0 != (tt.want < 0) || got > 0 != (tt.want > 0) {
			t.Errorf("%s and %s: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestProgress(t *testing.T) {
	set := mustSet(t, MySQL, uuidA+":1-10")
	source := gtid.Source{SID: [16]byte{0x3e, 0x11, 0xfa, 0x47, 0x71, 0xca, 0x11, 0xe1, 0x9e, 0x33, 0xc8, 0x0a, 0xa9, 0x42, 0x95, 0x62}} // uuidA
	p := newProgress(set)
	gtidsAt := func(at event.Point) string {
		t.Helper()
		text, err := p.position(at)
		if err != nil {
			t.Fatal(err)
		}
		pos, err := parsePosition(MySQL, text)
		if err != nil {
			t.Fatal(err)
		}
		return pos.gtids.String()
	}
	complete := func(from, to uint64) {
		for n := from; n <= to; n++ {
			p.complete(gtid.ID{Source: source, Seq: n})
		}
	}
	complete(11, 15)
	first := p.mark(mark{point: event.Point{Off: 1}, file: "f"})
	complete(16, 20)
	p.complete(gtid.ID{}) // one without a name
	second := p.mark(mark{point: event.Point{Off: 2}, file: "f"})
	complete(30, 31)
	third := p.mark(mark{point: event.Point{Off: 3, Skip: 9}, file: "f", inside: "x"})
	p.mark(mark{file: "not handed over"})
	p.unmark()
	if n := p.backlog(); n != 2 {
		t.Errorf("%d runs wait, want 2", n)
	}
	if got := p.current().String(); got != uuidA+":1-20:30-31" {
		t.Errorf("current is %s", got)
	}
	if got := gtidsAt(first); got != uuidA+":1-15" {
		t.Errorf("first is %s", got)
	}
	if got := gtidsAt(first); got != uuidA+":1-15" {
		t.Errorf("asked again, first is %s", got)
	}
	if got := gtidsAt(third); got != uuidA+":1-20:30-31" {
		t.Errorf("third is %s", got)
	}
	if _, err := p.position(second); !errors.Is(err, errPointGone) {
		t.Errorf("a point that was passed gives %v", err)
	}
}

// TestProgressKeepsNothing: transactions that follow each other take no memory.
func TestProgressKeepsNothing(t *testing.T) {
	p := newProgress(gtid.NewSet(MySQL))
	for n := uint64(1); n <= 100_000; n++ {
		p.complete(gtid.ID{Seq: n})
	}
	if n := p.backlog(); n != 1 {
		t.Errorf("%d runs wait, want 1", n)
	}
}

// TestPositionOfAnotherConnector: it is told whose it is and what to do, and
// isn't taken for a lost one, which mode when_needed would replace.
func TestPositionOfAnotherConnector(t *testing.T) {
	for _, tt := range []struct {
		fl   Flavor
		text event.Position
		want string
	}{
		{MySQL, `{"lsn":24023400,"lsn_proc":24023400,"lsn_commit":24023400,"txId":571}`, "this offset is PostgreSQL's, the source is MySQL"},
		{MariaDB, `{"lsn":24023400,"cdc":"{\"start\":24023400}"}`, "this offset is PostgreSQL's, the source is MariaDB"},
		{MariaDB, `{"file":"b.000001","pos":4,"gtids":"` + uuidA + `:1-14"}`, "this offset is MySQL's, the source is MariaDB"},
		{MySQL, `{"file":"b.000001","pos":4,"gtids":"0-1-14,1-1-2"}`, "this offset is MariaDB's, the source is MySQL"},
	} {
		_, err := parsePosition(tt.fl, tt.text)
		if !errors.Is(err, event.ErrConfig) || errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), tt.want) ||
			!strings.Contains(err.Error(), "`cdc offsets set NAME`") || !strings.Contains(err.Error(), "`cdc offsets reset NAME --yes`") {
			t.Errorf("%s: %v", tt.text, err)
		}
		c := Default()
		c.User, c.Tables = "u", []string{"a.b"}
		s, err := New("p", tt.fl, c, &memoryJournal{}, zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Stream(t.Context(), tt.text, all{}, newCollector()); !errors.Is(err, event.ErrConfig) || errors.Is(err, event.ErrPositionLost) {
			t.Errorf("%s: the stream ends with %v", tt.text, err)
		}
	}
}
