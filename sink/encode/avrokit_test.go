package encode

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"
	"go.uber.org/zap"

	"cdc/event"
	"cdc/sink/encode/connect"
	"cdc/sink/registry"
)

// avroConf is c with keys and values in Avro, registered with fake.
func avroConf(t testing.TB, c Config, fake *srfake.Registry) Config {
	t.Helper()
	c.Format.Key, c.Format.Value = FormatAvro, FormatAvro
	c.Format.Registry.URLs = []string{fake.URL()}
	return withRegistry(t, c)
}

// withRegistry gives c a client of the registry that its format names.
func withRegistry(t testing.TB, c Config) Config {
	t.Helper()
	r, err := registry.New(c.Format.Registry, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	c.Registry = r
	return c
}

func newFake(t testing.TB) *srfake.Registry {
	fake := srfake.New()
	t.Cleanup(fake.Close)
	return fake
}

// registered returns the text of the schema that a record names.
func registered(t testing.TB, c Config, record []byte) string {
	t.Helper()
	client, err := sr.NewClient(sr.URLs(c.Format.Registry.URLs...))
	if err != nil {
		t.Fatal(err)
	}
	if len(record) < 5 || record[0] != 0 {
		t.Fatalf("no schema id before %x", record)
	}
	s, err := client.SchemaByID(t.Context(), int(binary.BigEndian.Uint32(record[1:])))
	if err != nil {
		t.Fatal(err)
	}
	return s.Schema
}

// logicalTypes would have hamba hand over times and rationals.
var logicalTypes = regexp.MustCompile(`,"logicalType":"[a-z-]+"`)

func parseAvro(t testing.TB, text string) avro.Schema {
	t.Helper()
	s, err := avro.ParseWithCache(logicalTypes.ReplaceAllString(text, ""), "", &avro.SchemaCache{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

// avroJSON reads a record with hamba/avro and prints it as JsonConverter would.
func avroJSON(t testing.TB, c Config, record []byte) string {
	t.Helper()
	s := parseAvro(t, registered(t, c, record))
	var decoded any
	if err := avro.Unmarshal(s, record[5:], &decoded); err != nil {
		t.Fatalf("decode: %v\n%x", err, record)
	}
	p := &avroPrinter{r: avro.NewReader(nil, 0).Reset(record[5:])}
	p.print(s)
	if p.r.Error != nil {
		t.Fatalf("read: %v\n%x", p.r.Error, record)
	}
	if p.r.Peek(); p.r.Error == nil {
		t.Fatalf("bytes are left behind the record: %x", record)
	}
	return string(p.b)
}

// avroPrinter walks along a schema with hamba's reader of primitives.
type avroPrinter struct {
	r *avro.Reader
	b []byte
}

func (p *avroPrinter) add(format string, args ...any) { p.b = fmt.Appendf(p.b, format, args...) }

func (p *avroPrinter) print(s avro.Schema) {
	switch s := s.(type) {
	case *avro.RefSchema:
		p.print(s.Schema())
	case *avro.RecordSchema:
		p.add("{")
		for i, f := range s.Fields() {
			p.add("%s%q:", strings.Repeat(",", min(i, 1)), f.Name())
			p.print(f.Type())
		}
		p.add("}")
	case *avro.ArraySchema:
		p.array(s)
	case *avro.MapSchema:
		p.add("{")
		p.blocks(func() {
			p.b = append(connect.AppendString(p.b, []byte(p.r.ReadString())), ':')
			p.print(s.Values())
		})
		p.add("}")
	case *avro.UnionSchema:
		p.print(s.Types()[p.r.ReadInt()])
	case *avro.NullSchema:
		p.add("null")
	default:
		p.primitive(s.Type())
	}
}

func (p *avroPrinter) array(s *avro.ArraySchema) {
	entry, ok := s.Items().(*avro.RecordSchema)
	ok = ok && entry.Name() == "MapEntry"
	p.add("[")
	p.blocks(func() {
		if !ok {
			p.print(s.Items())
			return
		}
		p.add("[")
		p.print(entry.Fields()[0].Type())
		p.add(",")
		p.print(entry.Fields()[1].Type())
		p.add("]")
	})
	p.add("]")
}

func (p *avroPrinter) blocks(item func()) {
	first := true
	for {
		n, _ := p.r.ReadBlockHeader()
		if n == 0 || p.r.Error != nil {
			return
		}
		for range n {
			if !first {
				p.add(",")
			}
			first = false
			item()
		}
	}
}

func (p *avroPrinter) primitive(t avro.Type) {
	switch t {
	case avro.Boolean:
		p.b = appendBool(p.b, p.r.ReadBool())
	case avro.Int:
		p.add("%d", p.r.ReadInt())
	case avro.Long:
		p.add("%d", p.r.ReadLong())
	case avro.Float:
		p.b = appendFloat(p.b, float64(p.r.ReadFloat()), 32)
	case avro.Double:
		p.b = appendFloat(p.b, p.r.ReadDouble(), 64)
	case avro.Bytes:
		p.add("%q", base64.StdEncoding.EncodeToString(p.r.ReadBytes()))
	case avro.String:
		p.b = connect.AppendString(p.b, []byte(p.r.ReadString()))
	default:
		p.add("?%s?", t)
	}
}

// avroRecords are keys and values in JSON, by the number of the record.
func avroRecords(t testing.TB, c Config, f *event.Frame) []string {
	t.Helper()
	var list []string
	for i := range f.Records {
		line := []string{"null", "null"}
		for j, p := range [][]byte{f.Key(i), f.Value(i)} {
			if p != nil {
				line[j] = avroJSON(t, c, p)
			}
		}
		list = append(list, strings.Join(line, " "))
	}
	return list
}

func jsonRecords(f *event.Frame) []string {
	var list []string
	for i := range f.Records {
		line := []string{"null", "null"}
		for j, p := range [][]byte{f.Key(i), f.Value(i)} {
			if p != nil {
				line[j] = string(p)
			}
		}
		list = append(list, strings.Join(line, " "))
	}
	return list
}

// sameInBoth encodes the batch in JSON and in Avro and wants the same records.
func (b *builder) sameInBoth(t *testing.T, c Config, fake *srfake.Registry) *event.Frame {
	t.Helper()
	if c.Options.SourceVersion == "" {
		c.Options = DefaultOptions(c.Connector)
	}
	c.Options.SchemaNameAdjustment, c.Options.FieldNameAdjustment = modeAvro, modeAvro
	inAvro := avroConf(t, c, fake)
	f, err := b.try(t, inAvro)
	g, jsonErr := b.try(t, c)
	if (err == nil) != (jsonErr == nil) {
		t.Fatalf("in Avro %v, in JSON %v", err, jsonErr)
	}
	got, want := withMark(avroRecords(t, inAvro, f)), withMark(jsonRecords(g))
	if !slices.Equal(got, want) {
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Fatalf("record %d:\n got %s\nwant %s", i, at(got, i), want[i])
			}
		}
	}
	return f
}

// withMark makes alike what says that a row is no part of a snapshot.
func withMark(list []string) []string {
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], `"snapshot":null`, `"snapshot":"false"`)
	}
	return list
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "none"
}
