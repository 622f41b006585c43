package dryrun

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// PrintOptions say how a report is printed.
type PrintOptions struct {
	Verbose bool // passed tests are named too
	Colour  bool
}

// painter colours text, or doesn't.
type painter bool

const (
	red   = "\x1b[31m"
	green = "\x1b[32m"
	plain = "\x1b[0m"
)

func (p painter) paint(colour, text string) string {
	if !p {
		return text
	}
	return colour + text + plain
}

// Print writes what came of the tests, and a summary on the last line.
func (r *Report) Print(w io.Writer, o PrintOptions) error {
	paint := painter(o.Colour)
	var b strings.Builder
	for i := range r.Results {
		t := &r.Results[i]
		switch {
		case len(t.Failures) > 0:
			fmt.Fprintf(&b, "%s %s: %s\n", paint.paint(red, "FAIL"), t.At, t.Name)
			for j := range t.Failures {
				t.Failures[j].write(&b, paint)
			}
		case o.Verbose:
			fmt.Fprintf(&b, "%s %s: %s\n", paint.paint(green, "ok  "), t.At, t.Name)
		}
	}
	b.WriteString(r.summary(paint))
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) summary(paint painter) string {
	failed := r.Failed()
	took := r.Took.Round(time.Millisecond)
	switch {
	case len(r.Results) == 0:
		return "no tests\n"
	case failed > 0:
		return fmt.Sprintf("%s: %d of %s failed (%s)\n", paint.paint(red, "FAIL"), failed, count(len(r.Results), "test"), took)
	default:
		return fmt.Sprintf("%s: %s passed (%s)\n", paint.paint(green, "ok"), count(len(r.Results), "test"), took)
	}
}

// write writes a failure below the name of its test.
func (f *Failure) write(b *strings.Builder, paint painter) {
	for i, line := range strings.Split(f.Text, "\n") {
		indent := "    "
		if i > 0 {
			indent = "      "
		}
		b.WriteString(indent + line + "\n")
	}
	for _, d := range f.Differences {
		fmt.Fprintf(b, "      %s\n", d.Path)
		fmt.Fprintf(b, "        want  %s\n", paint.paint(green, d.Want))
		fmt.Fprintf(b, "        got   %s\n", paint.paint(red, d.Got))
	}
}

// text is the failure without colours, for other reports.
func (f *Failure) text() string {
	var b strings.Builder
	f.write(&b, false)
	return b.String()
}
