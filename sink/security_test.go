package sink

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/event"
	"cdc/security"
)

// certificate returns a server's certificate for 127.0.0.1 and, as a file,
// itself as the authority to trust.
func certificate(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "broker"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, file
}

func deliverOne(t *testing.T, config Config) {
	t.Helper()
	k := openSink(t, config)
	var o outcomes
	if err := k.Write(t.Context(), frameOf(&event.Target{Topic: "shop.t"}, rec{key: "k", value: "v"}), o.done); err != nil {
		t.Fatal(err)
	}
	mustFlush(t, k)
}

func TestSASLOverTLS(t *testing.T) {
	server, ca := certificate(t)
	for _, mechanism := range []string{Plain, ScramSHA256, ScramSHA512} {
		t.Run(mechanism, func(t *testing.T) {
			c := startCluster(t, kfake.TLS(server), kfake.EnableSASL(), kfake.Superuser(mechanism, "cdc", "geheim"))
			config := configFor(c)
			config.TLS = security.TLS{Mode: security.VerifyFull, CA: ca}
			config.SASL = SASLConfig{Mechanism: mechanism, User: "cdc", Password: "geheim"}
			deliverOne(t, config)
			if n := ends(c, "shop.t"); n != 1 {
				t.Errorf("topic holds %d records, want 1", n)
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	c := startCluster(t, kfake.EnableSASL(), kfake.Superuser(Plain, "cdc", "geheim"))
	// The fake hangs up; a real broker says why.
	c.ControlKey(int16(kmsg.SASLAuthenticate), func(req kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		resp := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		resp.ErrorCode = kerr.SaslAuthenticationFailed.Code
		return resp, nil, true
	})
	config := configFor(c)
	config.SASL = SASLConfig{Mechanism: Plain, User: "cdc", Password: "verraten"}
	core, logs := observer.New(zap.DebugLevel)
	k, err := New(config, nil, zap.New(core))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Limit("shop.t")
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "sasl.password") {
		t.Errorf("got error %v, want one of configuration that names sasl.password", err)
	}
	if text := err.Error(); !strings.Contains(text, `"cdc"`) || !strings.Contains(text, config.Brokers[0]) {
		t.Errorf("got error %v, want user and broker in it", err)
	}
	findings := k.Doctor(t.Context())
	if len(findings) != 1 || findings[0].Level != event.LevelFail || !strings.Contains(findings[0].Fix, "sasl.password") {
		t.Errorf("doctor found %+v", findings)
	}
	closeSink(t, k)
	text := err.Error() + findings[0].Detail
	for _, entry := range logs.All() {
		text += entry.Message
		for _, v := range entry.ContextMap() {
			if s, ok := v.(string); ok {
				text += s
			}
		}
	}
	if strings.Contains(text, "verraten") {
		t.Error("the password was printed")
	}
}

func TestTLSModes(t *testing.T) {
	server, ca := certificate(t)
	c := startCluster(t, kfake.TLS(server))
	for _, ok := range []security.TLS{{Mode: security.Require}, {Mode: security.VerifyCA, CA: ca}, {Mode: security.VerifyFull, CA: ca}} {
		config := configFor(c)
		config.TLS = ok
		deliverOne(t, config)
	}
	config := configFor(c)
	config.TLS = security.TLS{Mode: security.VerifyFull}
	_, err := openSink(t, config).Limit("shop.t")
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "tls.ca") {
		t.Errorf("unknown authority: got error %v, want one of configuration that names tls.ca", err)
	}
}

func TestMissingTLSFile(t *testing.T) {
	config := configFor(startCluster(t))
	config.TLS = security.TLS{Mode: security.VerifyFull, CA: filepath.Join(t.TempDir(), "none.pem")}
	_, err := New(config, nil, zap.NewNop())
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "tls.ca: ") || !strings.Contains(err.Error(), "none.pem") {
		t.Errorf("got error %v, want one of configuration that names key and file", err)
	}
}
