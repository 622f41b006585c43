package binlog

import (
	"encoding/binary"
	"strconv"

	"cdc/event"
)

const (
	inet4Bytes = 4
	inet6Bytes = 16
	inet6Words = 8
)

// readInet prints an address as MariaDB does. The server cuts zero bytes off its
// end.
func readInet(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	var raw [inet6Bytes]byte
	if copy(raw[:c.length], p) < len(p) {
		return event.Value{}, false
	}
	at := len(b.Arena)
	if c.length == inet4Bytes {
		b.Arena = appendInet4(b.Arena, raw[:])
	} else {
		b.Arena = appendInet6(b.Arena, &raw)
	}
	return event.Text(event.KindString, at, len(b.Arena)-at), true
}

func appendInet4(dst, raw []byte) []byte {
	for i, c := range raw[:inet4Bytes] {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, uint64(c), 10)
	}
	return dst
}

// appendInet6 leaves out the longest run of zeros, even if it is of one word
// only, and prints an address that holds an IPv4 address with dots.
func appendInet6(dst []byte, raw *[inet6Bytes]byte) []byte {
	var words [inet6Words]uint16
	for i := range words {
		words[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	gap, size := zeroRun(&words)
	for i := 0; i < inet6Words; i++ {
		if size > 0 && i == gap {
			if i == 0 {
				dst = append(dst, ':')
			}
			dst = append(dst, ':')
			i += size - 1
			continue
		}
		if i == 6 && gap == 0 && (size == 6 || size == 5 && words[5] == 0xffff) {
			return appendInet4(dst, raw[12:])
		}
		dst = strconv.AppendUint(dst, uint64(words[i]), 16)
		if i < inet6Words-1 {
			dst = append(dst, ':')
		}
	}
	return dst
}

// zeroRun finds the first of the longest runs of zeros.
func zeroRun(words *[inet6Words]uint16) (at, size int) {
	for i := 0; i < inet6Words; i++ {
		n := 0
		for i+n < inet6Words && words[i+n] == 0 {
			n++
		}
		if n > size {
			at, size = i, n
		}
		i += n
	}
	return at, size
}
