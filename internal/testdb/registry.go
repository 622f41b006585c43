package testdb

import (
	"os"
	"testing"

	"cdc/internal/testbed"
)

// Registry returns the URL of the shared schema registry, which speaks
// Confluent's API. Its subjects are shared too: name topics with UniqueName.
func Registry(t testing.TB) string {
	t.Helper()
	if url := os.Getenv(testbed.Registry.Env()); url != "" {
		return url
	}
	s := shared(t, testbed.Registry)
	return "http://" + s.Addr() + testbed.RegistryPath
}

// NewRegistry starts a schema registry for this test alone and returns the URL
// of its API. It forgets its schemas when it is stopped.
func NewRegistry(t testing.TB) (d *Dedicated, url string) {
	t.Helper()
	d = New(t, testbed.Registry)
	return d, d.server.RegistryURL()
}

// AvroClasspath returns the classpath of Apache Avro's own classes and
// Jackson's, for a test that has records read by them.
func AvroClasspath(t testing.TB) string {
	t.Helper()
	bed, err := testbed.Find()
	check(t, err)
	path, err := bed.AvroClasspath()
	check(t, err)
	return path
}
