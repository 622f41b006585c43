package rulefile

import (
	"errors"
	"os"

	"cdc/internal/smallfile"
)

// ReadSource reads a rule file, which must be a regular file and not larger than rule
// files may be. The error is an *Error that names the file.
func ReadSource(name string) (*Source, error) {
	src := &Source{Name: name}
	text, err := smallfile.Read(name, maxFile)
	if err != nil {
		hint := ""
		if errors.Is(err, smallfile.ErrLarge) {
			hint = "split it: a pipeline takes several"
		}
		if pe, ok := errors.AsType[*os.PathError](err); ok {
			err = pe.Err
		}
		return nil, Place{Source: src}.Errorf(hint, "read the rule file: %s", err)
	}
	src.Text = text
	return src, nil
}
