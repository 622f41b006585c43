//go:build integration

package charsets

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"

	"cdc/internal/testdb"
)

// TestCharactersAsServer: every character of every set is what the server makes
// of it.
func TestCharactersAsServer(t *testing.T) {
	t.Run("mysql", func(t *testing.T) { checkSets(t, testdb.MySQL(t), "") })
	t.Run("mariadb", func(t *testing.T) { checkSets(t, testdb.MariaDB(t), "gb18030") })
}

// checkSets checks every character set but the one that the server lacks.
func checkSets(t *testing.T, srv *testdb.Server, missing string) {
	t.Helper()
	db := srv.Database(t)
	srv.Exec(t, db, "create table codes (c varbinary(4))")
	codes := allCodes()
	for len(codes) > 0 {
		n := min(len(codes), 10_000)
		srv.Exec(t, db, "insert into codes values (x'"+strings.Join(codes[:n], "'),(x'")+"')")
		codes = codes[n:]
	}
	seen := map[string]bool{missing: true, Binary: true}
	for _, r := range collationRanges() {
		if !seen[r.charset] {
			seen[r.charset] = true
			checkCharacters(t, srv, db, r.charset)
		}
	}
}

// allCodes are the bytes that may be a character of some set, in hexadecimal.
func allCodes() (codes []string) {
	add := func(code ...byte) { codes = append(codes, hex.EncodeToString(code)) }
	for a := range 256 {
		add(byte(a))
		for b := 0x30; a >= 0x80 && b < 0x100; b++ {
			add(byte(a), byte(b))
		}
	}
	for b := 0xa1; b < 0xff; b++ {
		for c := 0xa1; c < 0xff; c++ {
			add(eucTriple, byte(b), byte(c))
		}
	}
	for a := range 256 {
		add(0, 0, byte(a), 0x41)
		add(0, 1, byte(a), 0x41)
	}
	for a := 0x81; a <= 0xe3; a++ {
		for b := range 10 {
			add(byte(a), byte(0x30+b), 0x81, 0x30)
			add(byte(a), byte(0x30+b), 0xf4, 0x37)
		}
	}
	return codes
}

func checkCharacters(t *testing.T, srv *testdb.Server, db, charset string) {
	t.Helper()
	rows, err := srv.DB(t, db).QueryContext(t.Context(), "select c, hex(convert(convert(c using "+charset+") using utf8mb4)) from codes")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	transcoder := new(Tables).Transcoder(charset)
	unit := map[string]int{"ucs2": 2, "utf16": 2, "utf16le": 2, "utf32": 4}[charset]
	checked := 0
	for rows.Next() {
		var code []byte
		var text *string
		if err := rows.Scan(&code, &text); err != nil {
			t.Fatal(err)
		}
		if unit > 0 && len(code) != unit { // the server pads it
			continue
		}
		if text == nil || strings.Contains(*text, "3F") && string(code) != "?" || *text == "EFBFBD" || *text == "" {
			continue // no character
		}
		want, err := hex.DecodeString(*text)
		if err != nil || !utf8.Valid(want) { // half of a pair
			continue
		}
		checked++
		if got, _ := transcoder.Append(nil, code); !bytes.Equal(got, want) {
			t.Errorf("%s: % x is %x, %x on the server", charset, code, got, want)
		}
	}
	if err := rows.Err(); err != nil || checked < 90 {
		t.Errorf("%s: %d characters checked: %v", charset, checked, err)
	}
}
