package proc

import (
	"os"
	"os/exec"
	"testing"
)

func TestThisProcess(t *testing.T) {
	before := CPU(os.Getpid())
	x := uint64(1)
	for CPU(os.Getpid()) < before+0.05 { // a few ticks of work
		for range 1_000_000 {
			x = x*6364136223846793005 + 1
		}
	}
	if rss := PeakRSS(os.Getpid()); rss < 1 || rss > 10_000 {
		t.Errorf("PeakRSS = %g MiB (%d)", rss, x)
	}
	busy, total := Machine()
	if busy <= 0 || total < busy {
		t.Errorf("Machine = %g busy of %g", busy, total)
	}
}

func TestChildren(t *testing.T) {
	// The loop burns CPU until it is killed; the marker is in its command line.
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "while :; do :; done # proc-test-marker")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	for ChildrenCPU(os.Getpid(), "proc-test-marker") == 0 { // ends with the test's limit
		continue
	}
	if got := ChildrenCPU(os.Getpid(), "no-such-marker"); got != 0 {
		t.Errorf("ChildrenCPU of no child = %g", got)
	}
}

func TestGone(t *testing.T) {
	const nobody = 1 << 30 // above the largest pid
	if cpu, rss := CPU(nobody), PeakRSS(nobody); cpu != 0 || rss != 0 {
		t.Errorf("a process that isn't there: CPU %g, RSS %g", cpu, rss)
	}
}
