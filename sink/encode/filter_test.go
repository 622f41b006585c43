package encode

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
	"cdc/security"
)

// varchar is a text column of n characters.
func varchar(n int32, flags event.TypeFlags) event.Type {
	return event.Type{Kind: event.KindString, Native: "character varying", Length: n, Flags: flags, Declared: event.Declared{Name: "VARCHAR", Length: n, Scale: event.NoLength}}
}

const everyColumn = "*.*.v"

func hashed(algorithm, salt, version string) func(*Options) {
	return func(o *Options) {
		o.MaskHash = []HashMask{{Algorithm: algorithm, Salt: security.Secret(salt), Version: version, Columns: []string{everyColumn}}}
	}
}

func masked(n int) func(*Options) {
	return func(o *Options) { o.MaskWithChars = map[int][]string{n: {everyColumn}} }
}

func truncated(n int) func(*Options) {
	return func(o *Options) { o.TruncateToChars = map[int][]string{n: {everyColumn}} }
}

// The hashes of the recordings are among these.
func TestFilters(t *testing.T) {
	str := func(s string) func(*builder) event.Value { return text(event.KindString, s) }
	nullable := varchar(20, event.Nullable)
	def := varchar(20, event.Nullable)
	def.Default = &event.Default{Value: event.Text(event.KindString, 0, 7), Text: []byte("default")}
	jsonb := event.Type{Kind: event.KindJSON, Native: "jsonb"}
	for _, tt := range []struct {
		name   string
		change func(*Options)
		typ    event.Type
		value  func(*builder) event.Value
		want   string
	}{
		{"v2", hashed("SHA-256", "pepper", "v2"), nullable, str("123-45-6789"), `"db0c794283a81a650b11"`},
		{"v1", hashed("SHA-256", "CzQMA0cB5K", "v1"), varchar(8, 0), str("t0"), `"5e8c8315"`},
		{"v1 padded", hashed("SHA-256", "CzQMA0cB5K", "v1"), varchar(8, 0), str("t0      "), `"8aec9b0e"`},
		{"hash of null", hashed("MD5", "", ""), nullable, constant(event.Null), `null`},
		{"hash of the default for null", hashed("MD5", "", ""), def, constant(event.Null), `"default"`},
		{"hash of no value where there must be one", hashed("MD5", "", ""), varchar(0, 0), constant(event.Null), `"d41d8cd98f00b204e9800998ecf8427e"`},
		{"MD5", hashed("md5", "", ""), varchar(0, 0), str("abc"), `"900150983cd24fb0d6963f7d28e17f72"`},
		{"SHA-1", hashed("SHA-1", "a", ""), varchar(0, 0), str("bc"), `"a9993e364706816aba3e25717850c26c9cd0d89d"`},
		{"SHA3-256", hashed("SHA3-256", "abc", ""), varchar(0, 0), str(""), `"3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"`},
		{"mask", masked(5), varchar(30, 0), str("a@example.org"), `"*****"`},
		{"mask of null", masked(5), nullable, constant(event.Null), `"*****"`},
		{"mask of nothing in the log", masked(0), nullable, constant(event.Unavailable), `""`},
		{"mask of another type", masked(5), typ(event.KindInt, 0), constant(event.Int(7)), `7`},
		{"mask of jsonb", masked(5), jsonb, text(event.KindJSON, `{}`), `"{}"`},
		{"truncated", truncated(10), event.Type{Kind: event.KindString}, str("a very long note text"), `"a very lon"`},
		{"short", truncated(10), event.Type{Kind: event.KindString}, str("ümläute"), `"ümläute"`},
		{"truncated within a character", truncated(2), event.Type{Kind: event.KindString}, str("a😀"), `"a"`},
		{"truncated after a character", truncated(3), event.Type{Kind: event.KindString}, str("a😀b"), `"a\uD83D\uDE00"`},
		{"truncated jsonb", truncated(3), jsonb, text(event.KindJSON, `{"a":1}`), `"{\"a"`},
		{"truncated bytes", truncated(3), typ(event.KindBytes, 0), text(event.KindBytes, "abcdef"), `"YWJj"`},
		{"truncated placeholder", truncated(3), event.Type{Kind: event.KindString}, constant(event.Unavailable), `"__d"`},
		{"not truncated decimal", truncated(1), decimalType(30, 2), constant(event.Decimal(1<<40, 2)), `"AQAAAAAA"`},
	} {
		got, err := printed(t, with(pgConf, tt.change), tt.typ, tt.value)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %s, want %s, error %v", tt.name, got, tt.want, err)
		}
	}
}

// TestFilterParams: one thing holds for a column, and it shows in the schema.
func TestFilterParams(t *testing.T) {
	propagated := func(o *Options) { o.PropagateSourceType = []string{"/.*/"} }
	const source = `"__debezium.source.column.type":"VARCHAR","__debezium.source.column.length":"20",`
	for _, tt := range []struct {
		name    string
		changes []func(*Options)
		want    string
	}{
		{"none", nil, ``},
		{"mask", []func(*Options){masked(1)}, `,"parameters":{"masked":"true"}`},
		{"truncation", []func(*Options){truncated(5)}, `,"parameters":{"truncateLength":"5"}`},
		{"truncation of a shorter column", []func(*Options){truncated(20)}, ``},
		{"a mask before a truncation", []func(*Options){truncated(5), masked(1)}, `,"parameters":{"masked":"true"}`},
		{"a hash before propagation", []func(*Options){propagated, hashed("MD5", "", "")}, `,"parameters":{"masked":"true"}`},
		{"propagation", []func(*Options){propagated}, `,"parameters":{` + source + `"__debezium.source.column.name":"v"}`},
		{"propagation by type", []func(*Options){func(o *Options) { o.PropagateDatatype = []string{"public.t.varchar"} }}, `,"parameters":{` + source + `"__debezium.source.column.name":"v"}`},
		{
			"comments",
			[]func(*Options){propagated, func(o *Options) { o.SchemaComments = true }},
			`,"doc":"a comment","parameters":{` + source + `"__debezium.source.column.comment":"a comment","__debezium.source.column.name":"v"}`,
		},
	} {
		conf := with(pgConf, func(o *Options) {
			for _, change := range tt.changes {
				change(o)
			}
		})
		typ := varchar(20, 0)
		typ.Comment = "a comment"
		if got, want := described(t, conf, typ), `{"type":"string","optional":false`+tt.want+`}`; got != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, want)
		}
	}
}

// Keys are never filtered.
func TestKeyIsNotFiltered(t *testing.T) {
	b := newBuilder(table(1, col("v", 0, varchar(20, 0))))
	b.add(event.OpCreate, 0, nil, vals(b.text(event.KindString, "secret")))
	f := b.encode(t, with(pgConf, masked(3)))
	if key, value := string(f.Key(0)), string(f.Value(0)); key != `{"v":"secret"}` || !strings.Contains(value, `"after":{"v":"***"}`) {
		t.Errorf("got key %s, value %s", key, value)
	}
}

func TestFiltersAllocateNothing(t *testing.T) {
	in := newBuilder(table(0))
	v := in.text(event.KindString, "a text of forty characters, or some more")
	for name, change := range map[string]func(*Options){
		"mask": masked(5), "truncation": truncated(5), "v1": hashed("SHA-256", "salt", "v1"), "v2": hashed("SHA3-512", "salt", "v2"),
	} {
		c, err := columnOf(t, with(pgConf, change), event.Type{Kind: event.KindString, Native: "text"})
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 1024)
		if n := testing.AllocsPerRun(20, func() { _, err = c.append(buf, v, in.batch.Arena, 1<<20) }); n != 0 || err != nil {
			t.Errorf("%s: %v allocations, error %v", name, n, err)
		}
	}
}

// TestSerialised: Java's modified UTF-8.
func TestSerialised(t *testing.T) {
	got := string(appendSerialised(nil, []byte("a\x00ä€😀")))
	if want := "\xac\xed\x00\x05t\x00\x0ea\xc0\x80ä€\xed\xa0\xbd\xed\xb8\x80"; got != want {
		t.Errorf("got %x, want %x", got, want)
	}
	long := string(appendSerialised(nil, []byte(strings.Repeat("a", 1<<16))))
	if want := "\xac\xed\x00\x05|\x00\x00\x00\x00\x00\x01\x00\x00aa"; !strings.HasPrefix(long, want) {
		t.Errorf("got %x, want %x", long[:15], want)
	}
}

func TestAdjust(t *testing.T) {
	for _, tt := range []struct {
		mode       string
		fields     bool
		name, want string
	}{
		{modeNone, false, "a-b.Value", "a-b.Value"},
		{modeAvro, false, "a-b.c_d.Value", "a_b.c_d.Value"},
		{modeAvro, false, "1a.größe$", "_1a.gr__e_"},
		{modeAvro, false, "😀", "__"},
		{modeAvro, true, "a.b", "a_b"},
		{modeAvro, true, "1", "_1"},
		{modeAvroUnicode, false, "a_b-c.1", "a_u005fb_u002dc.1"},
		{modeAvroUnicode, true, "1.€", "_u0031_u002e_u20ac"},
	} {
		if got := newAdjuster(tt.mode, tt.fields).adjust(tt.name); got != tt.want {
			t.Errorf("%s of %s: got %s, want %s", tt.mode, tt.name, got, tt.want)
		}
	}
}

// Two names that become one are refused.
func TestAdjustClash(t *testing.T) {
	conf := with(mysqlConf, func(o *Options) { o.FieldNameAdjustment, o.SchemaNameAdjustment = modeAvro, modeAvro })
	b := newBuilder(table(0, col("a-b", 0, typ(event.KindInt, 0)), col("a_b", 1, typ(event.KindInt, 0))))
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Int(2)))
	if _, err := b.try(t, conf); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), `"a-b" and "a_b"`) {
		t.Errorf("got %v", err)
	}
	b = newBuilder(table(0, col("v", 0, typ(event.KindInt, 0))))
	b.target.Name = "p.a-b"
	b.add(event.OpCreate, 0, nil, vals(event.Int(1)))
	b.add(event.OpCreate, 0, nil, vals(event.Int(1)))
	b.batch.Outs[1].Target = &event.Target{Topic: "p.a_b"}
	if _, err := b.try(t, conf); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), `avro_unicode`) {
		t.Errorf("got %v", err)
	}
}
