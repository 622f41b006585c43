package expr

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // asked for by the rule, for what isn't secret
	"crypto/sha1" //nolint:gosec // what a UUID of version 5 is made of
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// plainHashes and keyedHashes are the functions that give a hash as hexadecimal
// text.
var (
	plainHashes = map[string]func() hash.Hash{"sha256": sha256.New, "sha512": sha512.New, "md5": md5.New}
	keyedHashes = map[string]func() hash.Hash{"hmac_sha256": sha256.New, "hmac_sha512": sha512.New}
)

// hashes are the functions sha256(x), sha512(x), md5(x), their keyed sisters, and
// uuid5(namespace, x). x is a text or bytes, the result a text.
func (l *Language) hashes() []cel.EnvOption {
	var opts []cel.EnvOption
	for name, sum := range plainHashes {
		opts = append(opts, overText(name, func(p []byte) string {
			h := sum()
			h.Write(p)
			return hex.EncodeToString(h.Sum(nil))
		}))
	}
	for name, sum := range keyedHashes {
		opts = append(opts, l.keyed(name, sum))
	}
	return append(opts, cel.Function("uuid5",
		cel.Overload("uuid5_string", []*cel.Type{cel.StringType, cel.StringType}, cel.StringType, cel.BinaryBinding(uuid5)),
		cel.Overload("uuid5_bytes", []*cel.Type{cel.StringType, cel.BytesType}, cel.StringType, cel.BinaryBinding(uuid5))))
}

// hmac makes the keyed hash with a secret that the language has learned; nil
// without one.
func (l *Language) hmac(sum func() hash.Hash, env string) func() hash.Hash {
	l.mu.RLock()
	defer l.mu.RUnlock()
	secret, ok := l.secrets[env]
	if !ok {
		return nil
	}
	return func() hash.Hash { return hmac.New(sum, secret) }
}

// overText declares a function of a text or of bytes that gives a text.
func overText(name string, f func(p []byte) string) cel.EnvOption {
	bind := cel.UnaryBinding(func(v ref.Val) ref.Val {
		p, ok := rawOf(v)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		return types.String(f(p))
	})
	return cel.Function(name,
		cel.Overload(name+"_string", []*cel.Type{cel.StringType}, cel.StringType, bind),
		cel.Overload(name+"_bytes", []*cel.Type{cel.BytesType}, cel.StringType, bind))
}

func rawOf(v ref.Val) ([]byte, bool) {
	switch v := v.(type) {
	case types.String:
		return []byte(v), true
	case types.Bytes:
		return []byte(v), true
	default:
		return nil, false
	}
}

var errSecret = &Error{msg: "the secret of an HMAC isn't known"}

// keyed declares name(x, "VARIABLE").
func (l *Language) keyed(name string, sum func() hash.Hash) cel.EnvOption {
	bind := cel.BinaryBinding(func(v, variable ref.Val) ref.Val {
		p, ok := rawOf(v)
		env, named := variable.(types.String)
		if !ok || !named {
			return types.MaybeNoSuchOverloadErr(v)
		}
		l.mu.RLock()
		secret, ok := l.secrets[string(env)]
		l.mu.RUnlock()
		if !ok {
			return types.WrapErr(errSecret)
		}
		h := hmac.New(sum, secret)
		h.Write(p)
		return types.String(hex.EncodeToString(h.Sum(nil)))
	})
	return cel.Function(name,
		cel.Overload(name+"_string", []*cel.Type{cel.StringType, cel.StringType}, cel.StringType, bind),
		cel.Overload(name+"_bytes", []*cel.Type{cel.BytesType, cel.StringType}, cel.StringType, bind))
}

// learnSecret gets a secret that an expression names, and says what is wrong with
// it.
func (l *Language) learnSecret(env string) string {
	if l.opts.Secret == nil {
		return "there are no secrets here"
	}
	secret, ok := l.opts.Secret(env)
	if !ok {
		return "there is no secret of that name"
	}
	if len(secret) == 0 {
		return "the secret of that name is empty"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secrets[env] = secret
	return ""
}

// namespaces are those of RFC 9562.
var namespaces = map[string]string{
	"dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
	"oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8", "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}

var errNamespace = &Error{msg: "the namespace of uuid5 isn't a UUID"}

func namespaceOf(s string) (ns [16]byte, ok bool) {
	if known, found := namespaces[strings.ToLower(s)]; found {
		s = known
	}
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ns, false
	}
	n, err := hex.Decode(ns[:], []byte(strings.ReplaceAll(s, "-", "")))
	return ns, err == nil && n == len(ns)
}

func uuid5(space, v ref.Val) ref.Val {
	name, named := space.(types.String)
	p, ok := rawOf(v)
	if !named || !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	ns, ok := namespaceOf(string(name))
	if !ok {
		return types.WrapErr(errNamespace)
	}
	h := sha1.New() //nolint:gosec // as the RFC has it
	h.Write(ns[:])
	h.Write(p)
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	text := make([]byte, 0, 36)
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return types.String(text)
}
