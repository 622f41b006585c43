package encode

// appendInt appends n in decimal.
func appendInt(b []byte, n int64) []byte {
	if n < 0 {
		return appendUint(append(b, '-'), -uint64(n))
	}
	return appendUint(b, uint64(n))
}

// pairs holds "00" to "99".
const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

// appendUint appends n in decimal.
func appendUint(b []byte, n uint64) []byte {
	if n < 10 {
		return append(b, '0'+byte(n))
	}
	if n < 100 {
		return append(b, pairs[2*n:2*n+2]...)
	}
	var room [20]byte
	i := len(room)
	for n >= 100 {
		i -= 2
		q := n / 100
		p := 2 * (n - 100*q)
		room[i], room[i+1] = pairs[p], pairs[p+1]
		n = q
	}
	if n >= 10 {
		i -= 2
		room[i], room[i+1] = pairs[2*n], pairs[2*n+1]
	} else {
		i--
		room[i] = '0' + byte(n)
	}
	return append(b, room[i:]...)
}

// appendPadded appends the last width digits of n, with zeros before it.
func appendPadded(b []byte, n uint64, width int) []byte {
	at := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= at; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return b
}
