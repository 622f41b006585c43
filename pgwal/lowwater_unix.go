//go:build unix

package pgwal

import (
	"crypto/tls"
	"fmt"
	"net"
	"syscall"
)

// setLowWater sets SO_RCVLOWAT of a TCP connection, also below TLS.
func setLowWater(conn net.Conn, n int) error {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return fmt.Errorf("set low water mark: %w", err)
	}
	var setErr error
	err = raw.Control(func(fd uintptr) {
		setErr = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, n)
	})
	if err == nil {
		err = setErr
	}
	if err != nil {
		return fmt.Errorf("set low water mark: %w", err)
	}
	return nil
}
