package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/event"
	"cdc/pipeline"
	"cdc/sink/encode"
)

// shopTables are what a source would capture.
func shopTables() []*event.Schema {
	table := func(name string, columns ...string) *event.Schema {
		s := &event.Schema{Database: "shop", Table: name}
		for i, c := range columns {
			typ := event.Type{Kind: event.KindString, Native: "varchar(20)", Declared: event.Declared{Name: "VARCHAR"}}
			s.Columns = append(s.Columns, event.Column{Name: c, Ord: i, Type: typ})
		}
		return s
	}
	return []*event.Schema{table("users", "id", "email"), table("orders", "id", "tenant")}
}

// Each list of columns: a pattern that fits and one with a slip.
func TestPatternsThatConcernNothing(t *testing.T) {
	both := []string{"shop.users.email", "shop.users.emial"}
	for _, tt := range []struct {
		set   func(*EventsConfig)
		at    string
		level event.Level
	}{
		{func(e *EventsConfig) { e.ColumnIncludeList = both }, "events.column_include_list[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.ColumnExcludeList = both }, "events.column_exclude_list[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.MaskWithChars = map[int][]string{5: both} }, "events.column_mask_with_chars.5[1]", event.LevelFail},
		{func(e *EventsConfig) { e.MaskHash = []encode.HashMask{{Columns: both}} }, "events.column_mask_hash[0].columns[1]", event.LevelFail},
		{func(e *EventsConfig) { e.TruncateToChars = map[int][]string{5: both} }, "events.column_truncate_to_chars.5[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.PropagateSourceType = both }, "events.column_propagate_source_type[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.PropagateDatatype = []string{"shop.users.varchar", "shop.users.VARCHRA"} }, "events.datatype_propagate_source_type[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.MessageKeyColumns = []string{"shop.orders:tenant,id", "shop.users:id,emial"} }, "events.message_key_columns[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.MessageKeyColumns = []string{"shop.orders:id", "shop.user:id"} }, "events.message_key_columns[1]", event.LevelWarn},
		{func(e *EventsConfig) { e.MessageKeyColumns = []string{"shop.*:id", "shop.orders:tenant"} }, "events.message_key_columns[1]", event.LevelWarn},
	} {
		e := defaultEvents(connectorMySQL)
		tt.set(&e)
		idle, err := e.idle(shopTables(), connectorMySQL)
		if err != nil || len(idle) != 1 || idle[0].Check != tt.at || idle[0].Level != tt.level || idle[0].Fix == "" {
			t.Errorf("%s: got %+v, %v", tt.at, idle, err)
		}
	}
}

// A mask hides text alone, and nothing of a key.
func TestMasksThatHideNothing(t *testing.T) {
	s := &event.Schema{Database: "shop", Table: "users", Columns: []event.Column{
		{Name: "id", Type: event.Type{Kind: event.KindString, Native: "varchar(20)"}},
		{Name: "salary", Type: event.Type{Kind: event.KindInt, Native: "int"}, Ord: 1},
		{Name: "email", Type: event.Type{Kind: event.KindString, Native: "varchar(20)"}, Ord: 2},
	}}
	s.Key = s.Columns[:1]
	e := defaultEvents(connectorMySQL)
	e.MaskWithChars = map[int][]string{5: {"shop.users.*"}}
	found, err := e.idle([]*event.Schema{s}, connectorMySQL)
	if err != nil || len(found) != 2 {
		t.Fatalf("got %+v, %v", found, err)
	}
	if found[0].Level != event.LevelWarn || !strings.Contains(found[0].Detail, "shop.users.id belongs to the record key") {
		t.Errorf("key: got %+v", found[0])
	}
	if found[1].Level != event.LevelFail || !strings.Contains(found[1].Detail, "shop.users.salary has type int") {
		t.Errorf("number: got %+v", found[1])
	}
}

func TestIdlePatternSaysWhatIsMeant(t *testing.T) {
	e := defaultEvents(connectorMySQL)
	e.MaskWithChars = map[int][]string{5: {"shop.users.emial"}}
	idle, err := e.idle(shopTables(), connectorMySQL)
	if err != nil || len(idle) != 1 || !strings.Contains(idle[0].Detail, `did you mean "shop.users.email"?`) || !strings.Contains(idle[0].Detail, "leaves as it is") {
		t.Errorf("got %+v, %v", idle, err)
	}
	if idle, err = e.idle(nil, connectorMySQL); err != nil || idle != nil {
		t.Errorf("got %+v, %v, want nothing said where there is no table", idle, err)
	}
}

// statsSource is a source with a note of its own.
type statsSource struct{ source }

func (statsSource) Stats() event.SourceStats { return event.SourceStats{Notes: []string{"own"}} }

func TestIdlePatternsBecomeNotes(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	var src source = statsSource{}
	src = withNotes(src, []event.Finding{{Check: "events.column_mask_with_chars.5[0]", Detail: "matches nothing", Fix: "correct it"}}, zap.New(core))
	var engine pipeline.Snapshotter = src
	notes := engine.Stats().Notes
	if len(notes) != 2 || notes[0] != "own" || notes[1] != "events.column_mask_with_chars.5[0]: matches nothing; correct it" {
		t.Errorf("got %q", notes)
	}
	if logs.Len() != 1 {
		t.Errorf("%d lines were logged, want one for each pattern", logs.Len())
	}
}

// tablesSource answers one question.
type tablesSource struct {
	source
	err error
}

func (s tablesSource) Doctor(_ context.Context) []event.Finding {
	return []event.Finding{{Level: event.LevelOK, Check: "connection"}}
}

func (s tablesSource) Schemas(_ context.Context) ([]*event.Schema, error) { return shopTables(), s.err }

func TestDoctorLooksAtPatterns(t *testing.T) {
	p := defaultPipeline(connectorMySQL)
	p.Events.MaskHash = []encode.HashMask{{Columns: []string{"shop.users.ssn"}}}
	b := &builder{config: &p}
	got := b.examineSource(t.Context(), tablesSource{})
	if len(got) != 2 || got[1].Level != event.LevelFail || got[1].Check != "events.column_mask_hash[0].columns[0]" {
		t.Errorf("got %+v", got)
	}
	got = b.examineSource(t.Context(), tablesSource{err: errors.New("gone")})
	if len(got) != 2 || got[1].Level != event.LevelFail || !strings.Contains(got[1].Detail, "gone") {
		t.Errorf("got %+v", got)
	}
}
