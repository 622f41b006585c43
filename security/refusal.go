package security

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
)

// Mend returns what to change when a connection failed because one side
// doesn't trust the other or because only one of them encrypts; empty when err
// says nothing of that kind. To try again is of no use then. Names of settings
// are those of [TLS], below tls.
func Mend(err error) string {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "connect by a name or an address that is in the server's certificate, or set tls.mode: " + VerifyCA + " to leave the name unchecked"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "give the server a certificate that is valid today, and look at the clock of this machine"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "set tls.ca to the file of the authority that signed the server's certificate"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the server doesn't encrypt there: set tls.mode: " + Disable + ", or connect to the port where it does"
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" && strings.Contains(alert.Error(), "certificate") {
		return "set tls.cert and tls.key to a certificate that the server trusts"
	}
	return ""
}
