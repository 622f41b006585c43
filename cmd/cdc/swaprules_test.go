package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/admin"
	"cdc/binlog"
	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/pipeline"
	"cdc/sink"
	"cdc/sink/encode"
)

// served is a pipeline as "cdc run" has it, whose database is the test.
type served struct {
	*reloader
	file    string
	table   *event.Schema
	manager *pipeline.Manager
	logs    *observer.ObservedLogs
	encoder *encode.Encoder
}

func serve(t *testing.T, rules string) *served {
	t.Helper()
	s := &served{file: filepath.Join(t.TempDir(), "rules.yaml"), table: cdctest.Table("shop.people", cdctest.Key("id", event.KindInt), cdctest.Col("mail", event.KindString))}
	s.write(t, rules)
	p := defaultPipeline(connectorMySQL)
	p.Source.MySQL, p.Sink.Kafka, p.Rules = &binlog.Config{}, &sink.Config{TopicPrefix: "shop"}, []string{s.file}
	p.Events.RulesHeader = "cdc.rules"
	c := &Config{Pipelines: map[string]*PipelineConfig{"shop": &p}, source: &document{}}
	programs, err := loadRules(c)
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	s.logs, s.manager = logs, pipeline.NewManager(zap.NewNop())
	s.reloader = addPipelines(s.manager, c, programs, zap.New(core))["shop"]
	s.tables = func(context.Context) ([]*event.Schema, error) { return []*event.Schema{s.table}, nil }
	if s.encoder, err = encode.New(s.builder.encoding(nil, nil)); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *served) write(t *testing.T, rules string) {
	t.Helper()
	if err := os.WriteFile(s.file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
}

// swap brings rules into force.
func (s *served) swap(t *testing.T, rules string) {
	t.Helper()
	s.write(t, rules)
	if done, err := s.reload(t.Context(), false); err != nil || done.Result != admin.Changed {
		t.Fatalf("%+v, %v", done, err)
	}
}

// rows takes rows with such mail through the rules of a generation, and returns the
// value of the header of each record, with its topic.
func (s *served) rows(t *testing.T, gen uint32, mail ...any) []string {
	t.Helper()
	n := cdctest.NewBatch()
	for i, m := range mail {
		n.Insert(s.table, i, m)
	}
	b := n.Batch()
	b.Gen = gen
	if err := s.builder.live.Run(b); err != nil {
		t.Fatal(err)
	}
	var f event.Frame
	if err := s.encoder.Encode(&f, b); err != nil {
		t.Fatal(err)
	}
	var list []string
	for i := range f.Records {
		r := &f.Records[i]
		text := r.Target.Topic
		if r.Target.Headers != nil {
			for _, h := range *r.Target.Headers {
				text += fmt.Sprintf(" %s=%s", h.Key, h.Value)
			}
		}
		list = append(list, text)
	}
	return list
}

func mailRule(name, onError, topic string) string {
	return "version: 1\nrules:\n- name: " + name + "\n  tables: [shop.people]\n  on_error: " + onError + "\n  topic: \"" + topic + "\"\n"
}

// The header names the rules that made a record, before and after a swap, and also for
// what was read before it.
func TestRulesHeaderFollowsTheSwap(t *testing.T) {
	s := serve(t, mailRule("r", "fail", "first"))
	live := s.builder.live
	live.Newest()
	s.swap(t, mailRule("r", "fail", "second"))
	one, two := live.Hash(1), live.Hash(2)
	for i, got := range [][]string{s.rows(t, 1, "a"), s.rows(t, 2, "a"), s.rows(t, 1, "b")} {
		want := []string{"first cdc.rules=" + one, "second cdc.rules=" + two, "first cdc.rules=" + one}[i]
		if len(got) != 1 || got[0] != want || one == two {
			t.Errorf("%d: got %q, want %q", i, got, want)
		}
	}
}

// Rules of every generation tell the log of the pipeline, and no value.
func TestRulesTellTheLog(t *testing.T) {
	s := serve(t, mailRule("first", "drop", "t.${row.mail}"))
	s.builder.live.Newest()
	s.swap(t, mailRule("second", "dead_letter", "t.${row.mail}"))
	s.builder.live.Newest()
	s.swap(t, mailRule("third", "keep", "t.${string(int(row.mail))}"))
	const secret = "ann@example.test"
	s.rows(t, 2, secret, nil, nil)
	s.rows(t, 1, secret, nil)
	s.rows(t, 3, secret, nil)
	var told []string
	for _, e := range s.logs.FilterMessage("a rule failed for a row").All() {
		text := fmt.Sprint(e.ContextMap())
		told = append(told, fmt.Sprint(e.ContextMap()["rule"]))
		if strings.Contains(text, "ann") || !strings.Contains(text, "binlog.000001:") || !strings.Contains(text, "shop.people") || !strings.Contains(text, "rules.yaml:6:10") || e.Level != zap.WarnLevel || e.ContextMap()["pipeline"] != "shop" {
			t.Errorf("told %s at %s", text, e.Level)
		}
	}
	if got := strings.Join(told, " "); got != "second first third" {
		t.Errorf("told by %q, want each once", got)
	}
	counts := s.manager.Status()[0].Rules.Counts
	if text := fmt.Sprint(counts); text != "[{third 2 0 map[keep:2]} {first 2 0 map[drop:1]} {second 3 0 map[dead_letter:2]}]" {
		t.Errorf("counts %s", text)
	}
	s.builder.live.Release(3)
	if again := s.manager.Status()[0].Rules.Counts; fmt.Sprint(again) != fmt.Sprint(counts) {
		t.Errorf("counts %v, and before the old rules were let go %v", again, counts)
	}
}
