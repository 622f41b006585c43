package encode

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// topics prints the topic of each record.
func topics(f *event.Frame) string {
	var list []string
	for i := range f.Records {
		list = append(list, f.Records[i].Target.Topic)
	}
	return strings.Join(list, " ")
}

// marked is a batch of two rows with marks before the first, between both and
// behind both.
func marked(postgres bool) *builder {
	b := newBuilder(idName())
	a := b.text(event.KindString, "a")
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), a)).add(event.OpCreate, 0, nil, vals(event.Int(2), a))
	change := &event.SchemaChange{Database: "shop", DDL: "create database shop"}
	b.batch.Marks = []event.Mark{
		{Kind: event.MarkBegin},
		{Kind: event.MarkSchemaChange, Row: 1, Change: change},
		{Kind: event.MarkMessage, Row: 1, Prefix: b.text(event.KindString, "p"), Content: b.text(event.KindBytes, "\x00\xff>")},
		{Kind: event.MarkEnd, Row: 2},
		{Kind: event.MarkHeartbeat, Row: 2, Origin: -1},
	}
	if postgres {
		b.batch.Marks = slices.Delete(b.batch.Marks, 1, 2)
	} else {
		b.batch.Marks = slices.Delete(b.batch.Marks, 2, 3)
	}
	return b
}

func TestMarksKeepTheirPlace(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		want := "shop.transaction p.public.t shop p.public.t shop.transaction __debezium-heartbeat.shop"
		if c.Connector == "postgresql" {
			want = strings.Replace(want, "t shop p", "t shop.message p", 1)
		}
		b := marked(c.Connector == "postgresql")
		if got := topics(b.encode(t, c)); got != want {
			t.Errorf("topics\n got %s\nwant %s", got, want)
		}
		// The rules may let no row leave.
		b.batch.Outs = nil
		if got, want := topics(b.encode(t, c)), strings.ReplaceAll(want, " p.public.t", ""); got != want {
			t.Errorf("topics\n got %s\nwant %s", got, want)
		}
	}
}

func TestTopicsOfMarks(t *testing.T) {
	c := mysqlConf
	c.TransactionTopic, c.SchemaChangeTopic, c.HeartbeatTopic = "tx", "ddl", "alive"
	if got, want := topics(marked(false).encode(t, c)), "tx p.public.t ddl p.public.t tx alive"; got != want {
		t.Errorf("topics\n got %s\nwant %s", got, want)
	}
	c = pgConf
	c.MessageTopic = "said"
	if got := topics(marked(true).encode(t, c)); !strings.Contains(got, " said ") {
		t.Errorf("topics are %s", got)
	}
}

func TestMessageContent(t *testing.T) {
	for mode, want := range map[string]string{modeBytes: "AP8+", modeBase64: "AP8+", modeBase64URL: "AP8-", modeHex: "00ff3e"} {
		c := pgConf
		c.Format, c.Options = Format{Value: FormatJSONSchema}, DefaultOptions(c.Connector)
		c.Options.BinaryHandling = mode
		b, f := marked(true), new(event.Frame)
		b.batch.Marks = b.batch.Marks[1:2]
		b.batch.Outs = nil
		if err := mustNew(t, c).Encode(f, &b.batch); err != nil {
			t.Fatal(err)
		}
		typ := `{"type":"string","optional":true,"field":"content"}`
		if mode == modeBytes {
			typ = strings.Replace(typ, "string", "bytes", 1)
		}
		text := string(f.Value(0))
		if !strings.Contains(text, typ) || !strings.Contains(text, `"message":{"prefix":"p","content":"`+want+`"}}`) {
			t.Errorf("%s: %s", mode, text)
		}
	}
}

// A message that belongs to a transaction counts in it.
func TestMessageInTransaction(t *testing.T) {
	b := marked(true)
	b.batch.Outs, b.batch.Marks = nil, b.batch.Marks[1:2]
	m := &b.batch.Marks[0]
	m.Transactional, m.Order, m.TableOrder, m.Off = true, 3, 1, 300
	text := string(b.encode(t, pgConf).Value(0))
	if !strings.Contains(text, `"txId":571,"lsn":300,`) || !strings.Contains(text, `"transaction":`+block("571:300", 3, 1)+`,"message"`) {
		t.Errorf("message is %s", text)
	}
}

func TestMarkTooLarge(t *testing.T) {
	c := pgConf
	c.Limit = func(topic string) (int, error) {
		if topic == "shop.message" {
			return 100, nil
		}
		return 0, nil
	}
	b := marked(true)
	b.batch.Marks[1].Off = 0x1_000000AB
	f, err := b.try(t, c)
	var large *TooLargeError
	if !errors.As(err, &large) {
		t.Fatalf("error is %v, want a TooLargeError", err)
	}
	if large.Topic != "shop.message" || large.Position != "1/AB" || large.Limit != 100 || large.Size <= 100 || strings.Contains(err.Error(), "table") {
		t.Errorf("error is %+v: %v", large, err)
	}
	if got, want := topics(f), "shop.transaction p.public.t"; got != want {
		t.Errorf("topics before it: got %s, want %s", got, want)
	}
	last := f.Records[len(f.Records)-1]
	if int(last.End) != len(f.Buf) {
		t.Errorf("the frame holds %d bytes, its records %d", len(f.Buf), last.End)
	}
}

func TestMarkLimitFails(t *testing.T) {
	c := mysqlConf
	down := errors.New("no broker")
	c.Limit = func(string) (int, error) { return 0, down }
	if _, err := marked(false).try(t, c); !errors.Is(err, down) || !errors.Is(err, event.ErrDelivery) {
		t.Errorf("error is %v, want one of delivery", err)
	}
}

func TestUnknownMark(t *testing.T) {
	b := marked(false)
	b.batch.Marks[0].Kind = event.MarkMessage
	if _, err := b.try(t, mysqlConf); err == nil || !strings.Contains(err.Error(), "bin.000001:0: a mark of kind 4") {
		t.Errorf("error is %v", err)
	}
}

func TestDatum(t *testing.T) {
	snapshot, text := snapshotSchema(), optionalTexts()
	tests := []struct {
		name     string
		schema   func() ([]byte, error)
		want     string
		mustFail bool
	}{
		{"default", func() ([]byte, error) { return appendDatum(nil, snapshot, nil, true) }, `"false"`, false},
		{"no default", func() ([]byte, error) { return appendDatum(nil, snapshot, nil, false) }, "null", false},
		{"texts", func() ([]byte, error) { return appendDatum(nil, text, textData([]string{"a", `"`}), true) }, `["a","\""]`, false},
		{"no texts", func() ([]byte, error) { return appendDatum(nil, text, textData(nil), true) }, `[]`, false},
		{"null texts", func() ([]byte, error) { return appendDatum(nil, text, nil, true) }, `null`, false},
		{"required", func() ([]byte, error) { return appendDatum(nil, text.Items, nil, true) }, "", true},
		{"fields", func() ([]byte, error) { return appendDatum(nil, heartbeatKeySchema(), []datum{}, true) }, "", true},
		{"unknown", func() ([]byte, error) { return appendDatum(nil, text.Items, 1, true) }, "", true},
	}
	for _, tt := range tests {
		got, err := tt.schema()
		if (err != nil) != tt.mustFail {
			t.Errorf("%s: error is %v", tt.name, err)
		}
		if !tt.mustFail && cmp.Diff(tt.want, string(got)) != "" {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
