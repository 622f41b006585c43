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
			"SIGHUP loads the rule files anew, --watch does so when they change, and so does\n" +
			"POST /pipelines/NAME/rules/reload of the admin server. Rules that can be used come\n" +
			"into force with the next transaction; of others nothing does.\n\n" +
			"A pipeline that fails for good leaves the others running. The exit code is 1\n" +
			"when one has failed, 3 when the configuration or a rule file can't be used.",
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	watch := cmd.Flags().Bool("watch", false, "load rule files anew when they, or the files of their secrets, change")
	test := cmd.Flags().Bool("test-rules", false, "run the tests in rule files whenever they are loaded anew; rules whose tests fail don't come into force")
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
		err = runPipelines(cmd.Context(), c, rules, reloading{watch: *watch, test: *test}, log)
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

// reloading says how rules are loaded anew.
type reloading struct {
	watch bool // when their files change
	test  bool // their tests are run
}

// runPipelines runs everything until ctx ends or no pipeline is left.
func runPipelines(ctx context.Context, c *Config, rules programs, how reloading, log *zap.Logger) error {
	m := pipeline.NewManager(log)
	all := addPipelines(m, c, rules, log)
	for _, r := range all {
		r.always = how.test
	}
	var beside sync.WaitGroup // what runs as long as the pipelines
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	defer beside.Wait()
	defer end()
	if c.Admin.Listen != "" {
		s, err := admin.New(ctx, c.Admin, admin.Service{Version: version, Status: m.Status, Reload: all.reload}, log.Named("admin"))
		if err != nil {
			return err
		}
		log.Info("admin server listens", zap.String("address", s.Addr()))
		beside.Go(func() {
			if err := s.Run(running); err != nil {
				log.Error("admin server ended", zap.Error(err))
			}
		})
	}
	reloads, endReloading := context.WithCancel(ctx)
	defer endReloading()
	beside.Go(all.onSignal(reloads, c.names(), log))
	for _, name := range c.names() {
		if how.watch && len(c.Pipelines[name].Rules) > 0 {
			beside.Go(func() { all[name].watch(reloads) })
		}
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

// addPipelines gives the manager the pipelines, and returns what loads their rules
// anew.
func addPipelines(m *pipeline.Manager, c *Config, rules programs, log *zap.Logger) reloaders {
	all := reloaders{}
	for _, name := range c.names() {
		b := &builder{name: name, config: c.Pipelines[name], rules: rules[name], live: transform.NewLive(rules[name])}
		if isTerminal(os.Stderr) {
			b.terminal = os.Stderr
		}
		r := newReloader(b, m, log.With(zap.String("pipeline", name)))
		r.warn = func(now pipelineRules) {
			for _, w := range c.warnings(name, programs{name: now}) {
				logWarning(r.log, w)
			}
		}
		r.warn(rules[name])
		rules[name].Tell(r.tell)
		m.Add(name, b.build)
		m.Rules(name, r.status)
		all[name] = r
	}
	return all
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
