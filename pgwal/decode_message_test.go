package pgwal

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// feed decodes messages at ascending positions and fails on the first error.
func feed(t *testing.T, d *decoder, b *event.Batch, messages ...msg) {
	t.Helper()
	for i, m := range messages {
		if _, err := d.message(m, uint64(0x1000+i), b); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
}

func twoColumns(identity byte) msg {
	return relationOf(identity, testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"note", pgtype.TextOID, -1, false})
}

func TestRowMessages(t *testing.T) {
	for name, c := range map[string]struct {
		relation, row msg
		want          string
	}{
		"insert":            {twoColumns('d'), rowMsg('I').tuple('N', "1", "a"), "c orders v1 +<id>=1 note=a"},
		"update":            {twoColumns('d'), rowMsg('U').tuple('N', "1", "a"), "u orders v1 +<id>=1 note=a"},
		"update of the key": {twoColumns('d'), rowMsg('U').tuple('K', "1", nil).tuple('N', "2", "a"), "u orders v1 -<id>=1 note=null +<id>=2 note=a keyonly keychanged"},
		"update, full":      {twoColumns('f'), rowMsg('U').tuple('O', "1", "a").tuple('N', "1", "b"), "u orders v1 -id=1 note=a +id=1 note=b"},
		"unchanged, full":   {twoColumns('f'), rowMsg('U').tuple('O', "1", "a").tuple('N', "1", unchanged{}), "u orders v1 -id=1 note=a +id=1 note=a"},
		"unchanged":         {twoColumns('d'), rowMsg('U').tuple('N', "1", unchanged{}), "u orders v1 +<id>=1 note=unavailable"},
		"delete":            {twoColumns('d'), rowMsg('D').tuple('K', "1", nil), "d orders v1 -<id>=1 note=null keyonly"},
		"delete, full":      {twoColumns('f'), rowMsg('D').tuple('O', "1", nil), "d orders v1 -id=1 note=null"},
		"truncate":          {twoColumns('d'), msg{'T'}.u32(1).u8(1).u32(testRel), "t orders v1"},
	} {
		t.Run(name, func(t *testing.T) {
			d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
			feed(t, d, b, beginOf(7), c.relation, c.row, commitOf())
			sameLines(t, lines(t, b), c.want)
			if r := b.Rows[0]; r.Off != 0x1002 {
				t.Errorf("the row is said to lie at %#x", r.Off)
			}
		})
	}
}

func TestBadMessages(t *testing.T) {
	opened := []msg{beginOf(7), twoColumns('d')}
	for name, c := range map[string]struct {
		before []msg
		bad    msg
		want   string
	}{
		"empty":                    {nil, msg{}, "ends too early"},
		"unknown kind":             {nil, msg{'S'}.u32(1), "unknown (0x53) message at 0/1000: this kind"},
		"row outside":              {[]msg{twoColumns('d')}, rowMsg('I').tuple('N', "1", "a"), "insert message at 0/1000: it stands outside"},
		"truncate outside":         {nil, msg{'T'}.u32(0).u8(0), "outside a transaction"},
		"commit outside":           {nil, commitOf(), "outside a transaction"},
		"begin inside":             {opened, beginOf(8), "inside a transaction"},
		"commit of another":        {opened, msg{'C'}.u8(0).u64(1).u64(2).u64(3), "another transaction"},
		"undescribed":              {opened[:1], rowMsg('I').tuple('N', "1", "a"), "never described (OID 16500)"},
		"undescribed truncate":     {opened, msg{'T'}.u32(2).u8(0).u32(testRel).u32(9), "never described (OID 9)"},
		"truncate too short":       {opened, msg{'T'}.u32(2).u8(0).u32(testRel), "ends too early"},
		"too many columns":         {opened, rowMsg('I').tuple('N', "1", "a", "b"), "a row of 3 columns, the relation has 2"},
		"trailing bytes":           {opened, append(rowMsg('I').tuple('N', "1", "a"), 0), "goes on after its end"},
		"trailing after delete":    {opened, append(rowMsg('D').tuple('K', "1", nil), 0), "goes on after its end"},
		"trailing after update":    {opened, append(rowMsg('U').tuple('N', "1", nil), 0), "goes on after its end"},
		"no new row":               {opened, rowMsg('U').tuple('K', "1", nil), "ends too early"},
		"two old rows":             {opened, rowMsg('U').tuple('K', "1", nil).tuple('O', "1", nil), `kind 'N' is missing`},
		"unknown tuple":            {opened, rowMsg('D').tuple('X', "1", nil), "unknown kind"},
		"binary value":             {opened, rowMsg('I').u8('N').u16(2).u8('b').bytes("1"), `table public.orders, column "id": the value is neither text`},
		"value too long":           {opened, rowMsg('I').u8('N').u16(2).u8('t').u32(1 << 31), "ends too early"},
		"bad value":                {opened, rowMsg('I').tuple('N', "secret", "a"), `column "id": the text is not an integer`},
		"bad value after good":     {opened, rowMsg('I').tuple('N', "1", "\xff"), `column "note": the text is not UTF-8`},
		"relation with few bytes":  {nil, msg{'R'}.u32(1).text("a").text("b").u8('d').u16(65535), "ends too early"},
		"relation, unknown identy": {nil, twoColumns('x'), "replica identity of an unknown kind"},
		"relation too long":        {nil, append(twoColumns('d'), 0), "goes on after its end"},
		"logical, size":            {nil, msg{'M'}.u8(0).u64(1).text("p").u32(1 << 31), "ends too early"},
		"type without end":         {nil, append(msg{'Y'}.u32(1), "abc"...), "ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			d, b := newDecoder("app", selectAll{}, noFacts), new(event.Batch)
			feed(t, d, b, c.before...)
			_, err := d.message(c.bad, 0x1000, b)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Fatalf("got error %v, want one with %q and without the value", err, c.want)
			}
			if !errors.Is(err, event.ErrUnsupported) {
				t.Error("the error isn't permanent")
			}
			if len(b.Rows) != 0 || len(b.Values) != 0 || len(b.Arena) != 0 {
				t.Errorf("left in the batch: %d rows, %d values, %d bytes", len(b.Rows), len(b.Values), len(b.Arena))
			}
		})
	}
}

// Every message of every recording, cut short at every byte, is an error that
// leaves nothing behind.
func TestCutMessages(t *testing.T) {
	files, err := filepath.Glob(recordings + "/*.18.wal")
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, file := range files {
		rec := readRecording(t, file)
		d := rec.decoder()
		d.sel = selectOdd{}
		b := new(event.Batch)
		for i, m := range rec.wal {
			if len(m.data) < 300 {
				cutEverywhere(t, d, b, m)
			}
			if _, err := d.message(m.data, m.lsn, b); err != nil {
				t.Fatalf("%s, message %d: %v", file, i, err)
			}
		}
	}
}

func cutEverywhere(t *testing.T, d *decoder, b *event.Batch, m walMessage) {
	t.Helper()
	if r := d.relations[relOf(m.data)]; r != nil && !r.wanted {
		return // passed over without a look
	}
	rows, values, arena := len(b.Rows), len(b.Values), len(b.Arena)
	for n := range m.data {
		if _, err := d.message(m.data[:n], m.lsn, b); err == nil {
			t.Fatalf("%d of %d bytes of a %s message are taken for the whole", n, len(m.data), msgKind(m.data[0]))
		}
	}
	if len(b.Rows) != rows || len(b.Values) != values || len(b.Arena) != arena {
		t.Fatalf("a cut %s message left something in the batch", msgKind(m.data[0]))
	}
}

func relOf(data []byte) uint32 {
	r := reader{p: data[1:]}
	return r.uint32()
}

// pglogrepl has a parser of its own: both must find the same rows.
func TestAgainstOtherParser(t *testing.T) {
	files, err := filepath.Glob(recordings + "/*.wal")
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, file := range files {
		rec := readRecording(t, file)
		d := rec.decoder()
		d.sel = selectOdd{}
		for i, m := range rec.wal {
			b := new(event.Batch)
			kind, err := d.message(m.data, m.lsn, b)
			if err != nil {
				t.Fatal(err)
			}
			other, err := pglogrepl.Parse(m.data)
			if err != nil {
				t.Fatal(err)
			}
			if byte(kind) != byte(other.Type()) {
				t.Errorf("%s, message %d: %s here, %s there", file, i, kind, other.Type())
			}
			compareParsed(t, d, b, other)
		}
	}
}

func compareParsed(t *testing.T, d *decoder, b *event.Batch, other pglogrepl.Message) {
	t.Helper()
	switch o := other.(type) {
	case *pglogrepl.BeginMessage:
		if d.begin.FinalLSN != uint64(o.FinalLSN) || d.begin.XID != o.Xid || d.begin.Micros != o.CommitTime.UnixMicro() {
			t.Errorf("begin %+v here, %+v there", d.begin, o)
		}
	case *pglogrepl.CommitMessage:
		if d.commit.LSN != uint64(o.CommitLSN) || d.commit.End != uint64(o.TransactionEndLSN) || d.commit.Micros != o.CommitTime.UnixMicro() {
			t.Errorf("commit %+v here, %+v there", d.commit, o)
		}
	case *pglogrepl.InsertMessage:
		if r := d.relations[o.RelationID]; r.wanted {
			compareTuple(t, b, b.Rows[0].After, o.Tuple)
		}
	case *pglogrepl.UpdateMessage:
		if o.OldTuple != nil {
			compareTuple(t, b, b.Rows[0].Before, o.OldTuple)
		} else if b.Rows[0].Before >= 0 {
			t.Error("an old row from nowhere")
		}
		compareTuple(t, b, b.Rows[0].After, o.NewTuple)
	case *pglogrepl.DeleteMessage:
		compareTuple(t, b, b.Rows[0].Before, o.OldTuple)
	case *pglogrepl.TruncateMessage:
		if len(b.Rows) != int(o.RelationNum) {
			t.Errorf("%d tables truncated here, %d there", len(b.Rows), o.RelationNum)
		}
	}
}

func compareTuple(t *testing.T, b *event.Batch, at int32, other *pglogrepl.TupleData) {
	t.Helper()
	r := &b.Rows[0]
	image := b.Image(at, r.Schema)
	if len(image) != len(other.Columns) {
		t.Fatalf("%d columns here, %d there", len(image), len(other.Columns))
	}
	for i, c := range other.Columns {
		v := image[i]
		switch {
		case c.DataType == 'n':
			if !v.IsNull() {
				t.Errorf("column %d: NULL there, kind %d here", i, v.Kind())
			}
		case c.DataType == 'u':
			if full := r.Before >= 0; !full && v.Kind() != event.KindUnavailable {
				t.Errorf("column %d: unchanged there, kind %d here", i, v.Kind())
			}
		case v.Kind() == event.KindString && !strings.HasPrefix(r.Schema.Columns[i].Type.Native, "time"), v.Kind() == event.KindJSON, v.Kind() == event.KindUUID:
			if !bytes.Equal(b.Bytes(v), c.Data) {
				t.Errorf("column %d: other text there than here", i)
			}
		case v.Kind() < event.KindBool && !(len(c.Data) == 0 && v.IsNull()): // an empty varbit(1) is NULL
			t.Errorf("column %d: a value there, kind %d here", i, v.Kind())
		}
	}
}
