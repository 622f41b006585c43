package encode

import (
	"strings"
	"testing"

	"cdc/event"
)

// The records of a target that tells no statement have none, also where another target
// of the same row tells it.
func TestStatementIsLeftOut(t *testing.T) {
	fake := newFake(t)
	for _, c := range []Config{mysqlConf, avroConf(t, mysqlConf, fake)} {
		b := newBuilder(idName())
		b.batch.Origins[0].Query = b.text(event.KindString, "insert into t values (1, 'secret')")
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
		b.batch.Rows[0].Order = 1
		told := b.batch.Outs[0]
		left, open := told, *told.Target
		open.NoStatement = true
		left.Target = &open
		b.batch.Outs = []event.Out{told, left, told, left, left}
		f := b.encode(t, c)
		for i, want := range []bool{true, false, true, false, false} {
			if got := strings.Contains(string(f.Value(i)), "secret"); got != want {
				t.Errorf("%s: record %d tells the statement: %v, want %v", c.Format.Value, i, got, want)
			}
		}
		if c.Format.Value == FormatAvro {
			if text := avroJSON(t, c, f.Value(1)); !strings.Contains(text, `"query":null`) {
				t.Errorf("no null in the place of the statement: %s", text)
			}
		}
	}
}
