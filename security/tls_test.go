package security_test

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

	"cdc/security"
)

// authority signs certificates of one test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.file = filepath.Join(t.TempDir(), "ca.pem")
	var der []byte
	a.key, der = sign(t, a.cert, nil)
	writePEM(t, a.file, "CERTIFICATE", der)
	return a
}

// sign makes a key and a certificate for it, signed by itself when by is nil.
func sign(t *testing.T, cert *x509.Certificate, by *authority) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := cert, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return key, der
}

func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pair returns files of a certificate for a name, valid until then.
func (a *authority) pair(name string, until time.Time, usage x509.ExtKeyUsage) (certFile, keyFile string) {
	a.t.Helper()
	key, der := sign(a.t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{usage},
	}, a)
	dir := a.t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePEM(a.t, certFile, "CERTIFICATE", der)
	text, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	writePEM(a.t, keyFile, "PRIVATE KEY", text)
	return certFile, keyFile
}

// server returns the settings of a server that calls itself name.
func (a *authority) server(name string, until time.Time) *tls.Config {
	a.t.Helper()
	pair, err := tls.LoadX509KeyPair(a.pair(name, until, x509.ExtKeyUsageServerAuth))
	if err != nil {
		a.t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}

// connection returns both ends of one. Not a net.Pipe: that has no buffer, and
// both sides say goodbye at the same time.
func connection(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // answers at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil { //nolint:noctx // answers at once
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// shake connects a client to a server and returns what the client makes of it.
func shake(t *testing.T, client, server *tls.Config) error {
	t.Helper()
	here, there := connection(t)
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer there.Close()
		conn := tls.Server(there, server)
		if conn.HandshakeContext(t.Context()) == nil {
			_, _ = conn.Write([]byte("x")) // the client may have seen enough and be gone
		}
	}()
	conn := tls.Client(here, client)
	err := conn.HandshakeContext(t.Context())
	if err == nil {
		_, err = conn.Read(make([]byte, 1)) // of TLS 1.3, where a refusal comes after the handshake
	}
	here.Close()
	<-answered
	return err
}

func TestTLSModes(t *testing.T) {
	ours, foreign := newAuthority(t), newAuthority(t)
	now := time.Now()
	good, old := ours.server("db.example", now.Add(time.Hour)), ours.server("db.example", now.Add(-time.Hour))
	other := ours.server("other.example", now.Add(time.Hour))
	tests := map[string]struct {
		config security.TLS
		server *tls.Config
		mend   string // empty: the connection is made
	}{
		"prefer":                    {security.TLS{Mode: security.Prefer}, old, ""},
		"require":                   {security.TLS{Mode: security.Require}, old, ""},
		"verify-ca":                 {security.TLS{Mode: security.VerifyCA, CA: ours.file}, good, ""},
		"verify-ca, other name":     {security.TLS{Mode: security.VerifyCA, CA: ours.file}, other, ""},
		"verify-ca, other CA":       {security.TLS{Mode: security.VerifyCA, CA: foreign.file}, good, "tls.ca"},
		"verify-ca, system's CA":    {security.TLS{Mode: security.VerifyCA}, good, "tls.ca"},
		"verify-ca, expired":        {security.TLS{Mode: security.VerifyCA, CA: ours.file}, old, "valid today"},
		"verify-full":               {security.TLS{Mode: security.VerifyFull, CA: ours.file}, good, ""},
		"verify-full, other name":   {security.TLS{Mode: security.VerifyFull, CA: ours.file}, other, "tls.mode: verify-ca"},
		"verify-full, other CA":     {security.TLS{Mode: security.VerifyFull, CA: foreign.file}, good, "tls.ca"},
		"verify-full, system's CA":  {security.TLS{Mode: security.VerifyFull}, good, "tls.ca"},
		"verify-full, expired":      {security.TLS{Mode: security.VerifyFull, CA: ours.file}, old, "valid today"},
		"verify-full, old protocol": {security.TLS{Mode: security.VerifyFull, CA: ours.file}, upTo(good, tls.VersionTLS12), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client, err := tt.config.Config("db.example")
			if err != nil {
				t.Fatal(err)
			}
			checkMend(t, shake(t, client, tt.server), tt.mend)
		})
	}
}

func upTo(c *tls.Config, version uint16) *tls.Config {
	c = c.Clone()
	c.MaxVersion = version
	return c
}

// checkMend wants no error, or one with a mend that holds a text.
func checkMend(t *testing.T, err error, want string) {
	t.Helper()
	switch mend := security.Mend(err); {
	case want == "" && err != nil:
		t.Errorf("got error %v", err)
	case want != "" && (err == nil || mend == "" || !strings.Contains(mend, want)):
		t.Errorf("got %v and the mend %q, want one with %q", err, mend, want)
	}
}

// Nothing older than TLS 1.2 is spoken, in any mode.
func TestTLSVersion(t *testing.T) {
	server := newAuthority(t).server("db.example", time.Now().Add(time.Hour))
	server.MinVersion, server.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	client, err := security.TLS{Mode: security.Require}.Config("db.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := shake(t, client, server); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
}

func TestClientCertificate(t *testing.T) {
	ours, foreign := newAuthority(t), newAuthority(t)
	until := time.Now().Add(time.Hour)
	server := ours.server("db.example", until)
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	server.ClientCAs.AddCert(parse(t, ours.file))
	cert, key := ours.pair("cdc", until, x509.ExtKeyUsageClientAuth)
	foreignCert, foreignKey := foreign.pair("cdc", until, x509.ExtKeyUsageClientAuth)
	full := security.TLS{Mode: security.VerifyFull, CA: ours.file}
	for name, tt := range map[string]struct {
		cert, key string
		version   uint16
		mend      string
	}{
		"ours, TLS 1.2":    {cert, key, tls.VersionTLS12, ""},
		"ours, TLS 1.3":    {cert, key, tls.VersionTLS13, ""},
		"none, TLS 1.3":    {"", "", tls.VersionTLS13, "tls.cert and tls.key"},
		"foreign, TLS 1.2": {foreignCert, foreignKey, tls.VersionTLS12, "tls.cert and tls.key"},
		"foreign, TLS 1.3": {foreignCert, foreignKey, tls.VersionTLS13, "tls.cert and tls.key"},
	} {
		t.Run(name, func(t *testing.T) {
			config := full
			config.Cert, config.Key = tt.cert, tt.key
			client, err := config.Config("db.example")
			if err != nil {
				t.Fatal(err)
			}
			checkMend(t, shake(t, client, upTo(server, tt.version)), tt.mend)
		})
	}
}

func parse(t *testing.T, file string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// A server that doesn't encrypt answers with something else.
func TestMendOfAPlainServer(t *testing.T) {
	here, there := connection(t)
	if _, err := there.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	client, err := security.TLS{Mode: security.Require}.Config("db.example")
	if err != nil {
		t.Fatal(err)
	}
	checkMend(t, tls.Client(here, client).HandshakeContext(t.Context()), "tls.mode: disable")
}

func TestMendOfSomethingElse(t *testing.T) {
	for _, err := range []error{nil, errors.New("certificate"), &net.OpError{Op: "dial", Err: errors.New("connection refused")}} {
		if mend := security.Mend(err); mend != "" {
			t.Errorf("%v: got %q, want nothing", err, mend)
		}
	}
}

func TestDisabled(t *testing.T) {
	for _, mode := range []string{"", security.Disable} {
		config, err := security.TLS{Mode: mode}.Config("db.example")
		if config != nil || err != nil {
			t.Errorf("mode %q: got %v %v, want nothing", mode, config, err)
		}
	}
}

func TestTLSRefused(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.pair("cdc", time.Now().Add(time.Hour), x509.ExtKeyUsageClientAuth)
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	otherCert, _ := a.pair("cdc", time.Now().Add(time.Hour), x509.ExtKeyUsageClientAuth)
	for name, tt := range map[string]struct {
		config security.TLS
		want   []string
	}{
		"unknown mode":       {security.TLS{Mode: "verify_full"}, []string{"mode", "verify_full", "verify-full"}},
		"cert without key":   {security.TLS{Mode: security.VerifyFull, Cert: cert}, []string{"cert and key"}},
		"key without cert":   {security.TLS{Mode: security.VerifyFull, Key: key}, []string{"cert and key"}},
		"CA, no mode":        {security.TLS{CA: a.file}, []string{"mode", "no effect", "verify-full"}},
		"cert, disabled":     {security.TLS{Mode: security.Disable, Cert: cert, Key: key}, []string{"mode", "no effect"}},
		"CA, not verified":   {security.TLS{Mode: security.Require, CA: a.file}, []string{"mode", "no effect", "verify-full"}},
		"CA, preferred only": {security.TLS{Mode: security.Prefer, CA: a.file}, []string{"mode", "no effect", "verify-full"}},
		"no CA file":         {security.TLS{Mode: security.VerifyFull, CA: a.file + "x"}, []string{"ca: ", a.file + "x"}},
		"empty CA file":      {security.TLS{Mode: security.VerifyFull, CA: empty}, []string{"ca: ", empty, "PEM"}},
		"no cert file":       {security.TLS{Mode: security.VerifyFull, Cert: cert + "x", Key: key}, []string{"cert: ", cert + "x"}},
		"no key file":        {security.TLS{Mode: security.VerifyFull, Cert: cert, Key: key + "x"}, []string{"key: ", key + "x"}},
		"key of another":     {security.TLS{Mode: security.VerifyFull, Cert: otherCert, Key: key}, []string{"cert: ", "client certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tt.config.Config("db.example")
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}
