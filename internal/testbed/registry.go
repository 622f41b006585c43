package testbed

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// registry runs one Apicurio Registry, which keeps its schemas in memory: they
// are gone when it is stopped.
type registry struct{}

// RegistryPath is where Apicurio answers as Confluent's registry does.
const RegistryPath = "/apis/ccompat/v7"

// RegistryURL returns the address of the API of a server of kind Registry.
func (s *Server) RegistryURL() string { return "http://" + s.Addr() + RegistryPath }

func (registry) prepare(_ context.Context, s *Server) error { return os.MkdirAll(s.Data(), 0o755) }

func (registry) command(ctx context.Context, s *Server) (*exec.Cmd, error) {
	args := []string{
		"-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", // as for Kafka: quick to start, and small
		"-Dquarkus.http.host=127.0.0.1", fmt.Sprintf("-Dquarkus.http.port=%d", s.Port),
	}
	args = append(append(args, s.Args...), "-jar", filepath.Join(s.program, "registry.jar"))
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "java", args...)
	cmd.Dir = s.Data()
	return cmd, nil
}

func (registry) ready(ctx context.Context, s *Server) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.RegistryURL()+"/subjects", http.NoBody)
	if err != nil {
		return err
	}
	// A client of its own leaves no connection open behind it.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the registry answers %s", response.Status)
	}
	return nil
}

func (registry) signals() (stop, crash syscall.Signal) { return syscall.SIGTERM, syscall.SIGKILL }
