package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"cdc/event"
	"cdc/internal/dryrun"
	"cdc/pgwal"
	"cdc/sink/encode"
)

func newTap() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tap",
		Short: "Show live changes as the rules make them",
		Long: "Read the log of a pipeline's source from now on, take the changes through the rules,\n" +
			"and print the records, one JSON object per line. Nothing is committed: no offset is\n" +
			"read or stored, no topic is written. MySQL and MariaDB see one more replica with an\n" +
			"id of its own; on PostgreSQL a temporary slot is used, which goes with the connection,\n" +
			"and the publication must be there. Masks hold here as everywhere. The pipeline may run\n" +
			"meanwhile.\n\n" +
			"It ends after -n records, after --timeout, or at Ctrl-C.",
		Example: lines("cdc tap -c cdc.yaml", "cdc tap -c cdc.yaml -p shop -n 3 --rules rules/new.yaml --timeout 1m"),
		Args:    cobra.NoArgs,
	}
	file := configFlag(cmd)
	pipeline := pipelineFlag(cmd)
	n := cmd.Flags().IntP("number", "n", 10, "end after so many records; 0 never")
	rules := cmd.Flags().StringArray("rules", nil, "rule file in place of the pipeline's; may be given several times")
	timeout := cmd.Flags().Duration("timeout", 0, "end after this time; 0s never")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *n < 0 || *timeout < 0 {
			return &usageError{fmt.Errorf("-n and --timeout can't be negative; see %s --help", cmd.CommandPath())}
		}
		c, name, err := pipelineOf(*file, named(*pipeline))
		if err != nil {
			return err
		}
		config := *c.Pipelines[name]
		if len(*rules) > 0 {
			config.Rules = *rules
		}
		ctx := cmd.Context()
		if *timeout > 0 {
			limited, cancel := context.WithTimeoutCause(ctx, *timeout, errTapEnds)
			defer cancel()
			ctx = limited
		}
		b := &builder{name: name, config: &config}
		return b.tap(ctx, *n, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// errTapEnds is the cause with which a tap ends as it should.
var errTapEnds = errors.New("the tap ends")

// tap prints the next n records.
func (b *builder) tap(ctx context.Context, n int, out, notes io.Writer) error {
	var err error
	if b.rules, err = b.config.program(); err != nil {
		return &configError{err}
	}
	log, err := newLogger(LogConfig{Level: "warn", Format: "console"}, notes)
	if err != nil {
		return err
	}
	src, capture, err := b.tapSource(log)
	if err != nil {
		return err
	}
	encoder, err := encode.New(dryrun.WithoutRegistry(b.encoding(nil, capture.Unfit)))
	if err != nil {
		return errors.Join(err, src.Close(ctx))
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	t := &tap{rules: b.rules, encoder: encoder, out: out, left: n, endless: n == 0, end: end, batch: new(event.Batch)}
	fmt.Fprintf(notes, "pipeline %s: waiting for changes\n", b.name)
	err = src.Stream(ctx, "", b.rules, t)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.config.StopTimeout)
	defer cancel()
	closeErr := src.Close(closing)
	fmt.Fprintf(notes, "pipeline %s: %d changes seen, %d records shown\n", b.name, t.rows, t.shown)
	switch {
	case t.err != nil:
		return asRuleError(t.err)
	case ctx.Err() != nil: // as many as asked for, the timeout, or a signal
		return closeErr
	default:
		return errors.Join(asRuleError(err), closeErr)
	}
}

// tapSource makes a source that leaves nothing behind and is in nobody's way.
func (b *builder) tapSource(log *zap.Logger) (source, event.Capture, error) {
	capture, err := b.capture(log)
	if err != nil {
		return nil, capture, err
	}
	capture.Transactions, capture.SchemaChanges = false, false // rules don't see them
	s := &b.config.Source
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		return nil, capture, fmt.Errorf("choose a name: %w", err)
	}
	switch {
	case s.MySQL != nil:
		c := *s.MySQL
		c.ServerID = replicaID(random)
		s.MySQL = &c
	case s.MariaDB != nil:
		c := *s.MariaDB
		c.ServerID = replicaID(random)
		s.MariaDB = &c
	default:
		c := *s.Postgres
		c.Slot = "cdc_tap_" + hex.EncodeToString(random)
		c.TemporarySlot, c.PublicationAutocreate = true, pgwal.Disabled
		s.Postgres = &c
	}
	src, err := b.source(log, &passingJournal{}, capture)
	return src, capture, err
}

// replicaID makes an id that is far from those that people give.
func replicaID(random []byte) uint32 { return binary.LittleEndian.Uint32(random) | 1<<31 }

// passingJournal keeps the history of tables as long as a tap lasts.
type passingJournal struct{ entries [][]byte }

func (j *passingJournal) Append(_ context.Context, entry []byte) error {
	j.entries = append(j.entries, append([]byte{}, entry...))
	return nil
}

func (j *passingJournal) Replay(_ context.Context, fn func([]byte) error) error {
	for _, e := range j.entries {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (j *passingJournal) Reset(context.Context) error {
	j.entries = nil
	return nil
}

// tap takes batches from a source and prints what the rules make of them.
type tap struct {
	rules   pipelineRules
	encoder *encode.Encoder
	out     io.Writer
	left    int // records that are still wanted
	endless bool
	end     context.CancelCauseFunc
	batch   *event.Batch
	frame   event.Frame
	err     error // what went wrong in rules, encoder or output
	rows    int
	shown   int
}

// Batch implements event.Emitter.
func (t *tap) Batch() *event.Batch { return t.batch }

// Hungry implements event.Emitter: every commit is shown at once.
func (t *tap) Hungry() bool { return true }

// Room implements event.Emitter; there is always room.
func (t *tap) Room() <-chan struct{} { return nil }

// TryEmit implements event.Emitter.
func (t *tap) TryEmit(b *event.Batch) (*event.Batch, bool) {
	if t.err == nil && (t.endless || t.left > 0) {
		if t.err = t.show(b); t.err != nil || !t.endless && t.left == 0 {
			t.end(errTapEnds)
		}
	}
	b.Reset()
	return b, true
}

// show takes a batch through rules and encoder, and prints its records.
func (t *tap) show(b *event.Batch) error {
	b.Marks = b.Marks[:0] // no rule sees them
	t.rows += len(b.Rows)
	if err := t.rules.Run(b); err != nil {
		return err
	}
	t.frame.Reset()
	err := t.encoder.Encode(&t.frame, b)
	records := dryrun.Records(&t.frame)
	for i := range records {
		if !t.endless && t.left == 0 {
			return nil
		}
		t.left, t.shown = t.left-1, t.shown+1
		if _, err := t.out.Write(append(records[i].AppendJSON(nil), '\n')); err != nil {
			return err
		}
	}
	return err
}

var _ event.Emitter = (*tap)(nil)
