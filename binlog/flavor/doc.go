// Package flavor tells the two families of servers apart that speak the same
// protocol: everything that reads text or bytes of one of them asks it where they
// differ.
//
// # Path of one item
//
// The configuration's kind of source becomes a [Flavor] once, and is handed down
// by value from there.
//
// # Concurrency, Ownership
//
// A Flavor is a number.
//
// # Testing
//
// Who asks is tested with both.
package flavor
