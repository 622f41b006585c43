package encode

import (
	"encoding/base64"

	"cdc/sink/encode/connect"
)

// appendString appends s as a JSON string; see [connect.AppendString].
func appendString(b, s []byte) []byte { return connect.AppendString(b, s) }

// appendUTF8 appends s with everything that isn't UTF-8 as U+FFFD.
func appendUTF8(b, s []byte) []byte { return connect.AppendUTF8(b, s) }

// appendBase64 appends s in base64 with padding, quoted.
func appendBase64(b, s []byte) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, s)
	return append(b, '"')
}
