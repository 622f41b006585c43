package admin

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cdc/pipeline"
)

// metric is one number of a pipeline.
type metric struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(pipeline.Status) float64
}

func describe(name, help string, kind prometheus.ValueType, value func(pipeline.Status) float64) metric {
	return metric{prometheus.NewDesc("cdc_"+name, help, []string{"pipeline"}, nil), kind, value}
}

var metrics = []metric{
	describe("rows_total", "Row changes from the source whose records are acknowledged, before rules.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.Rows.Load()) }),
	describe("records_total", "Records acknowledged by the sink.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.Records.Load()) }),
	describe("record_bytes_total", "Bytes of keys, values and headers acknowledged by the sink.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.Bytes.Load()) }),
	describe("snapshot_rows_total", "Rows read by snapshots.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.SnapshotRows.Load()) }),
	describe("unrepresentable_values_total", "Values that have no form in an event and were replaced as events.unrepresentable_values says.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.Unrepresentable()) }),
	describe("restarts_total", "Starts of the pipeline after an error.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.Restarts.Load()) }),
	describe("source_received_bytes_total", "Bytes received from the source by the running pipeline.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Source.Bytes) }),
	describe("source_reconnects_total", "Connections to the source that the running pipeline made again.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Source.Reconnects) }),
	describe("source_connected", "1 while the stream from the source is open.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { return truth(s.Source.Connected) }),
	describe("source_lag_seconds", "From the commit of the last acknowledged transaction to its acknowledgement.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { return s.Stats.Lag().Seconds() }),
	describe("source_lag_bytes", "Bytes known to wait in the source's log; -1 for unknown.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { return float64(s.Source.LagBytes) }),
	describe("source_notes", "Things that a person should know though changes flow, such as tables that aren't captured; /readyz tells them.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { return float64(len(s.Source.Notes)) }),
	describe("offset_saves_total", "Positions stored.",
		prometheus.CounterValue, func(s pipeline.Status) float64 { return float64(s.Stats.Saves.Load()) }),
	describe("offset_age_seconds", "Since a position was last stored; -1 before the first time.",
		prometheus.GaugeValue, offsetAge),
	describe("buffer_bytes", "Bytes between source and acknowledgement.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { return float64(s.Stats.Used.Load()) }),
	describe("rules_generation", "Number of the rules in force; each set that comes into force has the next one.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { return float64(s.Rules.Generation) }),
	describe("ready", "1 when changes flow.",
		prometheus.GaugeValue, func(s pipeline.Status) float64 { ok, _ := s.Ready(); return truth(ok) }),
}

var (
	stateDesc  = prometheus.NewDesc("cdc_pipeline_state", "1 for the state that the pipeline is in.", []string{"pipeline", "state"}, nil)
	rulesDesc  = prometheus.NewDesc("cdc_rules_info", "1, with the hash of the rules in force.", []string{"pipeline", "hash"}, nil)
	reloadDesc = prometheus.NewDesc("cdc_rules_reload_total", "Attempts to load rules while the pipeline runs, by what became of them.",
		[]string{"pipeline", "result"}, nil)
	ruleRowsDesc = prometheus.NewDesc("cdc_rule_rows_total", "Rows that were offered to a rule, by whether its condition took them. Rules that are gone keep their counts.",
		[]string{"pipeline", "rule", "outcome"}, nil)
	ruleErrorsDesc = prometheus.NewDesc("cdc_rule_errors_total", "Failures of a rule, by what its on_error does with the row; those of dead_letter are the rows on the dead-letter topic.",
		[]string{"pipeline", "rule", "policy"}, nil)
	buildDesc = prometheus.NewDesc("cdc_build_info", "1, with the version.", []string{"version"}, nil)
)

func offsetAge(s pipeline.Status) float64 {
	saved := s.Stats.LastSaved()
	if saved.IsZero() {
		return -1
	}
	return time.Since(saved).Seconds()
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// collector turns statuses into metrics when it is asked.
type collector struct {
	version string
	status  func() []pipeline.Status
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- buildDesc
	ch <- stateDesc
	ch <- rulesDesc
	ch <- reloadDesc
	ch <- ruleRowsDesc
	ch <- ruleErrorsDesc
	for _, m := range metrics {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetric(buildDesc, prometheus.GaugeValue, 1, c.version)
	for _, s := range c.status() {
		ch <- prometheus.MustNewConstMetric(stateDesc, prometheus.GaugeValue, 1, s.Name, string(s.Phase))
		for _, m := range metrics {
			ch <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(s), s.Name)
		}
		collectRules(ch, s)
	}
}

func collectRules(ch chan<- prometheus.Metric, s pipeline.Status) {
	ch <- prometheus.MustNewConstMetric(rulesDesc, prometheus.GaugeValue, 1, s.Name, s.Rules.Hash)
	for result, n := range map[Result]uint64{
		Changed: s.Rules.Reloads.Changed, Unchanged: s.Rules.Reloads.Unchanged, Refused: s.Rules.Reloads.Refused,
	} {
		ch <- prometheus.MustNewConstMetric(reloadDesc, prometheus.CounterValue, float64(n), s.Name, string(result))
	}
	for _, r := range s.Rules.Counts {
		ch <- prometheus.MustNewConstMetric(ruleRowsDesc, prometheus.CounterValue, float64(r.Taken), s.Name, r.Rule, "taken")
		ch <- prometheus.MustNewConstMetric(ruleRowsDesc, prometheus.CounterValue, float64(r.Filtered), s.Name, r.Rule, "filtered")
		for policy, n := range r.Errors {
			ch <- prometheus.MustNewConstMetric(ruleErrorsDesc, prometheus.CounterValue, float64(n), s.Name, r.Rule, policy)
		}
	}
}
