package binlog

import (
	"bytes"
	"encoding/binary"
	"testing"

	"cdc/event"
)

func FuzzPacked(f *testing.F) {
	fixture := loadFixture(f, "mariadb-more")
	m := typesMaps(f, fixture, false)["packed"]
	s, err := m.schema(&fixture.tables["packed"].facts)
	if err != nil {
		f.Fatal(err)
	}
	p, err := new(decoding).compilePlan(m, s, nil)
	if err != nil {
		f.Fatal(err)
	}
	bodies, kind := insertsOf(f, fixture, m.ID)
	for i := range p.cells {
		if k := p.cells[i].packed; k != nil {
			p.cells[i].read = func(c *cell, b *event.Batch, raw []byte) (event.Value, bool) {
				f.Add(bytes.Clone(raw))
				return readPacked(c, b, raw)
			}
		}
	}
	for _, body := range bodies {
		if _, err := p.decodeRows(kind, body, 0, new(event.Batch), 0, 0); err != nil {
			f.Fatal(err)
		}
	}
	var k packedCell
	f.Fuzz(func(t *testing.T, raw []byte) {
		plain, ok := k.unpack(raw)
		if len(plain) > 1100*(len(raw)+1) {
			t.Fatalf("%d bytes out of %d", len(plain), len(raw))
		}
		if again, still := k.unpack(raw); ok != still || ok && !bytes.Equal(plain, again) {
			t.Fatal("another value the second time")
		}
	})
}

func FuzzGeometry(f *testing.F) {
	point := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64([]byte{0xe6, 0x10, 0, 0, 1, 1, 0, 0, 0}, 1<<62), 1<<61)
	f.Add(point)
	f.Add([]byte{0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 128, 63})
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, read := range []func(*cell, *event.Batch, []byte) (event.Value, bool){readGeometry, readPoint, readVector} {
			var c cell
			b := event.Batch{Arena: []byte("before")}
			v, ok := read(&c, &b, raw)
			if !ok {
				continue
			}
			list := event.List(v.Bytes(b.Arena))
			for i := range list.Len() {
				if e := list.At(i); e.HasText() && !bytes.Contains(raw, e.Bytes(list)) {
					t.Fatalf("%x isn't of %x", e.Bytes(list), raw)
				}
			}
		}
	})
}

// FuzzText reads the text of every type.
func FuzzText(f *testing.F) {
	var parse []textCell
	for _, name := range fixtures() {
		fixture := loadFixture(f, name)
		for _, table := range fixture.tables {
			s, err := schemaOf(&table.facts, fixture.flavor)
			if err != nil {
				f.Fatal(err)
			}
			for i := range s.Columns {
				cell, err := new(decoding).compileText(s, &s.Columns[i], fixture.flavor)
				if err != nil {
					f.Fatal(err)
				}
				parse = append(parse, cell)
			}
		}
	}
	for _, text := range []string{"", "1", "-1.50", "2024-02-29", "0000-00-00", "2024-02-29 01:02:03.000004", "-838:59:59.000001", "1e300", "{}", "\x00", "123e4567-e89b-12d3-a456-426614174000"} {
		for i := range parse {
			f.Add([]byte(text), uint16(i))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, which uint16) {
		b := event.Batch{Arena: []byte("before")}
		v, err := parse[int(which)%len(parse)](&b, text)
		if err == nil && v.HasText() {
			v.Bytes(b.Arena)
		}
		if !bytes.HasPrefix(b.Arena, []byte("before")) {
			t.Fatal("what was there is overwritten")
		}
	})
}
