package encode

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cdc/event"
)

// rawRecord is a record as it was recorded, schema and payload together.
type rawRecord struct {
	Topic      string
	Partition  int
	Key, Value json.RawMessage
	Headers    []struct{ Key, Value string }
}

// readMarks returns the recorded records that aren't rows, by case, but for those
// in Avro.
func readMarks(t *testing.T, file string, is func(topic string) bool) map[string][]rawRecord {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(goldenRoot, "*", "*", file))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings of %s: %v", file, err)
	}
	found := map[string][]rawRecord{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var r rawRecord
			mustUnmarshal(t, lines.Bytes(), &r)
			if is(r.Topic) && !bytes.HasPrefix(r.Value, []byte(`{"hex"`)) {
				found[filepath.Dir(path)] = append(found[filepath.Dir(path)], r)
			}
		}
	}
	return found
}

// payload returns what JsonConverter prints without schemas.
func payload(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	text, _ := withoutSchema(t, raw)
	return text
}

// markBatch holds one mark of one transaction.
func markBatch(m event.Mark, tx event.Tx, micros int64) *event.Batch {
	m.Origin = 0
	return &event.Batch{Marks: []event.Mark{m}, Txs: []event.Tx{tx}, Origins: []event.Origin{{Micros: micros}}}
}

// compareMark encodes the mark with and without schemas, at the time that was
// recorded, and compares the bytes.
func compareMark(t *testing.T, c Config, b *event.Batch, at int64, want rawRecord, flags event.RecordFlags) {
	t.Helper()
	c.Now = func() time.Time { return time.UnixMilli(at) }
	bare := !bytes.HasPrefix(want.Value, []byte(`{"schema"`))
	for _, format := range []string{FormatJSONSchema, FormatJSON} {
		if format == FormatJSONSchema && bare {
			continue
		}
		c.Format = Format{Value: format}
		f := new(event.Frame)
		if err := mustNew(t, c).Encode(f, b); err != nil {
			t.Fatal(err)
		}
		if len(f.Records) != 1 {
			t.Fatalf("%d records, want 1", len(f.Records))
		}
		key, value := want.Key, want.Value
		if format == FormatJSON {
			key, value = payload(t, key), payload(t, value)
		}
		if string(f.Key(0)) != string(key) || string(f.Value(0)) != string(value) {
			t.Errorf("%s\n got %s %s\nwant %s %s", format, f.Key(0), f.Value(0), key, value)
		}
		if r := f.Records[0]; r.Target.Topic != want.Topic || r.Flags != flags || r.Row != -1 {
			t.Errorf("topic %s, flags %b, row %d; want %s, %b, -1", r.Target.Topic, r.Flags, r.Row, want.Topic, flags)
		}
	}
	if sent := flags&event.NoHeaders == 0; sent != (len(want.Headers) > 0) {
		t.Errorf("headers are sent: %v, recorded: %v", sent, want.Headers)
	}
}

func prefixOf(topic string) string { return strings.Split(topic, ".")[0] }

func TestGoldenTransactions(t *testing.T) {
	all := readMarks(t, "events.jsonl", func(topic string) bool { return strings.HasSuffix(topic, ".transaction") })
	for dir, list := range all {
		for _, r := range list {
			var v struct {
				Status, ID  string
				Count       uint32 `json:"event_count"`
				Collections []struct {
					Table string `json:"data_collection"`
					Count uint32 `json:"event_count"`
				} `json:"data_collections"`
				Millis int64 `json:"ts_ms"`
			}
			mustUnmarshal(t, payload(t, r.Value), &v)
			m := event.Mark{Kind: event.MarkBegin}
			c := Config{Name: prefixOf(r.Topic), Connector: connectorOf(dir)}
			b := markBatch(m, event.Tx{}, v.Millis*1000+999)
			setTransaction(t, b, c.Connector, v.ID)
			if v.Status == "END" {
				b.Marks[0].Kind, b.Marks[0].Events = event.MarkEnd, v.Count
				for _, n := range v.Collections {
					b.Counts = append(b.Counts, event.TableCount{Table: n.Table, Events: n.Count})
				}
				b.Marks[0].CountsEnd = int32(len(b.Counts))
			}
			compareMark(t, c, b, 0, r, event.NoHeaders)
		}
	}
}

func connectorOf(dir string) string {
	name := filepath.Base(filepath.Dir(dir))
	if name == "postgres" {
		return "postgresql"
	}
	return name
}

// setTransaction makes the transaction of the first mark that of an id.
func setTransaction(t *testing.T, b *event.Batch, connector, id string) {
	t.Helper()
	if connector != "postgresql" {
		b.Txs[0].GTID = b.Put(event.KindString, []byte(id))
		return
	}
	if _, err := fmt.Sscanf(id, "%d:%d", &b.Txs[0].XID, &b.Marks[0].Off); err != nil {
		t.Fatal(err)
	}
}

func TestGoldenHeartbeats(t *testing.T) {
	all := readMarks(t, "events.jsonl", func(topic string) bool { return strings.HasPrefix(topic, "__debezium-heartbeat.") })
	for dir, list := range all {
		for _, r := range list {
			var v struct {
				Millis int64 `json:"ts_ms"`
			}
			mustUnmarshal(t, payload(t, r.Value), &v)
			c := Config{Name: strings.TrimPrefix(r.Topic, "__debezium-heartbeat."), Connector: connectorOf(dir)}
			b := &event.Batch{Marks: []event.Mark{{Kind: event.MarkHeartbeat, Origin: -1}}}
			compareMark(t, c, b, v.Millis, r, event.FirstPartition|event.NoHeaders)
		}
	}
}

func TestGoldenMessages(t *testing.T) {
	all := readMarks(t, "events.jsonl", func(topic string) bool { return strings.HasSuffix(topic, ".message") })
	for dir, list := range all {
		options := openCase(t, caseName(t, dir)).options
		for _, r := range list {
			var v struct {
				Millis  int64 `json:"ts_ms"`
				Source  goldenSource
				Message struct{ Prefix, Content string }
			}
			mustUnmarshal(t, payload(t, r.Value), &v)
			b := markBatch(event.Mark{Kind: event.MarkMessage, Off: v.Source.LSN, Transactional: v.Source.XID != 0}, event.Tx{XID: v.Source.XID, ReplicationOrigin: v.Source.Origin, OriginLSN: v.Source.OriginLSN}, v.Source.Micros)
			b.Txs[0].PrevCommit = previousCommit(t, *v.Source.Sequence)
			b.Marks[0].Prefix = b.Put(event.KindString, []byte(v.Message.Prefix))
			b.Marks[0].Content = b.Put(event.KindBytes, contentOf(t, options.BinaryHandling, v.Message.Content))
			c := Config{Name: prefixOf(r.Topic), Connector: "postgresql", Database: v.Source.DB, Options: options}
			compareMark(t, c, b, v.Millis, r, event.NoHeaders)
		}
	}
}

// caseName is the name of the case in a folder.
func caseName(t *testing.T, dir string) string {
	t.Helper()
	name, err := filepath.Rel(goldenRoot, dir)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(name)
}

// contentOf reads the content of a message back.
func contentOf(t *testing.T, mode, text string) []byte {
	t.Helper()
	decode := base64.StdEncoding.DecodeString
	switch mode {
	case modeBase64URL:
		decode = base64.URLEncoding.DecodeString
	case modeHex:
		decode = hex.DecodeString
	}
	p, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func previousCommit(t *testing.T, sequence string) uint64 {
	t.Helper()
	var pair []*string
	mustUnmarshal(t, []byte(sequence), &pair)
	if pair[0] == nil {
		return 0
	}
	n, err := strconv.ParseUint(*pair[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// goldenChange is the value of a record of the schema change topic.
type goldenChange struct {
	Source   goldenSource
	Millis   int64  `json:"ts_ms"`
	Database string `json:"databaseName"`
	DDL      string
	Changes  []struct {
		Type, ID string
		Table    *struct {
			Charset *string  `json:"defaultCharsetName"`
			Key     []string `json:"primaryKeyColumnNames"`
			Comment *string
			Columns []struct {
				Name                                 string
				JDBCType, Position                   int32
				TypeName, TypeExpression             string
				CharsetName                          *string
				Length, Scale                        *int32
				Optional, AutoIncremented, Generated bool
				Comment, DefaultValueExpression      *string
				EnumValues                           []string
			}
		}
	} `json:"tableChanges"`
}

func (g *goldenChange) change() *event.SchemaChange {
	c := &event.SchemaChange{Database: g.Database, Table: g.Source.Table, DDL: g.DDL, Snapshot: g.Source.Snapshot != "false", Last: g.Source.Snapshot == "last"}
	for _, one := range g.Changes {
		change := event.TableChange{Type: one.Type, ID: one.ID}
		if t := one.Table; t != nil {
			change.Table = &event.TableInfo{Key: t.Key, Comment: t.Comment}
			if t.Charset != nil {
				change.Table.Charset = *t.Charset
			}
			for _, col := range t.Columns {
				change.Table.Columns = append(change.Table.Columns, event.ColumnInfo{
					Name: col.Name, JDBCType: col.JDBCType, TypeName: col.TypeName, TypeExpression: col.TypeExpression, Charset: col.CharsetName,
					Length: col.Length, Scale: col.Scale, Position: col.Position, Optional: col.Optional, AutoIncremented: col.AutoIncremented,
					Generated: col.Generated, Comment: col.Comment, Default: col.DefaultValueExpression, EnumValues: col.EnumValues,
				})
			}
		}
		c.Changes = append(c.Changes, change)
	}
	return c
}

func TestGoldenSchemaChanges(t *testing.T) {
	all := readMarks(t, "ddl.jsonl", func(string) bool { return true })
	for _, list := range all {
		for _, r := range list {
			var v goldenChange
			mustUnmarshal(t, payload(t, r.Value), &v)
			tx := event.Tx{File: v.Source.File, Server: v.Source.Server, Thread: v.Source.Thread}
			b := markBatch(event.Mark{Kind: event.MarkSchemaChange, Off: v.Source.Pos, Change: v.change()}, tx, v.Source.Micros)
			if v.Source.GTID != nil {
				b.Txs[0].GTID = b.Put(event.KindString, []byte(*v.Source.GTID))
			}
			c := Config{Name: r.Topic, Connector: v.Source.Connector, Version: v.Source.Version}
			compareMark(t, c, b, v.Millis, inMicros(r, v.Source), event.FirstPartition)
		}
	}
}

// inMicros cuts the nanoseconds that a source of ours doesn't know.
func inMicros(r rawRecord, s goldenSource) rawRecord {
	recorded, ours := fmt.Sprintf(`"ts_ns":%d,`, s.Nanos), fmt.Sprintf(`"ts_ns":%d,`, s.Micros*1000)
	r.Value = bytes.Replace(r.Value, []byte(recorded), []byte(ours), 1)
	return r
}
