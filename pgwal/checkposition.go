package pgwal

import "cdc/event"

// CheckPosition reports why no source of this package could go on at a stored
// position. Nothing is asked of a server.
func CheckPosition(p event.Position) error {
	_, _, err := parsePosition(p)
	return err
}
