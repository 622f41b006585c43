package main

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"cdc/admin"
	"cdc/pipeline"
	"cdc/transform"
)

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the pipelines of a configuration file",
		Long: "Run the pipelines of a configuration file until SIGTERM or SIGINT: then what was\n" +
			"read is delivered, the offsets are stored and the source is told, within\n" +
			"stop_timeout. A second signal ends the process at once.\n\n" +
			"A pipeline that fails for good leaves the others running. The exit code is 1\n" +
			"when one has failed, 3 when the configuration or a rule file can't be used.",
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, rules, err := loadAll(*file)
		if err != nil {
			return err
		}
		log, err := newLogger(c.Log, cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		limitMemory(c)
		defer log.Sync() //nolint:errcheck // standard error can't always be synced
		err = runPipelines(cmd.Context(), c, rules, log)
		if failed, ok := errors.AsType[*pipelineFailure](err); ok && !c.Log.console(cmd.ErrOrStderr()) {
			return &reported{failed} // the log has it
		}
		return err
	}
	return cmd
}

// loadAll reads everything that running needs: the configuration and the files
// that it names.
func loadAll(file string) (*Config, programs, error) {
	c, err := loadConfig(file)
	if err != nil {
		return nil, nil, err
	}
	filesErr := c.checkFiles()
	rules, err := loadRules(c)
	if filesErr != nil {
		return nil, nil, joinConfig([]error{filesErr, err})
	}
	return c, rules, err
}

// runPipelines runs everything until ctx ends or no pipeline is left.
func runPipelines(ctx context.Context, c *Config, rules programs, log *zap.Logger) error {
	m := pipeline.NewManager(log)
	for _, name := range c.names() {
		b := &builder{name: name, config: c.Pipelines[name], rules: rules[name], live: transform.NewLive(rules[name])}
		if isTerminal(os.Stderr) {
			b.terminal = os.Stderr
		}
		for _, w := range c.warnings(name, rules) {
			log.Warn("a rule or an option may not do what is meant", zap.String("pipeline", name), zap.String("reason", w.Error()))
		}
		m.Add(name, b.build)
	}
	var server sync.WaitGroup
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer server.Wait()
	defer stopServing()
	if c.Admin.Listen != "" {
		s, err := admin.New(ctx, c.Admin, version, m.Status, log.Named("admin"))
		if err != nil {
			return err
		}
		log.Info("admin server listens", zap.String("address", s.Addr()))
		server.Go(func() {
			if err := s.Run(serving); err != nil {
				log.Error("admin server ended", zap.Error(err))
			}
		})
	}
	log.Info("started", zap.String("version", version), zap.Strings("pipelines", c.names()))
	defer context.AfterFunc(ctx, func() {
		log.Info("asked to stop: delivering what was read; a second signal ends the process at once")
	})()
	if err := m.Run(ctx); err != nil {
		return &pipelineFailure{err}
	}
	log.Info("stopped")
	return nil
}

// pipelineFailure is the error of the pipelines that have failed. The manager has
// logged each of them.
type pipelineFailure struct{ err error }

func (e *pipelineFailure) Error() string { return e.err.Error() }
func (e *pipelineFailure) Unwrap() error { return e.err }

// programs holds the compiled rules of each pipeline.
type programs map[string]pipelineRules

// joinConfig makes one *configError of several errors, nil of none.
func joinConfig(errs []error) error {
	if err := errors.Join(errs...); err != nil {
		return &configError{err}
	}
	return nil
}
