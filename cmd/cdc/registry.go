package main

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"cdc/pipeline"
	"cdc/sink/registry"
)

// registry makes the client of the schema registry; nil where no format needs
// one.
func (b *builder) registry(log *zap.Logger) (*registry.Client, error) {
	if !b.config.Format.Avro() {
		return nil, nil
	}
	return registry.New(b.config.Format.Registry, log.Named("registry"))
}

// registrySink is a sink whose records need a schema registry: while that is out
// of reach nothing is delivered, and closing the sink ends the wait for it.
type registrySink struct {
	pipeline.Sink
	registry *registry.Client
}

var _ pipeline.Watched = registrySink{}

// withRegistry returns s, or what closes the registry with it.
func withRegistry(s pipeline.Sink, r *registry.Client) pipeline.Sink {
	if r == nil {
		return s
	}
	return registrySink{s, r}
}

// Watch has the sink watch its connection, if it does so.
func (s registrySink) Watch(ctx context.Context) {
	if w, ok := s.Sink.(pipeline.Watched); ok {
		w.Watch(ctx)
	}
}

// Healthy returns why records can't be delivered.
func (s registrySink) Healthy() error {
	var err error
	if w, ok := s.Sink.(pipeline.Watched); ok {
		err = w.Healthy()
	}
	return errors.Join(err, s.registry.Healthy())
}

// Close ends the wait for the registry first: the sink may wait for who waits.
func (s registrySink) Close(ctx context.Context) error {
	s.registry.Close()
	return s.Sink.Close(ctx)
}
