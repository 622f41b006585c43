//go:build integration

package testdb_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"cdc/internal/testdb"
)

func TestRegistryRoundTrip(t *testing.T) {
	_, own := testdb.NewRegistry(t)
	for name, url := range map[string]string{"shared": testdb.Registry(t), "dedicated": own} {
		t.Run(name, func(t *testing.T) {
			client, err := sr.NewClient(sr.URLs(url))
			if err != nil {
				t.Fatal(err)
			}
			const text = `{"type":"record","name":"R","fields":[{"name":"id","type":"int"}]}`
			id, err := client.RegisterSchema(t.Context(), testdb.UniqueName(t)+"-value", sr.Schema{Schema: text}, -1, -1)
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.SchemaByID(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if got.Schema != text {
				t.Errorf("got %s, want the text that was registered", got.Schema)
			}
		})
	}
}

func TestAvroClasspath(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "javap", "-cp", testdb.AvroClasspath(t), "org.apache.avro.generic.GenericDatumReader").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "GenericDatumReader") {
		t.Errorf("no Avro classes: %v\n%s", err, out)
	}
}
