package main

import (
	"fmt"
	"io"
	"os"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"
)

func (c LogConfig) validate() error {
	if level, err := zapcore.ParseLevel(c.Level); err != nil || level > zapcore.ErrorLevel {
		return fmt.Errorf("level: %q is not one of debug, info, warn, error", c.Level)
	}
	switch c.Format {
	case "auto", "json", "console":
		return nil
	default:
		return fmt.Errorf("format: %q is not one of auto, json, console", c.Format)
	}
}

// newLogger logs to w. The configuration has been validated.
func newLogger(c LogConfig, w io.Writer) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(c.Level)
	if err != nil {
		return nil, err
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.ISO8601TimeEncoder
	enc.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(enc)
	if c.console(w) {
		enc.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		encoder = zapcore.NewConsoleEncoder(enc)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.AddSync(w), level)), nil
}

// console reports whether the log at w is for people to read.
func (c LogConfig) console(w io.Writer) bool {
	return c.Format == "console" || (c.Format == "auto" && isTerminal(w))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
