//go:build integration

package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// parallel is more than there are cores: most of the time a test waits for
// servers.
const parallel = "5"

// binary builds the program once for all tests, into a folder that TestMain
// removes.
var binary = sync.OnceValues(func() (string, error) { return buildBinary(binaryDir) })

var binaryDir string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	flag.Parse()
	if err := flag.Set("test.parallel", parallel); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "cdc-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder that is left says so itself
	binaryDir = dir
	return m.Run()
}

// buildBinary builds cdc, with the race detector if these tests have it.
func buildBinary(dir string) (string, error) {
	path := filepath.Join(dir, "cdc")
	args := []string{"build", "-o", path}
	if raceEnabled {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "cdc/cmd/cdc")...) //nolint:noctx // it outlives the test that asks first
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
}
