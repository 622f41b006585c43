package sink

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kgo"
)

// compression returns the client's option for the codec of that name.
func compression(name string) (kgo.Opt, error) {
	var c kgo.CompressionCodec
	switch name {
	case "lz4":
		return kgo.WithCompressor(new(lz4Compressor)), nil
	case "none":
		c = kgo.NoCompression()
	case "gzip":
		c = kgo.GzipCompression()
	case "snappy":
		c = kgo.SnappyCompression()
	case "zstd":
		c = kgo.ZstdCompression()
	default:
		return nil, fmt.Errorf("compression: %q is not one of none, gzip, snappy, lz4, zstd", name)
	}
	return kgo.ProducerBatchCompression(c, kgo.NoCompression()), nil
}

// lz4Compressor writes frames as the Java client does: independent blocks of
// 64 KiB, no checksum of the content, which Kafka's own batch checksum covers.
// The client's compressor uses blocks of 4 MiB: on JSON that takes twice the
// time, since its table no longer fits the processor's cache, and 8 MiB for
// each compression at work.
type lz4Compressor struct{ writers sync.Pool }

// Compress implements kgo.Compressor.
func (c *lz4Compressor) Compress(dst *bytes.Buffer, src []byte, _ ...kgo.CompressFlag) ([]byte, kgo.CompressionCodecType) {
	w, _ := c.writers.Get().(*lz4.Writer)
	if w == nil {
		w = lz4.NewWriter(nil)
		if err := w.Apply(lz4.BlockSizeOption(lz4.Block64Kb), lz4.ChecksumOption(false)); err != nil {
			return nil, kgo.CodecError
		}
	}
	w.Reset(dst)
	if _, err := w.Write(src); err != nil {
		return nil, kgo.CodecError
	}
	if err := w.Close(); err != nil {
		return nil, kgo.CodecError
	}
	c.writers.Put(w)
	return dst.Bytes(), kgo.CodecLz4
}
