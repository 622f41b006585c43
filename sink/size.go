package sink

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes. Its text is a whole number with a unit: B, KiB,
// MiB, GiB, or KB, MB, GB in powers of 1000.
type Size int64

type unit struct {
	name string
	n    int64
}

// units stand with the longest names first, since B ends all of them.
var units = [...]unit{
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
	{"GB", 1e9},
	{"MB", 1e6},
	{"KB", 1e3},
	{"B", 1},
}

// UnmarshalText reads a size; a bare number counts bytes.
func (s *Size) UnmarshalText(text []byte) error {
	number, factor := strings.TrimSpace(string(text)), int64(1)
	for _, u := range units {
		if head, ok := strings.CutSuffix(number, u.name); ok {
			number, factor = strings.TrimSpace(head), u.n
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if errors.Is(err, strconv.ErrSyntax) || n < 0 {
		return fmt.Errorf("%q is not a size like 32MiB", text)
	}
	if err != nil || n > math.MaxInt64/factor {
		return fmt.Errorf("%q is too large", text)
	}
	*s = Size(n * factor)
	return nil
}

// String prints the size in the largest unit that divides it.
func (s Size) String() string {
	for _, u := range units {
		if s != 0 && strings.HasSuffix(u.name, "iB") && int64(s)%u.n == 0 {
			return strconv.FormatInt(int64(s)/u.n, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
