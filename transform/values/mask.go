package values

import (
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Change makes another value of one that is neither NULL nor missing. Texts are put
// into the batch's arena.
type Change func(b *event.Batch, v event.Value) (event.Value, error)

// Mask puts a character in the place of those of a text: of all but the first and
// the last ones that are kept, or so many in any case.
func Mask(c *rulefile.Change) Change {
	char := c.Char
	if char == "" {
		char = "*"
	}
	if c.Length >= 0 {
		return maskWhole(char, c.Length)
	}
	first, last := max(c.KeepFirst, 0), max(c.KeepLast, 0)
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		text := b.Bytes(v)
		hidden := utf8.RuneCount(text) - first - last
		if hidden <= 0 {
			// What is kept would show the whole text.
			hidden = utf8.RuneCount(text)
			return maskBetween(b, text, char, 0, hidden), nil
		}
		return maskBetween(b, text, char, first, hidden), nil
	}
}

// maskWhole puts always the same text there.
func maskWhole(char string, length int) Change {
	return func(b *event.Batch, _ event.Value) (event.Value, error) {
		at := len(b.Arena)
		for range length {
			b.Arena = append(b.Arena, char...)
		}
		return event.Text(event.KindString, at, len(b.Arena)-at), nil
	}
}

// maskBetween hides so many characters behind the first ones.
func maskBetween(b *event.Batch, text []byte, char string, first, hidden int) event.Value {
	at, from := len(b.Arena), Characters(text, first)
	to := from + Characters(text[from:], hidden)
	b.Arena = append(b.Arena, text[:from]...)
	for range hidden {
		b.Arena = append(b.Arena, char...)
	}
	b.Arena = append(b.Arena, text[to:]...)
	return event.Text(event.KindString, at, len(b.Arena)-at)
}

// Characters returns where the first n characters of a text end.
func Characters(text []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

// Truncate keeps the first characters of a text, or the first bytes.
func Truncate(limit int, bytes bool) Change {
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		text := b.Bytes(v)
		end := min(limit, len(text))
		if !bytes {
			end = Characters(text, limit)
		}
		if end == len(text) {
			return v, nil
		}
		return b.Put(v.Kind(), text[:end]), nil
	}
}

// Constant puts a text there.
func Constant(text string) Change {
	return func(b *event.Batch, _ event.Value) (event.Value, error) {
		at := len(b.Arena)
		b.Arena = append(b.Arena, text...)
		return event.Text(event.KindString, at, len(text)), nil
	}
}

// Always puts a value without text there.
func Always(w event.Value) Change {
	return func(*event.Batch, event.Value) (event.Value, error) { return w, nil }
}
