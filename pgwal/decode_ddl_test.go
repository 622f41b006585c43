package pgwal

import (
	"fmt"
	"strings"
	"testing"

	"cdc/event"
)

// lines prints rows one a line, for tests that hold a whole script against its
// rows: operation, table, version, key columns in <>, images, flags.
func lines(t *testing.T, b *event.Batch) []string {
	t.Helper()
	var out []string
	for i := range b.Rows {
		r := &b.Rows[i]
		s := fmt.Sprintf("%c %s v%d", r.Op, r.Schema.Table, r.Schema.Version)
		if r.Before >= 0 {
			s += " -" + printImage(t, b, r, r.Before)
		}
		if r.After >= 0 {
			s += " +" + printImage(t, b, r, r.After)
		}
		if r.Flags&event.KeyOnly != 0 {
			s += " keyonly"
		}
		if r.Flags&event.KeyChanged != 0 {
			s += " keychanged"
		}
		out = append(out, s)
	}
	return out
}

func printImage(t *testing.T, b *event.Batch, r *event.Row, at int32) string {
	t.Helper()
	var parts []string
	values := b.Image(at, r.Schema)
	for i := range r.Schema.Columns {
		c := &r.Schema.Columns[i]
		name := c.Name
		if isKey(r.Schema, c.Ord) {
			name = "<" + name + ">"
		}
		parts = append(parts, name+"="+printValue(t, c, values[c.Ord], b.Arena))
	}
	return strings.Join(parts, " ")
}

// printValue shortens texts of many equal characters.
func printValue(t *testing.T, c *event.Column, v event.Value, arena []byte) string {
	t.Helper()
	switch v.Kind() {
	case event.KindSkipped:
		return "skipped"
	case event.KindNull:
		return "null"
	case event.KindUnavailable:
		return "unavailable"
	case event.KindDecimal:
		return fmt.Sprintf("%de-%d", v.Int(), v.Scale())
	}
	s := fmt.Sprint(render(t, c, v, arena))
	if len(s) > 1000 {
		return fmt.Sprintf("%c*%d", s[len(s)/2], len(s))
	}
	return s
}

func sameLines(t *testing.T, got []string, want string) {
	t.Helper()
	wanted := strings.Split(strings.TrimSpace(want), "\n")
	for i := range max(len(got), len(wanted)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(wanted) {
			w = strings.TrimSpace(wanted[i])
		}
		if g != w {
			t.Errorf("row %d:\n got %s\nwant %s", i, g, w)
		}
	}
}

// The catalogue of the recording is that of the end of the script: every row
// must still be read with the columns that it had, and a type that the catalogue
// has learnt more about since (a label) doesn't matter.
const ddlRows = `
c customers v1 +<id>=1 name=Ann mood=ok credit=1250e-2
c orders v1 +<id>=1 customer=1 status=new at=2026-01-02T03:04:05.678Z
u customers v1 +<id>=1 name=Ann mood=ok credit=0e-2
c nokey v1 +a=1 b=x
c nokey v1 +a=2 b=null
u orders v1 +<id>=1 customer=1 status=shipping at=2026-01-02T03:04:05.678Z
c customers v2 +<id>=2 name=Bob mood=sad credit=null age=30
u customers v3 +<id>=2 full_name=Bob mood=sad credit=null age=31
c customers v4 +<id>=3 full_name=Cy mood=null credit=100e-2 age=3000000000
u customers v5 -<id>=3 full_name=null mood=null age=null +<id>=4 full_name=Cy mood=null age=3000000000 keyonly keychanged
u customers v5 +<id>=4 full_name=Cy mood=great age=3000000000
c orders v1 +<id>=2 customer=2 status=new at=null
c nokey v1 +a=3 b=from elsewhere
t orders v1
t nokey v1
c purchases v2 +<id>=4 customer=4 status=new at=null
d purchases v2 -<id>=4 customer=null status=null at=null keyonly
d customers v5 -<id>=2 full_name=null mood=null age=null keyonly`

// selectOdd doesn't want the tables called odd.
type selectOdd struct{ selectAll }

func (s selectOdd) Select(sc *event.Schema) ([]bool, bool, error) {
	want, _, err := s.selectAll.Select(sc)
	return want, sc.Table != "odd", err
}

func TestAlteredTables(t *testing.T) {
	for _, server := range []string{"15", "18"} {
		t.Run(server, func(t *testing.T) {
			rec := readRecording(t, recordings+"/ddl."+server+".wal")
			d := rec.decoder()
			d.sel = selectOdd{}
			want := ddlRows
			sameLines(t, lines(t, rec.replay(t, d)), want)
		})
	}
}

func TestToast(t *testing.T) {
	for _, server := range []string{"15", "18"} {
		t.Run(server, func(t *testing.T) {
			rec := readRecording(t, recordings+"/toast."+server+".wal")
			sameLines(t, lines(t, rec.replay(t, rec.decoder())), `
c t v1 +<id>=1 n=1 a=a*2100 b=b*2109 c=q*2800 l=l*2100
u t v1 +<id>=1 n=2 a=unavailable b=unavailable c=unavailable l=unavailable
u t v1 +<id>=1 n=3 a=short b=unavailable c=unavailable l=unavailable
c f v1 +<id>=1 n=1 a=a*2100 l=l*2100
u f v1 -<id>=1 n=1 a=a*2100 l=l*2100 +<id>=1 n=2 a=a*2100 l=l*2100
u f v1 -<id>=1 n=2 a=a*2100 l=l*2100 +<id>=1 n=2 a=short l=l*2100
c k v1 +<id>=k*2100 n=1
u k v1 -<id>=k*2100 n=null +<id>=k*2100 n=2 keyonly
d k v1 -<id>=k*2100 n=null keyonly`)
		})
	}
}

func TestTransactionsOfARecording(t *testing.T) {
	rec := readRecording(t, recordings+"/ddl.18.wal")
	d := rec.decoder()
	d.sel = selectOdd{}
	b := rec.replay(t, d)
	seen := map[uint64]bool{}
	var last uint64
	for i := range b.Rows {
		o := b.Origins[b.Rows[i].Origin]
		tx := b.Txs[o.Tx]
		if tx.XID == 0 || o.Micros < epochMicros {
			t.Errorf("row %d: transaction %d at %d", i, tx.XID, o.Micros)
		}
		if seen[tx.XID] = true; tx.PrevCommit < last || tx.PrevCommit > b.Rows[i].Off {
			t.Errorf("row %d at %d: the commit before it is said to end at %d", i, b.Rows[i].Off, tx.PrevCommit)
		}
		last = tx.PrevCommit
	}
	for i := range b.Marks {
		seen[b.Txs[b.Origins[b.Marks[i].Origin].Tx].XID] = true // a logical message
	}
	if len(b.Txs) != len(seen) || len(b.Origins) != len(seen) {
		t.Errorf("%d transactions wrote something, the batch holds %d and %d origins", len(seen), len(b.Txs), len(b.Origins))
	}
	if d.inTx || d.commit.End == 0 || d.prevCommit != d.commit.End || d.commit.LSN != d.begin.FinalLSN {
		t.Errorf("after the last commit: %+v %+v, prevCommit %d", d.begin, d.commit, d.prevCommit)
	}
}

func (selectOdd) Generation() uint32 { return 0 }

func (s selectOdd) Newest() event.Selector { return s }
