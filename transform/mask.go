package transform

import (
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/rulefile"
)

// change makes another value of one that is neither NULL nor missing. Texts are put
// into the batch's arena.
type change func(b *event.Batch, v event.Value) (event.Value, error)

// mask puts a character in the place of those of a text: of all but the first and
// the last ones that are kept, or so many in any case.
func mask(c *rulefile.Change) change {
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
func maskWhole(char string, length int) change {
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
	at, from := len(b.Arena), characters(text, first)
	to := from + characters(text[from:], hidden)
	b.Arena = append(b.Arena, text[:from]...)
	for range hidden {
		b.Arena = append(b.Arena, char...)
	}
	b.Arena = append(b.Arena, text[to:]...)
	return event.Text(event.KindString, at, len(b.Arena)-at)
}

// characters returns where the first n characters of a text end.
func characters(text []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

// truncate keeps the first characters of a text, or the first bytes.
func truncate(limit int, bytes bool) change {
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		text := b.Bytes(v)
		end := min(limit, len(text))
		if !bytes {
			end = characters(text, limit)
		}
		if end == len(text) {
			return v, nil
		}
		return b.Put(v.Kind(), text[:end]), nil
	}
}

// constant puts a text there.
func constant(text string) change {
	return func(b *event.Batch, _ event.Value) (event.Value, error) {
		at := len(b.Arena)
		b.Arena = append(b.Arena, text...)
		return event.Text(event.KindString, at, len(text)), nil
	}
}

// always puts a value without text there.
func always(w event.Value) change {
	return func(*event.Batch, event.Value) (event.Value, error) { return w, nil }
}
