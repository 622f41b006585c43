package main

import (
	"os"
	"runtime/debug"
)

const (
	// baseMemory is what the process needs beside the buffers of its pipelines.
	baseMemory = 42 << 20
	// perBuffer is how many times a pipeline's buffer_bytes it may need in all:
	// batches and frames on their way, the client's requests, and what the
	// collector hasn't collected yet.
	perBuffer = 4
)

// limitMemory sizes the collector to the pipelines' buffers: it collects sooner
// than usual when the process grows beyond what they need. (A lower GOGC instead
// does so also when there is no need, and then empties the client's pool of
// request buffers so often that making them anew costs more than all else.) The
// limit is soft: rows larger than it still go through. GOMEMLIMIT in the
// environment has the last word.
func limitMemory(c *Config) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := int64(baseMemory)
	for _, p := range c.Pipelines {
		limit += perBuffer * int64(p.Sink.Kafka.BufferBytes)
	}
	debug.SetMemoryLimit(limit)
}
