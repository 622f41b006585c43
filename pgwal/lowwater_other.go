//go:build !unix

package pgwal

import "net"

// setLowWater does nothing: this system has no such setting.
func setLowWater(net.Conn, int) error { return nil }
