package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// appendResult prints a result and adds it as one line to a file, unless path
// is empty.
func appendResult(out io.Writer, path string, result any) error {
	line, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	fmt.Fprintf(out, "%s\n", line)
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open results: %w", err)
	}
	_, err = fmt.Fprintf(file, "%s\n", line)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// readResults reads what appendResult has written; a file that isn't there
// holds nothing.
func readResults[T any](path string) ([]T, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open results: %w", err)
	}
	defer file.Close()
	var all []T
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// per divides, and rounds for the file; nothing per nothing is 0.
func per(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return round(a / b)
}

// round keeps what can be measured.
func round(f float64) float64 {
	const precision = 1000
	return math.Round(f*precision) / precision
}
