package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// envelope holds the fields of Debezium's event that matter here.
type envelope struct {
	After *struct {
		ID int `json:"id"`
		K  int `json:"k"`
	} `json:"after"`
	Source struct {
		File string `json:"file"`
		Pos  uint64 `json:"pos"`
		LSN  uint64 `json:"lsn"`
	} `json:"source"`
}

// Decode reads an event whose row has the columns id (the key) and k (the
// version).
func Decode(value []byte) (Record, error) {
	var e envelope
	if err := json.Unmarshal(value, &e); err != nil {
		return Record{}, fmt.Errorf("decode event: %w", err)
	}
	if e.After == nil {
		return Record{}, errors.New(`decode event: it has no "after"`)
	}
	at, err := place(e.Source.File, e.Source.Pos, e.Source.LSN)
	return Record{Key: e.After.ID, Version: e.After.K, At: at}, err
}

// place makes one growing number of a place in a log: an LSN as it is, a binlog
// file's number above the position in it.
func place(file string, pos, lsn uint64) (uint64, error) {
	if file == "" {
		return lsn, nil
	}
	number, err := strconv.ParseUint(file[strings.LastIndexByte(file, '.')+1:], 10, 24)
	if err != nil {
		return 0, fmt.Errorf("number of binlog file %q: %w", file, err)
	}
	return number<<40 | pos, nil
}

// stored holds the fields of a stored offset that matter here.
type stored struct {
	File string `json:"file"`
	Pos  uint64 `json:"pos"`
	LSN  uint64 `json:"lsn"`
	Own  string `json:"cdc"`
}

// ParseMark reads an offset as "cdc offsets get" prints it, or as Debezium
// stores it between two transactions.
func ParseMark(text []byte) (Mark, error) {
	var doc stored
	if err := json.Unmarshal(text, &doc); err != nil {
		return Mark{}, fmt.Errorf("decode stored offset: %w", err)
	}
	own := struct {
		Start uint64 `json:"start"`
		Skip  int    `json:"skip"`
	}{Start: doc.LSN}
	if doc.Own == "" {
		doc.Own = "{}"
	}
	if err := json.Unmarshal([]byte(doc.Own), &own); err != nil {
		return Mark{}, fmt.Errorf("decode stored offset, field cdc: %w", err)
	}
	at, err := place(doc.File, doc.Pos, own.Start)
	return Mark{At: at, Skip: own.Skip, Events: doc.File != ""}, err
}
