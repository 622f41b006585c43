package binlog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-mysql-org/go-mysql/replication"

	"cdc/event"
)

// Another reader of the same bytes, go-mysql's own decoder, sees the same
// values wherever it decodes them at all.
func TestSameAsGoMySQL(t *testing.T) {
	for _, name := range []string{"mysql-types", "mariadb-types", "mysql-orders"} {
		t.Run(name, func(t *testing.T) {
			d := newDecoder(loadFixture(t, name), true)
			d.decodeAll(t)
			images := allImages(&d.batch)
			all := goMySQLImages(t, name)
			if len(images) != len(all) {
				t.Fatalf("%d images, theirs %d", len(images), len(all))
			}
			compared := 0
			for i, theirs := range all {
				for j, v := range images[i].values {
					c := images[i].schema.Columns[j]
					want, ok := asGoMySQL(&c.Type, d.batch.Arena, v)
					if !ok {
						continue
					}
					compared++
					if got := goMySQLText(theirs[j]); got != want {
						t.Errorf("image %d, column %s.%s %s: ours %s, theirs %s", i, images[i].schema.Table, c.Name, c.Type.Native, want, got)
					}
				}
			}
			if compared < 300 {
				t.Errorf("only %d values compared", compared)
			}
		})
	}
}

func allImages(b *event.Batch) (images []image) {
	for i := range b.Rows {
		r := &b.Rows[i]
		for _, at := range []int32{r.Before, r.After} {
			if at >= 0 {
				images = append(images, image{schema: r.Schema, values: b.Image(at, r.Schema)})
			}
		}
	}
	return images
}

func goMySQLImages(t *testing.T, name string) (images [][]any) {
	t.Helper()
	parser := replication.NewBinlogParser()
	parser.SetTimestampStringLocation(time.UTC)
	if strings.HasPrefix(name, "mariadb") {
		parser.SetFlavor("mariadb")
	}
	file := bytes.NewReader(readTestdata(t, name+".events")[4:])
	err := parser.ParseReader(file, func(e *replication.BinlogEvent) error {
		if rows, ok := e.Event.(*replication.RowsEvent); ok {
			images = append(images, rows.Rows...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return images
}

func goMySQLText(v any) string {
	switch v := v.(type) {
	case float32:
		return fmt.Sprint(float64(v))
	case []byte:
		return string(v)
	default:
		return fmt.Sprint(v)
	}
}

// asGoMySQL prints a value as goMySQLText prints what go-mysql makes of it; ok
// is false for what it leaves raw or prints in another way.
func asGoMySQL(t *event.Type, arena []byte, v event.Value) (text string, ok bool) {
	switch v.Kind() {
	case event.KindNull:
		return "<nil>", true
	case event.KindInt:
		return fmt.Sprint(v.Int()), true
	case event.KindUint:
		return fmt.Sprint(v.Uint()), true
	case event.KindBool:
		return fmt.Sprint(bit(v.Bool())), true
	case event.KindBits:
		return fmt.Sprint(int64(littleUint(v.Bytes(arena)))), true
	case event.KindFloat32, event.KindFloat64:
		return fmt.Sprint(v.Float()), true
	case event.KindDecimal:
		return decimalText(v.Int(), v.Scale()), true
	case event.KindDate:
		return time.Unix(v.Int()*86400, 0).UTC().Format(time.DateOnly), true
	case event.KindLocal, event.KindInstant:
		layout := time.DateTime
		if t.Precision > 0 {
			layout += "." + strings.Repeat("0", int(t.Precision))
		}
		return time.UnixMicro(v.Int()).UTC().Format(layout), true
	case event.KindString:
		same := t.Charset == "utf8mb4" || t.Charset == "utf8mb3" || t.Charset == "ascii"
		return string(v.Bytes(arena)), same && t.Symbols == nil
	case event.KindBytes, event.KindBigDecimal:
		return string(v.Bytes(arena)), !strings.HasPrefix(t.Native, "binary")
	default:
		return "", false
	}
}
