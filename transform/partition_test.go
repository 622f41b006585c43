package transform

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// routedTable is the table of the recordings of PartitionRouting.
func routedTable() *event.Schema {
	col := func(name string, k event.Kind, native string) event.Column {
		c := cdctest.Col(name, k)
		c.Type.Native = native
		return c
	}
	d, tm := col("d", event.KindDecimal, "decimal(10,2)"), col("tm", event.KindLocal, "datetime(6)")
	d.Type.Precision, d.Type.Scale, tm.Type.Precision = 10, 2, 6
	id := cdctest.Key("id", event.KindInt)
	id.Type.Native = "int"
	return cdctest.Table("x.t", id, cdctest.Col("v", event.KindString), col("b", event.KindInt, "bigint"), d, cdctest.Col("f", event.KindFloat64),
		tm, col("bo", event.KindInt, "tinyint(1)"), cdctest.Col("dt", event.KindDate), cdctest.Col("bin", event.KindBytes))
}

// image makes a row of what a recorded event says.
func image(t *testing.T, s *event.Schema, fields map[string]any) []any {
	t.Helper()
	var list []any
	for _, c := range s.Columns {
		switch v := fields[c.Name].(type) {
		case json.Number:
			if c.Type.Kind == event.KindFloat64 {
				f, _ := v.Float64()
				list = append(list, f)
				continue
			}
			n, err := v.Int64()
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, n)
		case string:
			if c.Type.Kind == event.KindString {
				list = append(list, v)
				continue
			}
			p, err := base64.StdEncoding.DecodeString(v)
			if err != nil {
				t.Fatal(err)
			}
			if c.Type.Kind == event.KindBytes {
				list = append(list, p)
				continue
			}
			n := new(big.Int).SetBytes(p)
			if len(p) > 0 && p[0] >= 0x80 {
				n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(p))))
			}
			list = append(list, event.Decimal(n.Int64(), 2))
		default:
			list = append(list, nil)
		}
	}
	return list
}

type recordedEvent struct {
	Topic     string
	Partition int32
	Value     struct {
		Payload struct {
			Op            string
			Before, After map[string]any
		}
	}
}

// Records go to the partitions to which those of the real Debezium went.
func TestPartitionRoutingGolden(t *testing.T) {
	names, err := filepath.Glob("../testdata/golden/mysql/partition-[jm][au]*/events.jsonl")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d recordings, %v", len(names), err)
	}
	compared := 0
	for _, name := range names {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			p := routedProgram(t, filepath.Join(filepath.Dir(name), "case.json"))
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			lines := bufio.NewScanner(file)
			lines.Buffer(nil, 1<<20)
			for lines.Scan() {
				if compareRouting(t, p, lines.Bytes()) {
					compared++
				}
			}
		})
	}
	if compared < 100 {
		t.Errorf("only %d records compared", compared)
	}
}

// routedProgram is the rule that stands for a recorded configuration.
func routedProgram(t *testing.T, name string) *Program {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Config map[string]string }
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	get := func(key string) string { return c.Config["transforms.part.partition."+key] }
	return with(t, Options{Prefix: "p"}, fmt.Sprintf("version: 1\nrules:\n- name: r\n  tables: [x.t]\n  on: [insert, update, delete, snapshot]\n  partition_by: {fields: [%s], partitions: %s, hash: %s}\n",
		get("payload.fields"), get("topic.num"), get("hash.function")))
}

func compareRouting(t *testing.T, p *Program, line []byte) bool {
	t.Helper()
	var e recordedEvent
	dec := json.NewDecoder(strings.NewReader(string(line)))
	dec.UseNumber()
	if err := dec.Decode(&e); err != nil || !strings.HasSuffix(e.Topic, ".t") || e.Value.Payload.Op == "" {
		return false
	}
	s, b := routedTable(), cdctest.NewBatch()
	before, after := e.Value.Payload.Before, e.Value.Payload.After
	switch e.Value.Payload.Op {
	case "r":
		b.Read(s, image(t, s, after)...)
	case "c":
		b.Insert(s, image(t, s, after)...)
	case "u":
		b.Update(s, image(t, s, before), image(t, s, after))
	case "d":
		b.Delete(s, image(t, s, before)...)
	}
	batch := b.Batch()
	if err := p.Run(batch); err != nil {
		t.Fatal(err)
	}
	o := batch.Outs[0]
	if o.Partition == 0 {
		return false // by the key
	}
	if o.Partition-1 != e.Partition {
		t.Errorf("%s: partition %d, recorded %d", line[:min(len(line), 200)], o.Partition-1, e.Partition)
	}
	return true
}
