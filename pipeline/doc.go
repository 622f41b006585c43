// Package pipeline is the engine: it joins a source, rules, an encoder, a sink
// and an offset store, and knows nothing of MySQL, PostgreSQL or Kafka.
//
// # Path of one batch
//
//	source goroutine: Source.Stream fills an event.Batch and calls the junction
//	                  (TryEmit): byte budget, a ticket in the queue of the
//	                  workers and the same ticket in the queue of the writer
//	worker:           Rules.Run, Encoder.Encode; the batch returns to its pool
//	writer:           takes tickets in order, waits for each to be encoded, and
//	                  gives the frame to the tracker and to Sink.Write
//	sink, any order:  done(frame, err)
//	tracker:          the longest run of acknowledged frames from the start; its
//	                  last checkpoint may be stored
//	saver:            Source.Position, Offsets.Save, Source.Ack, at most once a
//	                  second
//
// Data goes down in batches; the only thing that comes up is a checkpoint.
//
// # Concurrency
//
// A batch belongs to the source until TryEmit takes it, then to one worker; a
// frame belongs to the worker, the writer, the sink and at last the tracker. The
// source uses the junction from one goroutine; heartbeats come from another, and
// a lock keeps both queues in one order. Order is kept by the queue of tickets, so
// encoding may run in parallel.
//
// # Marks
//
// What isn't a row (a transaction's begin and end, a statement, a message) lies in
// the batch as an event.Mark and takes the same way. The engine adds heartbeats:
// behind the rows of a batch when the interval has passed, in a batch of their own
// while the source emits nothing. They bring no position.
//
// # Generations of rules
//
// The rules may be swapped while the pipeline runs. Each generation has a number:
// the source asks for the newest at the beginning of a transaction, decodes by it,
// and puts its number into the batch; a worker runs the batch by it, the frame
// carries it, and the hash that is stored with a position is that of the frame
// which brought the position. Numbers only rise along the batches of a run (a
// snapshot keeps one from its plan to its end), so when a frame is acknowledged,
// the generations before its own are let go.
//
// # What bounds memory
//
// The budget counts the bytes of batches and frames from TryEmit to the
// acknowledgement. It refuses a batch when it is used up; the source then stops
// reading. A frame may be larger than its batch, so use may go over the budget
// by what the tickets (a fixed number) hold.
//
// # Failure
//
// Whatever was handed over before the failing batch is still delivered and its
// position stored; then Run returns the error. Run never goes on after an error:
// [Manager] builds a new pipeline, which starts from the stored offset.
//
// # Testing
//
// Tests run the engine on scripted sources and sinks; the real ones are joined
// in cmd/cdc.
package pipeline
