package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.uber.org/zap"

	"cdc/admin"
	"cdc/event"
	"cdc/pipeline"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// reloader loads the rules of a running pipeline anew. Attempts come one after the
// other.
type reloader struct {
	builder *builder
	log     *zap.Logger
	tables  func(context.Context) ([]*event.Schema, error) // as they are now
	phase   func() pipeline.Phase
	restart func() bool
	// warn logs what rules probably don't mean.
	warn func(pipelineRules)
	// test runs the tests in rule files that were read; always: at every attempt.
	test   func(sources []*rulefile.Source) error
	always bool

	attempt sync.Mutex

	mu    sync.Mutex
	state pipeline.RulesStatus // what the rules themselves don't know; guarded by mu
}

func newReloader(b *builder, m *pipeline.Manager, log *zap.Logger) *reloader {
	return &reloader{
		builder: b, log: log, tables: b.tables, test: b.testRules,
		restart: func() bool { return m.Restart(b.name) },
		phase: func() pipeline.Phase {
			all := m.Status()
			i := slices.IndexFunc(all, func(s pipeline.Status) bool { return s.Name == b.name })
			return all[i].Phase
		},
	}
}

// refused are rules that don't come into force.
type refused struct {
	kind error // admin.ErrFiles or admin.ErrTables; nil where another attempt may succeed
	err  error
}

func (r *refused) Error() string {
	if r.kind == nil {
		return r.err.Error()
	}
	return r.kind.Error() + ": " + r.err.Error()
}

func (r *refused) Unwrap() []error {
	if r.kind == nil {
		return []error{r.err}
	}
	return []error{r.kind, r.err}
}

// reload loads the files, has their tests run where that is asked for, and brings
// what they hold into force, if it fits the tables. A pipeline that has failed is
// started again.
func (r *reloader) reload(ctx context.Context, test bool) (admin.Reloaded, error) {
	r.attempt.Lock()
	defer r.attempt.Unlock()
	before, _, _ := r.builder.live.Now()
	done := admin.Reloaded{Pipeline: r.builder.name, Before: before.Hash(), Result: admin.Unchanged}
	program, changed, err := r.try(ctx, test)
	switch {
	case err != nil:
		done.Result, done.Errors = admin.Refused, problems(err)
	case changed:
		done.Result = admin.Changed
		r.warn(program)
	}
	if err == nil {
		done.Restarted = r.restart()
	}
	now, gen, _ := r.builder.live.Now()
	done.After, done.Generation = now.Hash(), gen
	r.note(&done)
	return done, err
}

// try is one attempt.
func (r *reloader) try(ctx context.Context, test bool) (program pipelineRules, changed bool, err error) {
	sources, err := readRules(r.builder.config.Rules) // once: what is tested is what comes into force
	if err != nil {
		return nil, false, &refused{admin.ErrFiles, err}
	}
	if program, err = r.builder.config.compile(sources); err != nil {
		return nil, false, &refused{admin.ErrFiles, err}
	}
	if test || r.always {
		if err := r.test(sources); err != nil {
			return nil, false, &refused{admin.ErrFiles, err}
		}
	}
	tables, err := r.fits(ctx, program)
	if err != nil {
		return nil, false, err
	}
	program.Tell(r.tell)
	if changed, err = r.builder.live.Swap(program); err != nil {
		return nil, false, &refused{admin.ErrTables, ofTheLog(err)}
	}
	if changed {
		warnOfTables(program, tables, r.log)
	}
	return program, changed, nil
}

// ofTheLog tells that rules fit the tables as they are, and not as the rows that were
// read last have them.
func ofTheLog(err error) error {
	var list []error
	for _, e := range parts(err) {
		list = append(list, fmt.Errorf("%w, as the rows that were read last have it; load the rules again after its next row, or start again", e))
	}
	return errors.Join(list...)
}

// tablesTimeout is how long the server may take to describe the tables.
const tablesTimeout = 30 * time.Second

// fits checks the rules against the tables as they are now. The tables of a
// pipeline that isn't at work are looked at when it starts, so it is enough then
// that the rules fit, if the server can be asked: without that there are no tables.
func (r *reloader) fits(ctx context.Context, program pipelineRules) ([]*event.Schema, error) {
	ctx, cancel := context.WithTimeout(ctx, tablesTimeout)
	defer cancel()
	tables, err := r.tables(ctx)
	phase := r.phase()
	if err != nil && phase != pipeline.PhaseSnapshot && phase != pipeline.PhaseStreaming {
		r.log.Warn("the tables can't be read, so the rules are checked when the pipeline starts", zap.Error(err))
		return nil, nil
	}
	if err != nil {
		return nil, &refused{nil, fmt.Errorf("read the tables, which the rules must fit: %w", err)}
	}
	if err := checkRules(tables, program); err != nil {
		return nil, &refused{admin.ErrTables, err}
	}
	r.builder.live.Keep(tables)
	return tables, nil
}

// tables are those that are captured, as they are now.
func (b *builder) tables(ctx context.Context) ([]*event.Schema, error) {
	src, err := b.ask()
	if err != nil {
		return nil, err
	}
	tables, err := src.Schemas(ctx)
	return tables, errors.Join(err, src.Close(ctx))
}

// note logs an attempt and keeps what became of it.
func (r *reloader) note(done *admin.Reloaded) {
	fields := []zap.Field{zap.Strings("files", r.builder.config.Rules), zap.String("before", done.Before), zap.String("after", done.After), zap.Uint32("generation", done.Generation)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Problems = done.Errors
	switch done.Result {
	case admin.Changed:
		r.state.Reloads.Changed++
		if done.Before == done.After {
			r.log.Info("a secret of the rules has changed: transactions from now on are made with the new one", fields...)
			break
		}
		r.log.Info("the rules were swapped: transactions from now on are made by the new ones", fields...)
	case admin.Unchanged:
		r.state.Reloads.Unchanged++
		r.log.Info("the rule files mean the same as before", fields...)
	case admin.Refused:
		r.state.Reloads.Refused++
		r.state.Refused = time.Now()
		for _, text := range done.Errors {
			r.log.Error("the rules can't be used; those in force stay", zap.String("error", text), zap.String("hash", done.After))
		}
	}
	if done.Restarted {
		r.log.Info("the pipeline had failed and is started again")
	}
}

// tell logs what a rule has met, of any generation.
func (r *reloader) tell(n transform.Note) {
	message := "a rule has left a row out"
	if n.Failed {
		message = "a rule failed for a row"
	}
	r.log.Warn(message, zap.String("rule", n.Rule), zap.String("table", n.Table), zap.String("position", n.Position), zap.String("reason", n.Message))
}

// status says which rules hold, and what those and others have done.
func (r *reloader) status() pipeline.RulesStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	rules, gen, since := r.builder.live.Now()
	s.Hash, s.Generation, s.Since = rules.Hash(), gen, since
	for _, t := range r.builder.live.Totals() {
		s.Counts = append(s.Counts, pipeline.RuleCounts(t))
	}
	return s
}

// maxProblems is how many errors of one attempt are told.
const maxProblems = 25

// problems are the errors that were joined, one by one.
func problems(err error) []string {
	var list []string
	for _, e := range parts(err) {
		if text := e.Error(); !slices.Contains(list, text) { // a rule may not fit many tables
			list = append(list, text)
		}
	}
	if n := len(list); n > maxProblems {
		list = append(list[:maxProblems], fmt.Sprintf("%d more errors", n-maxProblems))
	}
	return list
}

func parts(err error) []error {
	switch e := err.(type) { //nolint:errorlint // what is wrapped deeper is part of one text
	case *refused:
		return parts(e.err)
	case *configError:
		return parts(e.err)
	case interface{ Unwrap() []error }:
		var texts []string
		for _, part := range e.Unwrap() {
			texts = append(texts, part.Error())
		}
		if strings.Join(texts, "\n") != err.Error() { // not just joined
			return []error{err}
		}
		var list []error
		for _, part := range e.Unwrap() {
			list = append(list, parts(part)...)
		}
		return list
	}
	return []error{err}
}

// reloaders are those of all pipelines, by name.
type reloaders map[string]*reloader

// reload is what the admin server calls.
func (all reloaders) reload(ctx context.Context, name string, test bool) (admin.Reloaded, error) {
	r := all[name]
	if r == nil {
		return admin.Reloaded{}, fmt.Errorf("%w: %q", admin.ErrNoPipeline, name)
	}
	return r.reload(ctx, test)
}

// onSignal takes SIGHUP from now on; the function that it returns loads the rules of
// all pipelines at each, until ctx ends.
func (all reloaders) onSignal(ctx context.Context, names []string, log *zap.Logger) (run func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
			}
			log.Info("SIGHUP: loading the rule files; what has changed in the configuration file takes effect at the next start")
			for _, name := range names {
				_, _ = all[name].reload(ctx, false) // it is logged
			}
		}
	}
}
