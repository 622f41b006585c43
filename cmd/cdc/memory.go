package main

import (
	"os"
	"runtime/debug"
)

const (
	// baseMemory is what the process needs beside the buffers of its pipelines.
	baseMemory = 32 << 20
	// perBuffer is how many times a pipeline's buffer_bytes it may need in all:
	// batches and frames on their way, the client's requests, and what the
	// collector hasn't collected yet.
	perBuffer = 4
	gcPercent = 50
)

// limitMemory sizes the collector to the pipelines' buffers. Little is allocated
// per row, so collecting more often than usual costs little and keeps the
// process small. The limit is soft: rows larger than it still go through. GOGC
// and GOMEMLIMIT in the environment have the last word.
func limitMemory(c *Config) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		limit := int64(baseMemory)
		for _, p := range c.Pipelines {
			limit += perBuffer * int64(p.Sink.Kafka.BufferBytes)
		}
		debug.SetMemoryLimit(limit)
	}
}
