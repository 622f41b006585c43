// Package cdctest builds tables and batches for tests of rules, encoders and
// the engine.
//
//	orders := cdctest.Table("shop.orders",
//		cdctest.Key("id", event.KindInt), cdctest.Col("status", event.KindString))
//	b := cdctest.NewBatch().
//		Insert(orders, 1, "NEW").
//		Update(orders, cdctest.Row{1, "NEW"}, cdctest.Row{1, "shipping"}).
//		Batch()
//
// # Concurrency, ownership
//
// A Builder belongs to one goroutine. Batch hands the batch over; the builder
// must not be used any more.
//
// # Testing
//
// It is used by tests only. What is wrong in a call panics: it is a mistake in
// the test.
package cdctest
