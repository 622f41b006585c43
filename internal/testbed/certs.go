package testbed

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// The files in a home's folder. Clients need caFile, and the client's pair for
// servers that demand one; bothFile is the server's pair as Kafka wants it.
const (
	caFile        = "ca.pem"
	certFile      = "server.pem"
	keyFile       = "server-key.pem"
	bothFile      = "server-both.pem"
	clientFile    = "client.pem"
	clientKeyFile = "client-key.pem"
)

// ClientFiles returns the paths of a client's certificate and key that the
// servers of a home trust, given the path of the home's authority.
func ClientFiles(ca string) (cert, key string) {
	dir := filepath.Dir(ca)
	return filepath.Join(dir, clientFile), filepath.Join(dir, clientKeyFile)
}

// authority signs the certificates of a home. Its key isn't kept.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// writeCertificates makes an authority, a certificate of 127.0.0.1 and
// localhost for all servers of a home, and one for clients, so that each can
// verify whom it talks to.
func writeCertificates(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := template(1, "cdc test authority")
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		return err
	}
	if err := writePEM(filepath.Join(dir, caFile), 0o644, block("CERTIFICATE", der)); err != nil {
		return err
	}
	a := &authority{dir: dir, cert: ca, key: key}
	server := template(2, "localhost")
	server.DNSNames, server.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if err := a.write(server, certFile, keyFile, bothFile); err != nil {
		return err
	}
	client := template(3, "cdc")
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.write(client, clientFile, clientKeyFile, "")
}

// write makes a key, signs the certificate, and writes the two to two files and,
// unless its name is empty, to one.
func (a *authority) write(cert *x509.Certificate, certFile, keyFile, bothFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	certDER, err := x509.CreateCertificate(rand.Reader, cert, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	certPEM, keyPEM := block("CERTIFICATE", certDER), block("PRIVATE KEY", keyDER)
	if err := writePEM(filepath.Join(a.dir, certFile), 0o644, certPEM); err != nil {
		return err
	}
	if err := writePEM(filepath.Join(a.dir, keyFile), 0o600, keyPEM); err != nil || bothFile == "" {
		return err
	}
	return writePEM(filepath.Join(a.dir, bothFile), 0o600, keyPEM, certPEM)
}

func template(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func writePEM(path string, mode os.FileMode, blocks ...[]byte) error {
	return os.WriteFile(path, bytes.Join(blocks, nil), mode)
}
