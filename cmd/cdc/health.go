package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newHealth() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask a running service for its health (for container health checks)",
		Long:  "Ask the admin server of a running service. The exit code is 0 when it is healthy\n(with --ready: when changes flow in every pipeline), else 1 with the reason.",
		Args:  cobra.NoArgs,
	}
	file := configFlag(cmd)
	address := cmd.Flags().String("address", "", "host:port of the admin server (default: admin.listen of the configuration)")
	ready := cmd.Flags().Bool("ready", false, "ask whether changes flow, not only whether the process works")
	timeout := cmd.Flags().Duration("timeout", 5*time.Second, "how long to wait for an answer")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		addr := *address
		if addr == "" {
			c, err := loadConfig(*file)
			if err != nil {
				return err
			}
			if addr = c.Admin.Listen; addr == "" {
				return &configError{fmt.Errorf("%s: admin.listen is not set, so there is nobody to ask; set it, or give --address", *file)}
			}
		}
		path := "/healthz"
		if *ready {
			path = "/readyz"
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), *timeout)
		defer cancel()
		text, err := ask(ctx, reachable(addr), path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
		return err
	}
	return cmd
}

// reachable turns an address to listen on into one to connect to.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func ask(ctx context.Context, addr, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask the service: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	text := strings.TrimSpace(string(body))
	if resp.StatusCode != http.StatusOK {
		return "", errors.New(text)
	}
	return text, nil
}
