package values

import (
	"encoding/binary"
	"math/bits"
)

// Murmur3 is the hash that Debezium's PartitionRouting takes with "murmur": the
// upper half of the first word of an early x64 MurmurHash3, with the seed 9001.
func Murmur3(p []byte) int32 {
	s := murmurState{h1: 0x9368e53c2f6af274 ^ 9001, h2: 0x586dcd208f7cd3fd ^ 9001, c1: 0x87c37b91114253d5, c2: 0x4cf5ad432745937f}
	size := uint64(len(p))
	for ; len(p) >= 16; p = p[16:] {
		s.mix(binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:]))
	}
	if len(p) > 0 {
		var k1, k2 uint64
		for i, c := range p {
			// Bytes are signed there, and what is shifted less than whole words
			// spreads its sign.
			if i < 8 {
				k1 ^= uint64(int64(int8(c))) << (8 * i)
			} else {
				k2 ^= uint64(int64(int8(c))) << (8 * (i - 8))
			}
		}
		s.mix(k1, k2)
	}
	s.h2 ^= size
	s.h1 += s.h2
	s.h2 += s.h1
	s.h1, s.h2 = murmurEnd(s.h1), murmurEnd(s.h2)
	s.h1 += s.h2
	return int32(uint32(s.h1 >> 32))
}

// Murmur3Int is the hash of the four bytes of a number.
func Murmur3Int(n int32) int32 {
	var p [4]byte
	binary.LittleEndian.PutUint32(p[:], uint32(n))
	return Murmur3(p[:])
}

type murmurState struct{ h1, h2, c1, c2 uint64 }

func (s *murmurState) mix(k1, k2 uint64) {
	k1 = bits.RotateLeft64(k1*s.c1, 23) * s.c2
	s.h1 = (s.h1 ^ k1) + s.h2
	s.h2 = bits.RotateLeft64(s.h2, 41)
	k2 = bits.RotateLeft64(k2*s.c2, 23) * s.c1
	s.h2 = (s.h2 ^ k2) + s.h1
	s.h1 = s.h1*3 + 0x52dce729
	s.h2 = s.h2*3 + 0x38495ab5
	s.c1 = s.c1*5 + 0x7b7d159c
	s.c2 = s.c2*5 + 0x6bce6396
}

func murmurEnd(k uint64) uint64 {
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}
