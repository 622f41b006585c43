package pgwal

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

func TestPositionText(t *testing.T) {
	id := identity{System: "7123", Database: "app", Slot: "cdc_shop"}
	for name, p := range map[string]position{
		"complete":       {Start: 0x2030, PrevCommit: 0x2030, Last: 0x1F00, Op: msgCommit, XID: 7, Micros: 1_000_000},
		"cut":            {Start: 0x2030, Commit: 0x4000, Skip: 12, PrevCommit: 0x2030, Last: 0x3000, Op: msgUpdate, XID: 8, Micros: 2_000_000},
		"after snapshot": {Start: 0x1000, XID: 6, Micros: 3},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := p.text(id)
			if err != nil {
				t.Fatal(err)
			}
			back, backID, err := parsePosition(text)
			if err != nil {
				t.Fatal(err)
			}
			if p.Skip == 0 {
				p.Last = p.Start // what Debezium is told
			}
			if diff := cmp.Diff(p, back); diff != "" || backID != id {
				t.Errorf("%s: %s (identity %+v)", text, diff, backID)
			}
		})
	}
}

// TestPositionIsFlat: Kafka Connect drops an offset that holds anything but
// plain values.
func TestPositionIsFlat(t *testing.T) {
	text, err := position{Start: 1, Commit: 2, Skip: 3, Last: 4, Op: msgInsert}.text(identity{System: "s"})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatal(err)
	}
	for name, v := range fields {
		switch v.(type) {
		case string, float64:
		default:
			t.Errorf("field %s holds %T", name, v)
		}
	}
}

func TestPositionOfDebezium(t *testing.T) {
	for text, want := range map[event.Position]uint64{
		`{"lsn_proc":300,"messageType":"INSERT","lsn_commit":200,"lsn":300,"txId":5,"ts_usec":1}`: 200,
		`{"lsn":300,"txId":5,"ts_usec":1,"snapshot":"INITIAL","snapshot_completed":true}`:         300,
		`{"lsn":300,"snapshot":true,"last_snapshot_record":true}`:                                 300,
		`{"lsn":300,"transaction_id":null}`:                                                       300,
	} {
		p, id, err := parsePosition(text)
		if err != nil || p.Start != want || id != (identity{}) || p.Skip != 0 {
			t.Errorf("%s: got %+v, %v, want start %d", text, p, err, want)
		}
	}
}

func TestBadPositions(t *testing.T) {
	for _, text := range []event.Position{``, `[]`, `{}`, `{"lsn":-1}`, `{"lsn":1,"cdc":"x"}`, `{"lsn":1,"cdc":"{}"}`, `{"lsn":1,"cdc":"{\"start\":1,\"skip\":3}"}`, `{"lsn":1,"snapshot":"INITIAL","snapshot_completed":false}`, `{"lsn":1,"snapshot":true,"last_snapshot_record":false}`} {
		if p, _, err := parsePosition(text); !errors.Is(err, event.ErrConfig) {
			t.Errorf("%s: got %+v, %v", text, p, err)
		}
	}
}

func TestPositionOfAnotherConnector(t *testing.T) {
	for _, text := range []event.Position{`{"file":"b.000001","pos":154,"gtids":"0-1-14"}`, `{"file":"b.000001","pos":154,"cdc":"{\"server\":\"A\"}"}`} {
		_, _, err := parsePosition(text)
		if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "MySQL's or MariaDB's") || !strings.Contains(err.Error(), "cdc offsets reset NAME --yes") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzPosition(f *testing.F) {
	f.Add(`{"lsn_proc":300,"messageType":"INSERT","lsn_commit":200,"lsn":300,"cdc":"{\"start\":1}"}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, id, err := parsePosition(event.Position(text))
		if err != nil {
			return
		}
		again, err := p.text(id)
		if err != nil {
			t.Fatal(err)
		}
		q, _, err := parsePosition(again)
		if err != nil || q.Start != p.Start || q.Skip != p.Skip || q.Commit != p.Commit {
			t.Errorf("%s became %s: %v", text, again, err)
		}
	})
}

func TestTrail(t *testing.T) {
	var tr trail
	var points []event.Point
	for i := range 5 {
		points = append(points, tr.add(position{Start: uint64(i + 1)}))
	}
	for _, i := range []int{0, 0, 3} { // some are left out, one is asked for twice
		text, err := tr.text(points[i])
		if err != nil {
			t.Fatal(err)
		}
		if p, _, err := parsePosition(text); err != nil || p.Start != uint64(i+1) {
			t.Errorf("point %d became %s: %v", i, text, err)
		}
	}
	if _, err := tr.text(points[1]); err == nil {
		t.Error("a point that was passed gave a position")
	}
	if len(tr.list) != 2 {
		t.Errorf("%d positions are kept, want 2", len(tr.list))
	}
}
