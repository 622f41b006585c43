package binlog

import "cdc/event"

// CheckPosition reports why no source of that flavor could go on at a stored
// position. Nothing is asked of a server.
func CheckPosition(fl Flavor, p event.Position) error {
	_, err := parsePosition(fl, p)
	return err
}
