// Package sink delivers encoded frames to Kafka.
//
// # Path of a frame
//
// [Kafka.Write] looks up the topic of every record (a missing one is made
// first, and its size limit read), takes the frame's size from a budget of
// bytes, fills a pooled slab of client records whose keys and values are slices
// of the frame, and hands them to the client. The client puts each into a batch
// of the partition that murmur2 of the key names, or that the record says (one
// that isn't there is an error before anything of the frame is sent), compresses
// and sends. Behind the headers of every record stand those of its own. All
// records of a frame share one promise, which counts; the last one frees slab
// and budget and calls done. Nothing is copied or allocated per record here.
//
// # Order and failures
//
// The producer is idempotent and waits for all in-sync replicas, so within a
// partition records arrive in order and once, however often a request is sent
// again. While a broker can't be reached, records wait without a limit in time.
// A refusal that doesn't pass shuts the sink for good, before anything later of
// that key can be sent.
//
// # Concurrency
//
// Write has one caller. Limit, Flush, Ping, Stats, Doctor and Close may be
// called by anybody at any time. done runs on the client's goroutines.
//
// # Ownership
//
// A frame belongs to the sink from Write until done. Key and value bytes are
// read by the client until then.
//
// # Testing
//
// Tests run against kfake, a broker in the process, with faults put into it and
// connections cut; tests with the build tag integration run against a real
// broker.
package sink
