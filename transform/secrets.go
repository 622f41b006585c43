package transform

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"maps"
	"os"

	"cdc/internal/smallfile"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// secrets finds the secrets that rules refer to, once, when the rules are loaded.
type secrets struct {
	// test are the values of test_env; nil where they don't count.
	test  map[string]string
	files []secretFile // that were read, in the order of the rules
}

// newSecrets collects the test_env of the files where it counts.
func newSecrets(files []*rulefile.File, o Options) *secrets {
	s := &secrets{}
	if !o.TestEnv {
		return s
	}
	s.test = map[string]string{}
	for _, f := range files {
		maps.Copy(s.test, f.TestEnv)
	}
	return s
}

// env returns the secret in a variable of the environment.
func (s *secrets) env(name string) ([]byte, bool) {
	if v, ok := s.test[name]; ok {
		return []byte(v), true
	}
	v, ok := os.LookupEnv(name)
	return []byte(v), ok && v != ""
}

// maxSecret bounds a file that holds a secret.
const maxSecret = 64 << 10

// find returns the secret, or reports that it is missing. Its text is in no error.
func (s *secrets) find(ref *rulefile.SecretRef, rep *rulefile.Report) []byte {
	if ref.File == "" {
		secret, ok := s.env(ref.Env)
		if !ok {
			rep.Add(ref.At, "export "+rulefile.Printable(ref.Env)+" before cdc is started, or give the file that holds it: secret: {file: ...}",
				"the secret isn't there: the environment has no %s", rulefile.Printable(ref.Env))
		}
		return secret
	}
	text, err := smallfile.Read(ref.File, 2*maxSecret)
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		err = pe.Err
	}
	text = bytes.TrimRight(text, "\r\n")
	s.files = append(s.files, secretFile{ref.File, sha256.Sum256(text)})
	switch {
	case err != nil:
		rep.Add(ref.At, "", "read the secret from %s: %s", rulefile.Printable(ref.File), err)
	case len(text) == 0:
		rep.Add(ref.At, "", "the file %s, which should hold a secret, is empty", rulefile.Printable(ref.File))
	case len(text) > maxSecret:
		rep.Add(ref.At, "", "the file %s is too large for a secret", rulefile.Printable(ref.File))
	}
	return text
}

// hashings makes what computes the hashes of a rule, by the name of the column.
func (s *secrets) hashings(r *rulefile.Rule, rep *rulefile.Report) map[string]*values.Hashing {
	var all map[string]*values.Hashing
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Verb != rulefile.VerbHash {
			continue
		}
		var secret []byte
		if c.Secret != nil {
			secret = s.find(c.Secret, rep)
		}
		if all == nil {
			all = map[string]*values.Hashing{}
		}
		all[c.Column.Text] = values.NewHashing(c.Algorithm, secret)
	}
	return all
}
