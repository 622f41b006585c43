package pipeline

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"cdc/event"
)

// snapshot reads all tables through out and returns where streaming starts. The
// last thing it emits is the checkpoint that ends the snapshot.
func (p *Pipeline) snapshot(ctx context.Context, previous []byte, out event.Emitter) (event.Position, error) {
	p.phase.Store(PhaseSnapshot)
	sel := p.parts.Rules.Newest() // from the plan to the end, however often they are swapped
	if previous != nil {
		p.log.Info("an earlier snapshot was interrupted; starting it over")
	}
	plan, err := p.parts.Source.PlanSnapshot(ctx, previous)
	if err != nil {
		return "", err
	}
	// From here on a restart knows that a snapshot had begun, and what of the
	// server's is ours. Without this, death after the slot is made and before
	// the first row would leave a slot that nobody dares to drop.
	if err := p.saver.begin(ctx, plan, p.parts.Rules.Hash(sel.Generation())); err != nil {
		return "", fmt.Errorf("save the beginning: %w", err)
	}
	view, err := p.parts.Source.OpenView(ctx, plan, sel)
	if err != nil {
		return "", err
	}
	start := view.Start()
	readErr := p.readView(ctx, view, out)
	if err := errors.Join(readErr, view.Close(context.WithoutCancel(ctx))); err != nil {
		return "", err
	}
	end := out.Batch()
	end.Next, end.Gen = event.Checkpoint{Fixed: start, Valid: true}, sel.Generation()
	if p.opt.HeartbeatInterval > 0 {
		end.Marks = append(end.Marks, heartbeat(end)) // the first position is known
	}
	if _, err := event.Emit(ctx, out, end); err != nil {
		return "", err
	}
	return start, nil
}

func (p *Pipeline) readView(ctx context.Context, view View, out event.Emitter) error {
	m := &marker{Emitter: out, stats: p.opt.Stats}
	if a, ok := view.(event.Announcer); ok {
		if err := a.Announce(ctx, m); err != nil {
			return fmt.Errorf("announce tables: %w", err)
		}
	}
	if p.opt.Snapshot == SnapshotNoData {
		p.log.Info("snapshot mode no_data: only the position was taken")
		return m.finish(ctx)
	}
	if err := p.readTables(ctx, view, m); err != nil {
		return err
	}
	if err := m.finish(ctx); err != nil {
		return err
	}
	p.log.Info("snapshot read", zap.Int("tables", len(view.Tables())), zap.Uint64("rows", m.rows.Load()))
	return nil
}

func (p *Pipeline) readTables(ctx context.Context, view View, m *marker) error {
	progress := startProgress(p.log, p.opt.Terminal, m)
	defer progress.stop()
	for i, s := range view.Tables() {
		m.startTable(i == 0)
		progress.table(s, view.Estimate(s))
		if err := view.Read(ctx, s, m); err != nil {
			return fmt.Errorf("read %s: %w", s.Name(), err)
		}
		m.endTable()
		progress.tableDone()
	}
	return nil
}
