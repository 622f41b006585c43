// Package proc reads CPU time and peak memory of processes from /proc (Linux).
//
// # Path of one figure
//
// A caller asks twice, before and after what it measures, and takes the
// difference. A process that is gone has used nothing: a measurement goes on
// when one that it only accounts for ends.
//
// # Concurrency
//
// Functions without state.
//
// # Ownership
//
// Nothing is kept open.
//
// # Testing
//
// The tests read this process and a child.
package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ticks is what the kernel counts CPU time in (USER_HZ), a second.
const ticks = 100

// stat returns the fields of /proc/PID/stat behind the name of the program,
// which may hold blanks itself. The first one is field 3 of proc(5).
func stat(pid int) []string {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// CPU is user plus system time in seconds of a process with all its threads; 0
// when it is gone.
func CPU(pid int) float64 {
	f := stat(pid)
	if len(f) < 13 {
		return 0
	}
	return seconds(f[11]) + seconds(f[12])
}

func seconds(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return n / ticks
}

// ChildrenCPU is the CPU time in seconds of those children of a process whose
// command line holds word.
func ChildrenCPU(parent int, word string) (sum float64) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	for _, path := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if f := stat(pid); len(f) < 2 || f[1] != strconv.Itoa(parent) {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		if err == nil && bytes.Contains(line, []byte(word)) {
			sum += CPU(pid)
		}
	}
	return sum
}

// PeakRSS is the largest resident memory that a process has had, in MiB; 0 when
// it is gone.
func PeakRSS(pid int) float64 {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		kib, found := strings.CutPrefix(line, "VmHWM:")
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(kib, "kB")), 64)
		if err != nil {
			return 0
		}
		return n / 1024
	}
	return 0
}

// Machine returns busy and all CPU seconds of the whole machine since it began.
func Machine() (busy, total float64) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	const idle, iowait, columns = 3, 4, 8
	for i, field := range strings.Fields(line)[1:] {
		if i == columns {
			break
		}
		n := seconds(field)
		total += n
		if i != idle && i != iowait {
			busy += n
		}
	}
	return busy, total
}
