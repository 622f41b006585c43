package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cdc/event"
)

// Doctor asks the registry once whether it is there and which changes of a
// schema it takes. It changes nothing.
func (r *Client) Doctor(ctx context.Context) []event.Finding {
	ctx, cancel := context.WithTimeout(ctx, r.conf.RequestTimeout)
	defer cancel()
	defer context.AfterFunc(r.life, cancel)()
	f := event.Finding{Level: event.LevelOK, Check: "schema registry", Detail: strings.Join(r.conf.URLs, ", ")}
	result := r.client.Compatibility(ctx)[0]
	if err := result.Err; err != nil {
		f.Level, f.Detail = event.LevelFail, fmt.Sprintf("%s: %v", f.Detail, err)
		f.Fix = "start it, or correct registry.url"
		if refused, ok := errors.AsType[*Error](r.explain("", err)); ok && !passing(err) {
			f.Fix = refused.Fix
		}
		return []event.Finding{f}
	}
	f.Detail += ", compatibility " + result.Level.String()
	return []event.Finding{f}
}
