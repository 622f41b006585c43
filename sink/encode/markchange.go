package encode

import "cdc/event"

// changeValue is the value of a record of the schema change topic.
func (w *writer) changeValue(m *event.Mark) []datum {
	c := m.Change
	changes := make([]datum, len(c.Changes))
	for i := range c.Changes {
		t := &c.Changes[i]
		changes[i] = []datum{t.Type, t.ID, tableDatum(t.Table)}
	}
	return []datum{w.changeSource(m), event.FloorDiv(w.now, 1e6), c.Database, nil, c.DDL, changes}
}

func (w *writer) changeSource(m *event.Mark) []datum {
	tx, o := w.markTx(m), &w.b.Origins[m.Origin]
	var snapshot, tables datum = nil, m.Change.Table
	switch {
	case m.Change.Last:
		snapshot, tables = "last", textOrNil(m.Change.Table)
	case m.Change.Snapshot:
		snapshot, tables = "true", textOrNil(m.Change.Table)
	}
	head := w.sourceHead(o.Micros, snapshot, m.Change.Database, nil)
	return append(head, tables, int64(tx.Server), w.textDatum(tx.GTID), tx.File, int64(m.Off), int64(0),
		numberOrNil(uint64(tx.Thread)), w.textDatum(o.Query))
}

func tableDatum(t *event.TableInfo) datum {
	if t == nil {
		return nil
	}
	columns := make([]datum, len(t.Columns))
	for i := range t.Columns {
		columns[i] = columnDatum(&t.Columns[i])
	}
	return []datum{textOrNil(t.Charset), textData(t.Key), columns, orNil(t.Comment, textDatum)}
}

func columnDatum(c *event.ColumnInfo) datum {
	var values datum
	if c.EnumValues != nil {
		values = textData(c.EnumValues)
	}
	return []datum{
		c.Name, int64(c.JDBCType), nil, c.TypeName, c.TypeExpression, orNil(c.Charset, textDatum),
		orNil(c.Length, int32Datum), orNil(c.Scale, int32Datum), int64(c.Position), c.Optional, c.AutoIncremented, c.Generated,
		orNil(c.Comment, textDatum), orNil(c.Default, textDatum), values,
	}
}
