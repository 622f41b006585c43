package security

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// TLS says how a connection is encrypted. The modes are those that MySQL and
// PostgreSQL clients know.
type TLS struct {
	// Mode is disable (the default), prefer, require, verify-ca or verify-full.
	Mode string `yaml:"mode"`
	// CA is a file of PEM certificates to trust instead of the system's. Only
	// the modes that verify take one.
	CA string `yaml:"ca"`
	// Cert and Key are PEM files of the client's certificate.
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// The modes.
const (
	Disable    = "disable"
	Prefer     = "prefer"
	Require    = "require"
	VerifyCA   = "verify-ca"
	VerifyFull = "verify-full"
)

// Enabled reports whether the connection is to be encrypted, at least if the
// server can.
func (t TLS) Enabled() bool { return t.Mode != "" && t.Mode != Disable }

// Optional reports whether an unencrypted connection is accepted from a server
// that can't encrypt.
func (t TLS) Optional() bool { return t.Mode == Prefer }

// Validate reports a mode that doesn't exist and settings that exclude each
// other. It reads no file.
func (t TLS) Validate() error {
	switch t.Mode {
	case "", Disable, Prefer, Require, VerifyCA, VerifyFull:
	default:
		return fmt.Errorf("mode: %q is not one of disable, prefer, require, verify-ca, verify-full", t.Mode)
	}
	if (t.Cert == "") != (t.Key == "") {
		return errors.New("cert and key: set both or none")
	}
	if !t.Enabled() && (t.CA != "" || t.Cert != "") {
		return fmt.Errorf("mode: ca, cert and key have no effect without encryption; set mode: %s", VerifyFull)
	}
	if (t.Mode == Prefer || t.Mode == Require) && t.CA != "" {
		return fmt.Errorf("mode: ca has no effect with %s, which verifies nothing; set mode: %s", t.Mode, VerifyFull)
	}
	return nil
}

// Config returns the client settings for a connection to host, nil when
// encryption is off. Files are read now; an error begins with the key of the
// file that it is about.
func (t TLS) Config(host string) (*tls.Config, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	if !t.Enabled() {
		return nil, nil
	}
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if t.CA != "" {
		pool, err := readPool(t.CA)
		if err != nil {
			return nil, err
		}
		c.RootCAs = pool
	}
	if t.Cert != "" {
		pair, err := readPair(t.Cert, t.Key)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	switch t.Mode {
	case Prefer, Require:
		c.InsecureSkipVerify = true //nolint:gosec // what these two modes mean: encrypted, not verified
	case VerifyCA:
		verifyChainOnly(c)
	}
	return c, nil
}

func readPool(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: no PEM certificate in %s", file)
	}
	return pool, nil
}

func readPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cert: %w", err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cert: no client certificate in %s with the key in %s: %w", certFile, keyFile, err)
	}
	return pair, nil
}

// verifyChainOnly makes c check the certificate's chain but not its host name.
func verifyChainOnly(c *tls.Config) {
	c.InsecureSkipVerify = true //nolint:gosec // the chain is verified below
	roots := c.RootCAs
	c.VerifyConnection = func(state tls.ConnectionState) error {
		opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, cert := range state.PeerCertificates[1:] {
			opts.Intermediates.AddCert(cert)
		}
		if _, err := state.PeerCertificates[0].Verify(opts); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
		}
		return nil
	}
}
