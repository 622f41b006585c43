//go:build integration

package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cdc/internal/testdb"
)

// elsewhere is an address of this machine that no certificate of the test bed
// is for.
const elsewhere = "127.0.0.2"

// forward lets a server be reached at elsewhere, and returns the port.
func forward(t testing.TB, to string) int {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", elsewhere+":0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { join(ctx, conn, to) })
		}
	})
	t.Cleanup(func() {
		cancel()
		l.Close()
		wg.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// join carries bytes between a connection and an address until one side ends.
func join(ctx context.Context, conn net.Conn, to string) {
	defer conn.Close()
	var dialer net.Dialer
	server, err := dialer.DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close(); server.Close() })
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, conn) // its end is all that matters
		server.Close()
	}()
	_, _ = io.Copy(conn, server)
	conn.Close()
	<-done
}

// foreignCA returns a file with an authority that has signed nothing here.
func foreignCA(t testing.TB) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "somebody else"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "foreign.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tlsVerified is what a careful user configures; the client's pair goes with it.
func tlsVerified(server *testdb.Server, pair bool) string {
	if !pair {
		return fmt.Sprintf("tls: {mode: verify-full, ca: %s}", server.CAFile)
	}
	cert, key := server.ClientFiles()
	return fmt.Sprintf("tls: {mode: verify-full, ca: %s, cert: %s, key: %s}", server.CAFile, cert, key)
}

// failures returns the last error of each pipeline in the log.
func (s *service) failures() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(s.out.String()) {
		var entry struct{ Level, Msg, Pipeline, Error string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Level == "error" && entry.Pipeline != "" {
			all[entry.Pipeline] = entry.Error
		}
	}
	return all
}

// refused runs pipelines that all fail for good, and wants texts in the error
// of each.
func refused(t *testing.T, wants map[*pipe][]string, secrets ...string) {
	t.Helper()
	var pipelines []*pipe
	for p := range wants {
		pipelines = append(pipelines, p)
	}
	s := newProject(t, pipelines...).start(t)
	if code := s.exit(); code != 1 {
		t.Errorf("exit code is %d, want 1", code)
	}
	failures := s.failures()
	for p, texts := range wants {
		for _, text := range texts {
			if !strings.Contains(failures[p.name], text) {
				t.Errorf("pipeline %s: got %q, want %q in it", p.name, failures[p.name], text)
			}
		}
	}
	checkSecrets(t, s.out.String(), secrets)
}

// ops returns what happened to each id in a topic: "r1 c2".
func ops(t testing.TB, brokers []string, topic string) []string {
	t.Helper()
	var all []string
	for _, r := range readAll(t, brokers, topic)[topic] {
		if e := decode(t, r); e != nil {
			all = append(all, fmt.Sprintf("%s%v", e.Op, e.After["id"]))
		}
	}
	return all
}

// wantOps wants exactly these.
func wantOps(t testing.TB, brokers []string, topic string, want ...string) {
	t.Helper()
	if got := ops(t, brokers, topic); !slices.Equal(got, want) {
		t.Errorf("topic %s holds %v, want %v", topic, got, want)
	}
}

func checkSecrets(t testing.TB, text string, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("the password %s was printed", secret)
		}
	}
}
