package main

import (
	"fmt"
	"io"

	"go.uber.org/zap"

	"cdc/event"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// warnings returns what a pipeline's options and rules probably don't mean.
func (c *Config) warnings(name string, rules programs) []error {
	p := c.Pipelines[name]
	d := &document{file: c.source.file, root: c.source.root}
	for _, w := range p.Events.warnings() {
		d.failAt("pipelines."+name+".events", w)
	}
	if err := p.warnQuery(); err != nil {
		d.failAt("pipelines."+name+".source."+p.Source.connector(), err)
	}
	return append(d.errs, asErrors(rules[name].Warnings(string(p.Source.snapshotMode())))...)
}

func asErrors(list []*rulefile.Error) []error {
	all := make([]error, len(list))
	for i, w := range list {
		all[i] = w
	}
	return all
}

// warner prints warnings, each once.
type warner struct {
	to   io.Writer
	told map[string]bool
}

func warnTo(w io.Writer) *warner { return &warner{w, map[string]bool{}} }

func (w *warner) tell(list []error) {
	for _, one := range list {
		if text := rulefile.Print(one); !w.told[text] {
			w.told[text] = true
			fmt.Fprintf(w.to, "warning: %s\n", text)
		}
	}
}

// warnOfTables logs what rules probably don't mean, as far as the captured tables tell.
func warnOfTables(rules transform.Compiled, tables []*event.Schema, log *zap.Logger) {
	p, ok := rules.(pipelineRules)
	if !ok {
		return
	}
	for _, w := range p.TableWarnings(tables) {
		logWarning(log, w)
	}
}

func logWarning(log *zap.Logger, w error) {
	log.Warn("a rule or an option may not do what is meant", zap.String("reason", w.Error()))
}
